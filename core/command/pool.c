#include "runtime/pool.h"

#include "check/held.h"
#include "command/command.h"
#include "command/region.h"
#include "runtime/iface.h"

#include <string.h>

enum { SIZE_WORD = 8 };

struct listing {
	struct vole_pool_visitor visitor; /* first: cast back */
	struct vole_context *ctx;
	struct vole_heap *heap; /* NULL: not known */
	uint64_t limit, count, shown;
	uint64_t stale; /* point to freed memory, or hold some */
};

static const char *where(const struct vole_pool_item *item)
{
	if (item->victim)
		return item->shared ? "victim-shared" : "victim-private";
	return item->shared ? "shared" : "private";
}

static void put_value(struct listing *l, const uint64_t words[2], uint64_t addr)
{
	static const struct vole_type eface = { .kind = VOLE_KIND_INTERFACE,
						.is_eface = true };
	struct vole_sink *sink = l->ctx->sink;
	struct vole_error err;
	struct vole_iface iface;
	struct vole_value value;

	if (!vole_iface_open(l->ctx->rt, &eface, words, addr, &iface, &err) ||
	    !vole_value_at(l->ctx->rt, iface.type, iface.addr, &value, &err)) {
		vole_sink_text(sink, "value", VOLE_STYLE_BAD, err.text);
		return;
	}
	vole_sink_text(sink, "type", VOLE_STYLE_TYPE, iface.type->name);
	vole_sink_text(sink, "value", VOLE_STYLE_PLAIN,
		       vole_context_text(l->ctx, &value));
}

/* In short: what is there, of the heap only its state. */
static void put_object(struct vole_sink *sink, const struct vole_region *region)
{
	char text[160];

	vole_region_words(region, text, sizeof(text));
	vole_put_region(sink, region);
	vole_sink_text(sink, "text", VOLE_STYLE_HIDDEN, text);
	vole_sink_cell(sink, "object",
		       vole_region_is_freed(region) ? VOLE_STYLE_BAD :
						      VOLE_STYLE_PLAIN,
		       region->kind == VOLE_REGION_HEAP ?
			       vole_live_name(region->live) :
			       text);
}

/* What the item's object has hold of that it should not have. */
static void put_held(struct listing *l, const struct vole_held *held)
{
	struct vole_sink *sink = l->ctx->sink;
	char text[160];

	vole_region_words(&held->region, text, sizeof(text));
	vole_sink_object_json(sink, "holds");
	vole_sink_number_json(sink, "offset", (int64_t)held->offset);
	vole_sink_address_json(sink, "value", held->value);
	vole_put_region(sink, &held->region);
	vole_sink_text(sink, "text", VOLE_STYLE_HIDDEN, text);
	vole_sink_end(sink);
	vole_sink_cell_printf(sink, "note",
			      vole_region_is_freed(&held->region) ?
				      VOLE_STYLE_BAD :
				      VOLE_STYLE_FAINT,
			      "holds 0x%" PRIx64 " at +%" PRIu64 ": %s",
			      held->value, held->offset, text);
}

/* What an item points to. */
struct verdict {
	struct vole_region region;
	struct vole_held held;
	bool holds; /* what it should not */
	bool stale;
};

static void judge(const struct listing *l, uint64_t data, struct verdict *ret)
{
	struct vole_ui *ui = l->ctx->sink->ui;

	*ret = (struct verdict){ 0 };
	vole_region_at(l->ctx->rt, ui, data, &ret->region);
	ret->stale = vole_region_is_freed(&ret->region);
	if (ret->region.live != VOLE_LIVE_ALLOCATED || !l->heap)
		return;
	ret->holds = vole_held_find(l->ctx->rt, ui, l->heap,
				    &ret->region.object, &ret->held);
	if (ret->holds)
		ret->stale = vole_region_is_freed(&ret->held.region);
}

static void put_item(struct listing *l, const struct vole_pool_item *item,
		     const uint64_t words[2], const struct verdict *verdict)
{
	struct vole_sink *sink = l->ctx->sink;

	vole_sink_row(sink);
	vole_sink_number(sink, "p", (int64_t)item->p);
	vole_sink_text(sink, "where", VOLE_STYLE_PLAIN, where(item));
	if (words) {
		vole_sink_address(sink, "address", words[1]);
		put_object(sink, &verdict->region);
		if (verdict->holds)
			put_held(l, &verdict->held);
		put_value(l, words, item->addr);
	}
	vole_sink_end(sink);
}

/* Those that are not shown are judged all the same. */
static bool on_item(struct vole_pool_visitor *visitor,
		    const struct vole_pool_item *item)
{
	struct listing *l = (struct listing *)visitor;
	struct verdict verdict;
	struct vole_error err;
	uint64_t words[2];
	bool readable = vole_memory_read_all(l->ctx->rt->mem, item->addr, words,
					     sizeof(words), &err);

	l->count++;
	if (readable)
		judge(l, words[1], &verdict);
	l->stale += readable && verdict.stale;
	if (!l->limit || l->shown < l->limit) {
		l->shown++;
		put_item(l, item, readable ? words : NULL, &verdict);
	}
	return !vole_sink_stopped(l->ctx->sink);
}

static void on_broken(struct vole_pool_visitor *visitor,
		      const struct vole_error *err)
{
	vole_sink_warn(((struct listing *)visitor)->ctx->sink, "%s", err->text);
}

/* The pool that the expression is, or that it points to. */
static bool eval_pool(struct vole_context *ctx, uint64_t *ret,
		      struct vole_error *err)
{
	struct vole_value value;
	struct vole_type *elem;

	if (!vole_context_eval(ctx, &value, err))
		return false;
	elem = value.type->kind == VOLE_KIND_PTR ? value.type->elem : NULL;
	if (elem && vole_type_load(ctx->rt->types, elem, err) &&
	    !strcmp(elem->name, "sync.Pool"))
		return vole_value_word(ctx->rt, &value, 0, ret, err);
	if (!strcmp(value.type->name, "sync.Pool") &&
	    value.where == VOLE_IN_MEMORY) {
		*ret = value.addr;
		return true;
	}
	return vole_fail(err, VOLE_SYNTAX, VOLE_NOWHERE,
			 "the expression is a %s, not a sync.Pool",
			 value.type->name);
}

static const struct vole_column columns[] = {
	{ "p", "P", true },	    { "where", NULL, false },
	{ "address", NULL, false }, { "object", NULL, false },
	{ "type", NULL, false },    { "value", NULL, false },
	{ "note", "", false },
};

static bool put_items(struct vole_context *ctx, const struct vole_pool *pool,
		      struct vole_error *err)
{
	struct listing l = { .visitor = { on_item, on_broken }, .ctx = ctx };
	struct vole_heap *heap = NULL;
	struct vole_error why;

	if (!vole_args_number(ctx, "--limit", ctx->settings->limit, &l.limit,
			      err))
		return false;
	if (!vole_heap_get(ctx->rt, ctx->sink->ui, &heap, &why)) {
		heap = NULL;
		vole_sink_warn(ctx->sink, "what the items point to: %s",
			       why.text);
	}
	l.heap = heap;
	vole_sink_table(ctx->sink, "items", columns, 7);
	vole_pool_visit(pool, &l.visitor);
	vole_sink_end(ctx->sink);
	vole_sink_number(ctx->sink, "count", (int64_t)l.count);
	if (l.stale)
		vole_sink_say(ctx->sink, VOLE_STYLE_BAD,
			      "%" PRIu64 " item%s to freed memory: Get hands "
			      "out what may be something else by then",
			      l.stale, l.stale == 1 ? " leads" : "s lead");
	vole_sink_omitted(ctx->sink, l.count - l.shown);
	ctx->found_wrong = l.stale > 0;
	return true;
}

static bool run(struct vole_context *ctx, struct vole_error *err)
{
	struct vole_pool pool;
	uint64_t addr;

	if (!eval_pool(ctx, &addr, err) ||
	    !vole_pool_open(ctx->rt, addr, &pool, err))
		return false;
	vole_sink_address(ctx->sink, "address", addr);
	vole_sink_number(ctx->sink, "ps", (int64_t)pool.num_local);
	vole_sink_number(ctx->sink, "victim_ps", (int64_t)pool.num_victim);
	return put_items(ctx, &pool, err);
}

static const struct vole_option options[] = {
	{ "--limit", "N", "items to show; 0 shows all" },
	{ NULL, NULL, NULL },
};

const struct vole_command vole_cmd_pool = {
	.name = "pool",
	.args = "EXPR",
	.summary = "Show what a sync.Pool holds, P by P.",
	.detail =
		"Each P has a private item and those that it shares, in "
		"the order in which it\nwould take them itself; others "
		"take from the other end. Victims are what was\nthere when "
		"the last collection began; the next one drops them. The "
		"object that\nan item points to is `allocated`, or `free` "
		"memory, when somebody pooled what\nwas not his. What an item "
		"holds of freed memory, or of memory that is not Go's,\nis "
		"told beside it.",
	.example = "pool main.buffers",
	.json = "`address`, `ps`, `victim_ps`, `count`, `items`: objects of "
		"`p`, `where` (`private`, `shared`, `victim-private`, "
		"`victim-shared`), `address`, of what is there " VOLE_REGION_JSON
		", `type`, `value` (text), and `holds` when a pointer of it "
		"leads to freed memory, or out of Go's: `offset`, `value`, "
		"`region`, `live`, `text`.",
	.takes = VOLE_TAKES_EXPR,
	.options = options,
	.run = run,
};
