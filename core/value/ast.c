#include "value/ast.h"

#include "base/quote.h"

static uint32_t higher(uint32_t height, const struct vole_node *child)
{
	return child && child->height > height ? child->height : height;
}

bool vole_node_finish(struct vole_node *node, struct vole_error *err)
{
	uint32_t height = 0;

	height = higher(height, node->a);
	height = higher(height, node->b);
	height = higher(height, node->c);
	height = higher(height, node->d);
	for (const struct vole_node *n = node->list; n; n = n->next)
		height = higher(height, n);
	node->height = height + 1;
	if (node->height > VOLE_MAX_NODE_HEIGHT)
		return vole_fail_at(err, VOLE_SYNTAX, node->column,
				    "expression nested deeper than %d",
				    VOLE_MAX_NODE_HEIGHT);
	return true;
}

size_t vole_node_count(const struct vole_node *node)
{
	size_t num = 0;

	for (const struct vole_node *n = node->list; n; n = n->next)
		num++;
	return num;
}

static void show_list(const struct vole_node *first, struct vole_strbuf *buf)
{
	for (const struct vole_node *n = first; n; n = n->next) {
		if (n != first)
			vole_strbuf_add(buf, ", ");
		vole_node_show(n, buf);
	}
}

/* a(list), in those brackets */
static void show_with(const struct vole_node *node, char open, char close,
		      struct vole_strbuf *buf)
{
	if (node->a)
		vole_node_show(node->a, buf);
	vole_strbuf_add_char(buf, open);
	show_list(node->list, buf);
	vole_strbuf_add_char(buf, close);
}

static void show_constant(const struct vole_constant *c,
			  struct vole_strbuf *buf)
{
	char number[64];

	if (c->kind == VOLE_CONSTANT_STRING)
		vole_quote(buf, c->text, c->len);
	else if (c->kind == VOLE_CONSTANT_RUNE)
		vole_quote_rune(buf, (uint32_t)c->i);
	else
		vole_strbuf_add(buf,
				vole_constant_show(c, number, sizeof(number)));
}

/* a[b:c:d] */
static void show_slice(const struct vole_node *node, struct vole_strbuf *buf)
{
	vole_node_show(node->a, buf);
	vole_strbuf_add(buf, "[");
	if (node->b)
		vole_node_show(node->b, buf);
	vole_strbuf_add(buf, ":");
	if (node->c)
		vole_node_show(node->c, buf);
	if (node->d) {
		vole_strbuf_add(buf, ":");
		vole_node_show(node->d, buf);
	}
	vole_strbuf_add(buf, "]");
}

static void show_type(const struct vole_node *node, struct vole_strbuf *buf)
{
	static const char *const dirs[] = { "", "<-chan ", "chan<- ", "chan " };

	switch (node->kind) {
	case VOLE_NODE_ARRAY_TYPE:
		vole_strbuf_add(buf, node->flag ? "[..." : "[");
		if (node->a)
			vole_node_show(node->a, buf);
		vole_strbuf_add(buf, "]");
		vole_node_show(node->b, buf);
		break;
	case VOLE_NODE_MAP_TYPE:
		vole_strbuf_add(buf, "map[");
		vole_node_show(node->a, buf);
		vole_strbuf_add(buf, "]");
		vole_node_show(node->b, buf);
		break;
	case VOLE_NODE_CHAN_TYPE:
		vole_strbuf_add(buf, dirs[node->dir & 3]);
		vole_node_show(node->a, buf);
		break;
	case VOLE_NODE_FUNC_TYPE:
		vole_strbuf_add(buf, node->flag ? "func...(" : "func(");
		show_list(node->list, buf);
		vole_strbuf_add(buf, ")(");
		show_list(node->a, buf);
		vole_strbuf_add(buf, ")");
		break;
	case VOLE_NODE_STRUCT_TYPE:
		vole_strbuf_add(buf, "struct{");
		show_list(node->list, buf);
		vole_strbuf_add(buf, "}");
		break;
	case VOLE_NODE_FIELD:
		if (node->text)
			vole_strbuf_printf(buf, "%s ", node->text);
		vole_node_show(node->a, buf);
		break;
	default:
		vole_strbuf_printf(buf, "interface{%s}", node->text);
		break;
	}
}

void vole_node_show(const struct vole_node *node, struct vole_strbuf *buf)
{
	switch (node->kind) {
	case VOLE_NODE_NAME:
		vole_strbuf_printf(buf, node->flag ? "<%s>" : "%s", node->text);
		break;
	case VOLE_NODE_LITERAL:
		show_constant(node->constant, buf);
		break;
	case VOLE_NODE_SELECTOR:
		vole_node_show(node->a, buf);
		vole_strbuf_printf(buf, ".%s", node->text);
		break;
	case VOLE_NODE_INDEX:
		show_with(node, '[', ']', buf);
		break;
	case VOLE_NODE_CALL:
		show_with(node, '(', ')', buf);
		break;
	case VOLE_NODE_COMPOSITE:
		show_with(node, '{', '}', buf);
		break;
	case VOLE_NODE_SLICE:
		show_slice(node, buf);
		break;
	case VOLE_NODE_ASSERT:
		vole_node_show(node->a, buf);
		vole_strbuf_add(buf, ".(");
		vole_node_show(node->b, buf);
		vole_strbuf_add(buf, ")");
		break;
	case VOLE_NODE_KEYED:
		vole_node_show(node->a, buf);
		vole_strbuf_add(buf, ": ");
		vole_node_show(node->b, buf);
		break;
	case VOLE_NODE_UNARY:
		vole_strbuf_printf(buf, "(%s", vole_token_name(node->op));
		vole_node_show(node->a, buf);
		vole_strbuf_add(buf, ")");
		break;
	case VOLE_NODE_BINARY:
		vole_strbuf_add(buf, "(");
		vole_node_show(node->a, buf);
		vole_strbuf_printf(buf, " %s ", vole_token_name(node->op));
		vole_node_show(node->b, buf);
		vole_strbuf_add(buf, ")");
		break;
	default:
		show_type(node, buf);
		break;
	}
}
