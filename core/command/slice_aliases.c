#include "command/slice_aliases.h"

#include "base/array.h"
#include "base/checked.h"
#include "heap/refs.h"
#include "runtime/package_var.h"
#include "runtime/rtype.h"
#include "value/part.h"
#include "value/variables.h"

#include <stdlib.h>
#include <string.h>

enum {
	MAX_ALIASES = 1 << 20,
	BAR = 32, /* columns that the array is drawn in */
};

enum kind { POINTER, STRING, SLICE };

static const char *const kinds[] = { "pointer", "string", "slice" };

struct alias {
	enum kind kind;
	bool exact;
	struct vole_ref ref;
	uint64_t data, len, cap; /* bytes; of a pointer 0 */
	uint64_t elem_size;
	const char *where; /* in the command's arena */
	uint64_t object; /* of the heap that it is in, or 0 */
};

struct finder {
	struct vole_ref_visitor v; /* first: cast back */
	struct vole_context *ctx;
	struct vole_heap *heap;
	const struct vole_backing *backing;
	struct vole_variables *variables; /* NULL: they cannot be read */
	VOLE_ARRAY(struct alias) found;
	bool no_memory;
};

/* --- what a word is -------------------------------------------------------- */

static uint64_t word_at(const struct finder *f, uint64_t addr, bool *ok)
{
	struct vole_error unused;
	uint64_t word = 0;

	if (!vole_memory_uint(f->ctx->rt->mem, addr, 8, &word, &unused))
		*ok = false;
	return word;
}

/* Set the extent; a header that cannot be one stays a pointer. */
static void take_header(const struct finder *f, struct alias *a, enum kind kind,
			uint64_t elem_size)
{
	bool ok = true;
	uint64_t len = word_at(f, a->ref.addr + 8, &ok);
	uint64_t cap = len;
	uint64_t room = f->backing->addr + f->backing->size - a->data;

	if (kind == SLICE)
		cap = word_at(f, a->ref.addr + 16, &ok);
	if (!ok || len > cap || !elem_size || cap > room / elem_size)
		return;
	a->kind = kind;
	a->elem_size = elem_size;
	a->len = len * elem_size;
	a->cap = cap * elem_size;
}

/* By the type of what is there. */
static void by_type(const struct finder *f, struct alias *a,
		    struct vole_type *type, uint64_t offset)
{
	struct vole_error unused;

	if (offset)
		return;
	if (type->kind == VOLE_KIND_STRING)
		take_header(f, a, STRING, 1);
	else if (type->kind == VOLE_KIND_SLICE &&
		 vole_type_load(f->ctx->rt->types, type->elem, &unused))
		take_header(f, a, SLICE, type->elem->size);
}

/* By what stands behind it: three words that could be a header of ours. */
static void by_looks(const struct finder *f, struct alias *a)
{
	const struct vole_slice *s = f->backing->slice;
	bool ok = true;
	uint64_t len = word_at(f, a->ref.addr + 8, &ok);

	a->exact = false;
	if (!ok || !len)
		return;
	take_header(f, a, SLICE, s->elem_size);
	if (a->kind == POINTER && s->elem_size == 1)
		take_header(f, a, STRING, 1);
}

/* --- where it is ----------------------------------------------------------- */

static const char *keep(struct finder *f, struct vole_strbuf *text)
{
	const char *ret =
		vole_arena_string(f->ctx->arena, vole_strbuf_text(text));

	vole_strbuf_free(text);
	f->no_memory |= !ret;
	return ret;
}

static bool in_variable(struct finder *f, struct alias *a)
{
	struct vole_strbuf text = { 0 };
	struct vole_package_var var;
	struct vole_error unused;
	uint64_t offset;

	if (!vole_package_var_at(f->ctx->rt, a->ref.addr, &var, &unused))
		return false;
	offset = a->ref.addr - var.addr;
	vole_strbuf_add(&text, var.name);
	if (vole_part_leaf(f->ctx->rt, &var.type, &offset, &text))
		by_type(f, a, var.type, offset);
	a->where = keep(f, &text);
	return true;
}

/* In what a package variable points at. */
static bool behind_variable(struct finder *f, struct alias *a)
{
	struct vole_type *type;
	uint64_t offset;

	if (!f->variables)
		return false;
	a->where = vole_variables_leaf(f->variables, a->ref.addr, f->ctx->arena,
				       &type, &offset);
	if (a->where)
		by_type(f, a, type, offset);
	return a->where != NULL;
}

static void in_object(struct finder *f, struct alias *a)
{
	struct vole_strbuf text = { 0 };
	struct vole_object o;
	struct vole_error unused;
	struct vole_type *type;
	uint64_t offset;

	vole_object_of(f->heap, a->ref.span, a->ref.slot, &o);
	offset = a->ref.addr - o.base;
	a->object = o.base;
	if (behind_variable(f, a))
		return;
	vole_strbuf_printf(&text, "object 0x%" PRIx64, o.base);
	if (o.type && vole_rtype_type(f->ctx->rt, o.type, &type, &unused) &&
	    type->size) {
		vole_strbuf_printf(&text, " (%s)", type->name);
		if (offset >= type->size)
			vole_strbuf_printf(&text, "[%" PRIu64 "]",
					   offset / type->size);
		offset %= type->size;
		if (vole_part_leaf(f->ctx->rt, &type, &offset, &text))
			by_type(f, a, type, offset);
	} else {
		vole_strbuf_printf(&text, " + %" PRIu64, offset);
		by_looks(f, a);
	}
	a->where = keep(f, &text);
}

static void in_root(struct finder *f, struct alias *a)
{
	struct vole_strbuf text = { 0 };

	if (a->ref.kind == VOLE_ROOT_DATA &&
	    (in_variable(f, a) || behind_variable(f, a)))
		return;
	if (a->ref.kind == VOLE_ROOT_STACK)
		vole_strbuf_printf(&text,
				   "stack of goroutine %" PRIu64
				   " at 0x%" PRIx64,
				   a->ref.owner, a->ref.addr);
	else if (!a->ref.addr)
		vole_strbuf_printf(&text, "register of thread %" PRIu64,
				   a->ref.owner);
	else
		vole_strbuf_printf(&text, "%s at 0x%" PRIx64,
				   vole_root_kind_name(a->ref.kind),
				   a->ref.addr);
	if (a->ref.addr)
		by_looks(f, a);
	a->where = keep(f, &text);
}

static bool visit(struct vole_ref_visitor *v, const struct vole_ref *ref)
{
	struct finder *f = (struct finder *)v;
	struct alias *added;

	if (f->found.len >= MAX_ALIASES || ref->addr == f->backing->self)
		return f->found.len < MAX_ALIASES;
	added = vole_array_push(&f->found);
	if (!added) {
		f->no_memory = true;
		return false;
	}
	*added = (struct alias){ .kind = POINTER,
				 .exact = ref->exact,
				 .ref = *ref,
				 .data = ref->value };
	if (ref->in_object)
		in_object(f, added);
	else
		in_root(f, added);
	return !f->no_memory;
}

/* --- what it means --------------------------------------------------------- */

/* Elements of the slice that was asked about in [data, data + len). */
static uint64_t overlap(const struct vole_backing *b, const struct alias *a)
{
	const struct vole_slice *s = b->slice;
	uint64_t end = s->data + s->len * s->elem_size;
	uint64_t from = a->data > s->data ? a->data : s->data;
	uint64_t extent = a->kind == POINTER ? s->elem_size : a->len;
	uint64_t to = a->data + extent < end ? a->data + extent : end;

	if (!s->elem_size || from >= to)
		return 0;
	return (to - s->data + s->elem_size - 1) / s->elem_size -
	       (from - s->data) / s->elem_size;
}

/* Does the next append, in place, write over what @p a covers? */
static bool overwritten(const struct vole_backing *b, const struct alias *a)
{
	const struct vole_slice *s = b->slice;
	uint64_t at = s->data + s->len * s->elem_size;

	return s->len < s->cap && a->kind != POINTER && a->data <= at &&
	       a->data + a->len > at;
}

/* The array as BAR columns: what it has, and what it may grow into. */
static void draw(const struct vole_backing *b, uint64_t data, uint64_t len,
		 uint64_t cap, char ret[BAR + 1])
{
	unsigned i;

	for (i = 0; i < BAR; i++) {
		uint64_t from =
			b->addr + b->size / BAR * i + b->size % BAR * i / BAR;
		uint64_t to = b->addr + b->size / BAR * (i + 1) +
			      b->size % BAR * (i + 1) / BAR;

		if (to == from)
			to = from + 1;
		ret[i] = '.';
		if (data < to && data + cap > from)
			ret[i] = '-';
		if (data < to && data + (len ? len : 1) > from)
			ret[i] = '#';
	}
	ret[BAR] = '\0';
}

static int by_data(const void *a, const void *b)
{
	const struct alias *x = a, *y = b;

	return (x->data > y->data) - (x->data < y->data);
}

/* Bytes of the array that no slice or string reaches, ours included. */
static uint64_t unreachable(struct finder *f)
{
	const struct vole_backing *b = f->backing;
	struct alias own = { .kind = SLICE,
			     .data = b->slice->data,
			     .cap = b->slice->cap * b->slice->elem_size };
	struct alias *added = vole_array_push(&f->found);
	uint64_t reached = b->addr, left = 0;
	size_t i;

	if (!added) {
		f->no_memory = true;
		return 0;
	}
	*added = own;
	qsort(f->found.items, f->found.len, sizeof(struct alias), by_data);
	for (i = 0; i < f->found.len; i++) {
		const struct alias *a = &f->found.items[i];

		if (a->kind == POINTER)
			continue;
		if (a->data > reached)
			left += a->data - reached;
		if (a->data + a->cap > reached)
			reached = a->data + a->cap;
	}
	return left + (b->addr + b->size - reached);
}

static void put(struct finder *f, const struct alias *a)
{
	struct vole_sink *sink = f->ctx->sink;
	char bar[BAR + 1];

	draw(f->backing, a->data, a->len, a->cap, bar);
	vole_sink_row(sink);
	vole_sink_cell(sink, "array", VOLE_STYLE_FAINT, bar);
	vole_sink_text(sink, "kind", VOLE_STYLE_PLAIN, kinds[a->kind]);
	vole_sink_address_json(sink, "address", a->ref.addr);
	vole_sink_address(sink, "data", a->data);
	if (a->kind != POINTER)
		vole_sink_number(sink, "len", (int64_t)(a->len / a->elem_size));
	if (a->kind == SLICE)
		vole_sink_number(sink, "cap", (int64_t)(a->cap / a->elem_size));
	vole_sink_number(sink, "overlaps", (int64_t)overlap(f->backing, a));
	vole_sink_flag_json(sink, "exact", a->exact);
	vole_sink_flag_json(sink, "overwritten", overwritten(f->backing, a));
	vole_sink_text(sink, "where", VOLE_STYLE_NAME, a->where);
	if (a->ref.in_object)
		vole_sink_address_json(sink, "object", a->object);
	else if (a->ref.kind == VOLE_ROOT_STACK)
		vole_sink_number_json(sink, "goroutine", (int64_t)a->ref.owner);
	vole_sink_cell(sink, "note", VOLE_STYLE_BAD,
		       overwritten(f->backing, a) ?
			       "the next append writes over it" :
		       a->exact ? NULL :
				  "maybe");
	vole_sink_end(sink);
}

static bool put_all(struct finder *f, struct vole_error *err)
{
	static const struct vole_column columns[] = {
		{ "array", NULL, false }, { "kind", NULL, false },
		{ "data", NULL, false },  { "len", NULL, true },
		{ "cap", NULL, true },	  { "overlaps", NULL, true },
		{ "where", NULL, false }, { "note", "", false },
	};
	struct vole_sink *sink = f->ctx->sink;
	uint64_t limit;
	size_t i;

	if (!vole_args_number(f->ctx, "--limit", f->ctx->settings->limit,
			      &limit, err))
		return false;
	vole_sink_table(sink, "aliases", columns, 8);
	for (i = 0; i < f->found.len && (!limit || i < limit); i++)
		put(f, &f->found.items[i]);
	vole_sink_end(sink);
	vole_sink_omitted(sink, f->found.len - i);
	if (!f->found.len)
		vole_sink_say(sink, VOLE_STYLE_FAINT,
			      "nothing else leads into this array");
	return true;
}

static void on_progress(void *arg, uint64_t done, uint64_t all)
{
	vole_sink_progress(arg, done, all);
}

bool vole_put_aliases(struct vole_context *ctx,
		      const struct vole_backing *backing,
		      struct vole_error *err)
{
	struct finder f = { .v = { visit }, .ctx = ctx, .backing = backing };
	struct vole_ref_search search = {
		.addr = backing->addr,
		.len = backing->size,
		.roots = VOLE_ROOTS_ALL,
		.ui = ctx->sink->ui,
		.progress = on_progress,
		.arg = ctx->sink,
	};
	struct vole_mark *mark = NULL;
	struct vole_error unused;
	bool ok;

	if (!vole_heap_get(ctx->rt, ctx->sink->ui, &f.heap, err))
		return false;
	/* What garbage still has is nobody's. */
	ok = vole_mark_open(f.heap, ctx->sink->ui, &mark, err) &&
	     vole_mark_from_roots(mark, VOLE_ROOTS_ALL, err);
	search.reached = mark;
	if (!vole_variables_open(ctx->rt, &f.variables, &unused))
		f.variables = NULL;
	ok = ok && vole_refs_visit(f.heap, &search, &f.v, err);
	vole_mark_close(mark);
	vole_variables_close(f.variables);
	if (ok && f.no_memory)
		ok = vole_fail_nomem(err);
	ok = ok && put_all(&f, err);
	if (ok)
		vole_sink_number(ctx->sink, "unreachable_bytes",
				 (int64_t)unreachable(&f));
	vole_array_free(&f.found);
	return ok;
}
