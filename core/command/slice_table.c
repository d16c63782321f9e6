/* What leads into an array, drawn. */
#include "command/slice_aliases.h"
#include "heap/roots.h"

enum { BAR = 32 }; /* columns that the array is drawn in */

static const char *const kinds[] = { "pointer", "string", "slice" };

/* Elements of the slice that was asked about in [data, data + len). */
static uint64_t overlap(const struct vole_backing *b,
			const struct vole_alias *a)
{
	const struct vole_slice *s = b->slice;
	uint64_t end = s->data + s->len * s->elem_size;
	uint64_t from = a->data > s->data ? a->data : s->data;
	uint64_t extent = a->has_len || a->len_bytes ? a->len_bytes :
						       s->elem_size;
	uint64_t to = a->data + extent < end ? a->data + extent : end;

	if (!s->elem_size || from >= to)
		return 0;
	return (to - s->data + s->elem_size - 1) / s->elem_size -
	       (from - s->data) / s->elem_size;
}

/* Does the next append, in place, write over what @p a covers? */
static bool overwritten(const struct vole_backing *b,
			const struct vole_alias *a)
{
	const struct vole_slice *s = b->slice;
	uint64_t at = s->data + s->len * s->elem_size;
	uint64_t extent = a->has_len || a->len_bytes ? a->len_bytes : 1;

	return s->len < s->cap && a->data < at + s->elem_size &&
	       a->data + extent > at;
}

/* The array as BAR columns: what it has, and what it may grow into. */
static void draw(const struct vole_backing *b, const struct vole_alias *a,
		 char ret[BAR + 1])
{
	uint64_t len = a->len_bytes ? a->len_bytes : 1;
	unsigned i;

	for (i = 0; i < BAR; i++) {
		uint64_t from =
			b->addr + b->size / BAR * i + b->size % BAR * i / BAR;
		uint64_t to = b->addr + b->size / BAR * (i + 1) +
			      b->size % BAR * (i + 1) / BAR;

		if (to == from)
			to = from + 1;
		ret[i] = '.';
		if (a->data < to && a->data + a->cap_bytes > from)
			ret[i] = '-';
		if (a->data < to && a->data + len > from)
			ret[i] = '#';
	}
	ret[BAR] = '\0';
}

/* [from, to) is reached; bytes that were passed over to come there. */
static uint64_t pass(uint64_t *reached, uint64_t from, uint64_t to)
{
	uint64_t gap = from > *reached ? from - *reached : 0;

	if (to > *reached)
		*reached = to;
	return gap;
}

/* Bytes of the array that none of them reaches, the own one included. */
static uint64_t unreachable(const struct vole_aliases *all)
{
	const struct vole_backing *b = all->backing;
	const struct vole_slice *s = b->slice;
	uint64_t own = s->data + s->cap * s->elem_size;
	uint64_t end = b->addr + b->size, reached = b->addr, left = 0;
	bool own_passed = false;
	size_t i;

	if (own > end)
		own = end;
	for (i = 0; i < all->found.len; i++) {
		const struct vole_alias *a = &all->found.items[i];

		if (!own_passed && a->data > s->data) {
			left += pass(&reached, s->data, own);
			own_passed = true;
		}
		left += pass(&reached, a->data, a->data + a->cap_bytes);
	}
	if (!own_passed)
		left += pass(&reached, s->data, own);
	return left + (end - reached);
}

static const char *note(const struct vole_backing *b,
			const struct vole_alias *a)
{
	if (overwritten(b, a))
		return a->exact ? "the next append writes over it" :
				  "maybe; the next append writes over it";
	if (a->past_end)
		return "it reaches past the end of the array";
	return a->exact ? NULL : "maybe";
}

void vole_put_alias(struct vole_context *ctx, const struct vole_alias *a)
{
	struct vole_sink *sink = ctx->sink;

	vole_sink_text(sink, "kind", VOLE_STYLE_PLAIN, kinds[a->kind]);
	vole_sink_address_json(sink, "address", a->ref.addr);
	vole_sink_address(sink, "data", a->data);
	if (a->has_len)
		vole_sink_number(sink, "len", (int64_t)a->len);
	if (a->has_cap)
		vole_sink_number(sink, "cap", (int64_t)a->cap);
	vole_sink_flag_json(sink, "exact", a->exact);
	vole_sink_flag_json(sink, "past_end", a->past_end);
	vole_sink_flag_json(sink, "open_end", a->open_end);
	vole_sink_text(sink, "where", VOLE_STYLE_NAME, a->owner.where);
	if (vole_owner_leads(ctx, &a->owner, a->data))
		vole_sink_text(sink, "expression", VOLE_STYLE_HIDDEN,
			       a->owner.expression);
	if (a->ref.in_object)
		vole_sink_address_json(sink, "object", a->object);
	vole_put_owner_frame(ctx, &a->owner);
}

static void put(const struct vole_aliases *all, const struct vole_alias *a)
{
	const struct vole_backing *b = all->backing;
	struct vole_sink *sink = all->ctx->sink;
	char bar[BAR + 1];

	draw(b, a, bar);
	vole_sink_row(sink);
	vole_sink_cell(sink, "array", VOLE_STYLE_FAINT, bar);
	vole_put_alias(all->ctx, a);
	vole_sink_number(sink, "overlaps", (int64_t)overlap(b, a));
	vole_sink_flag_json(sink, "overwritten", overwritten(b, a));
	vole_sink_cell(sink, "note", VOLE_STYLE_BAD, note(b, a));
	vole_sink_end(sink);
}

bool vole_put_aliases(const struct vole_aliases *all, struct vole_error *err)
{
	static const struct vole_column columns[] = {
		{ "array", NULL, false }, { "kind", NULL, false },
		{ "data", NULL, false },  { "len", NULL, true },
		{ "cap", NULL, true },	  { "overlaps", NULL, true },
		{ "where", NULL, false }, { "note", "", false },
	};
	struct vole_context *ctx = all->ctx;
	struct vole_sink *sink = ctx->sink;
	struct vole_error unused;
	struct vole_heap *heap;
	uint64_t limit;
	size_t i;

	if (!vole_args_number(ctx, "--limit", ctx->settings->limit, &limit,
			      err))
		return false;
	vole_sink_table(sink, "aliases", columns, 8);
	for (i = 0; i < all->found.len && (!limit || i < limit); i++)
		put(all, &all->found.items[i]);
	vole_sink_end(sink);
	vole_sink_omitted(sink, all->found.len - i);
	if (!all->found.len)
		vole_sink_say(sink, VOLE_STYLE_FAINT,
			      "nothing else that Go knows of leads into this "
			      "array");
	if (vole_heap_get(ctx->rt, sink->ui, &heap, &unused) &&
	    !vole_roots_are_whole(heap))
		vole_sink_warn(sink, VOLE_ROOTS_MISSING
			       ": more may lead into this array");
	if (all->truncated)
		vole_sink_warn(sink,
			       "more leads into this array than the %zu that "
			       "are kept",
			       all->found.len);
	else if (all->backing->kind == VOLE_BACKING_OBJECT)
		vole_sink_number(sink, "unreachable_bytes",
				 (int64_t)unreachable(all));
	return true;
}
