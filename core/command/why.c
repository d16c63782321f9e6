#include "heap/path.h"

#include "command/referrer.h"
#include "runtime/iface.h"
#include "runtime/package_var.h"
#include "value/part.h"

/*
 * An expression that is made along the path: @p text is a value of @p type at
 * @p base or, when is_pointer, a pointer to it.
 */
struct walk {
	struct vole_context *ctx;
	struct vole_strbuf text;
	struct vole_type *type;
	uint64_t base;
	bool is_pointer;
};

static bool load(struct walk *w, struct vole_type *type)
{
	struct vole_error unused;

	w->type = type;
	return type && vole_type_load(w->ctx->rt->types, type, &unused);
}

/* Down to the word at @p addr: a pointer, or the first of a header. */
static bool go_to_word(struct walk *w, uint64_t addr)
{
	uint64_t offset = addr - w->base;
	bool whole = w->type->kind != VOLE_KIND_STRUCT &&
		     w->type->kind != VOLE_KIND_ARRAY;

	if (addr < w->base || offset >= w->type->size)
		return false;
	/* Selectors and indexes look through a pointer, nothing else does. */
	if (w->is_pointer && whole) {
		char *inner = vole_arena_string(w->ctx->arena,
						vole_strbuf_text(&w->text));

		if (!inner)
			return false;
		vole_strbuf_clear(&w->text);
		vole_strbuf_printf(&w->text, "(*%s)", inner);
	}
	w->is_pointer = false;
	if (!vole_part_leaf(w->ctx->rt, &w->type, &offset, &w->text))
		return false;
	w->base = addr - offset;
	return offset == (w->type->kind == VOLE_KIND_INTERFACE ? 8 : 0);
}

/* Through a slice whose data begins at @p to, to the element at @p addr. */
static bool through_slice(struct walk *w, uint64_t to, uint64_t addr)
{
	struct vole_error unused;
	uint64_t len, index;
	const char *whole;

	if (!vole_memory_uint(w->ctx->rt->mem, w->base + 8, 8, &len, &unused) ||
	    !load(w, w->type->elem) || !w->type->size || addr < to)
		return false;
	index = (addr - to) / w->type->size;
	if (index >= len) {
		whole = vole_arena_string(w->ctx->arena,
					  vole_strbuf_text(&w->text));
		if (!whole)
			return false;
		vole_strbuf_printf(&w->text, "[:cap(%s)]", whole);
	}
	vole_strbuf_printf(&w->text, "[%" PRIu64 "]", index);
	w->base = to + index * w->type->size;
	return true;
}

/* Through an interface to what its data word @p to leads to. */
static bool through_interface(struct walk *w, uint64_t to)
{
	struct vole_iface iface;
	struct vole_error unused;
	uint64_t words[2];

	if (!vole_memory_read_all(w->ctx->rt->mem, w->base, words,
				  sizeof(words), &unused) ||
	    !vole_iface_open(w->ctx->rt, w->type, words, w->base, &iface,
			     &unused) ||
	    iface.nil)
		return false;
	vole_strbuf_printf(&w->text, ".(%s)", iface.type->name);
	w->base = to;
	if (!iface.direct)
		return load(w, iface.type);
	w->is_pointer = true;
	return iface.type->kind == VOLE_KIND_PTR && load(w, iface.type->elem);
}

/* Through the pointer with value @p to, to where the word @p addr is. */
static bool go_through(struct walk *w, uint64_t to, uint64_t addr)
{
	switch (w->type->kind) {
	case VOLE_KIND_PTR:
		w->base = to;
		w->is_pointer = true;
		return load(w, w->type->elem);
	case VOLE_KIND_SLICE:
		return through_slice(w, to, addr);
	case VOLE_KIND_INTERFACE:
		return through_interface(w, to);
	default: /* what the runtime keeps behind it has no expression */
		return false;
	}
}

static bool walk_path(struct walk *w, const struct vole_path *path)
{
	const struct vole_ref *step = path->steps;
	struct vole_package_var var;
	struct vole_error unused;
	size_t i;

	if (step->in_object || step->kind != VOLE_ROOT_DATA ||
	    !vole_package_var_at(w->ctx->rt, step->addr, &var, &unused))
		return false;
	vole_strbuf_add(&w->text, var.name);
	w->type = var.type;
	w->base = var.addr;
	for (i = 0; i < path->len; i++) {
		if (i && !go_through(w, step[i - 1].value, step[i].addr))
			return false;
		if (!go_to_word(w, step[i].addr))
			return false;
	}
	return true;
}

/* It is shown only when evaluating it leads where the path does. */
static bool leads_there(struct vole_context *ctx, const char *text,
			uint64_t value)
{
	struct vole_eval eval = { .rt = ctx->rt, .arena = ctx->arena };
	struct vole_value result;
	struct vole_error unused;
	uint64_t addr, len;

	return vole_eval(&eval, text, &result, &unused) &&
	       vole_value_address(ctx, &result, &addr, &len, &unused) &&
	       addr == value;
}

static void put_expression(struct vole_context *ctx,
			   const struct vole_path *path)
{
	struct walk w = { .ctx = ctx };
	const char *text;

	if (walk_path(&w, path)) {
		text = vole_strbuf_text(&w.text);
		if (leads_there(ctx, text, path->steps[path->len - 1].value))
			vole_sink_text(ctx->sink, "expression", VOLE_STYLE_NAME,
				       text);
	}
	vole_strbuf_free(&w.text);
}

static bool run(struct vole_context *ctx, struct vole_error *err)
{
	static const struct vole_column columns[] = {
		{ "address", NULL, false },
		{ "where", NULL, false },
		{ "note", "", false },
	};
	struct vole_sink *sink = ctx->sink;
	struct vole_heap *heap;
	struct vole_path path;
	uint64_t addr, len, limit, i;

	if (!vole_args_number(ctx, "--limit", ctx->settings->limit, &limit,
			      err) ||
	    !vole_heap_get(ctx->rt, sink->ui, &heap, err) ||
	    !vole_context_address(ctx, &addr, &len, err) ||
	    !vole_path_find(heap, addr, sink->ui, ctx->arena, &path, err))
		return false;
	vole_sink_address(sink, "address", addr);
	put_expression(ctx, &path);
	vole_sink_table(sink, "path", columns, 3);
	for (i = 0; i < path.len && (!limit || i < limit); i++) {
		vole_sink_row(sink);
		vole_put_referrer(ctx, heap, NULL, &path.steps[i]);
		vole_sink_end(sink);
	}
	vole_sink_end(sink);
	vole_sink_omitted(sink, path.len - i);
	return true;
}

static const struct vole_option options[] = { VOLE_OPTION_LIMIT, { 0 } };

const struct vole_command vole_cmd_why = {
	.name = "why",
	.args = "ADDR|EXPR",
	.summary = "Show what keeps an object alive.",
	.detail = "The shortest way from a package variable, a finalizer or, "
		  "when there is none, a\nstack or a register: each row is a "
		  "pointer, and leads into the object of the next.\nThe "
		  "expression is that way in Go, where it can be said so: maps "
		  "and channels keep\ntheir elements in parts of their own.",
	.example = "why main.recent",
	.json = "`address`, `expression` when there is one, `path`: " VOLE_REFERRER_JSON
		".",
	.takes = VOLE_TAKES_EXPR,
	.options = options,
	.run = run,
};
