#include "command/map_show.h"

#include "heap/roots.h"
#include "runtime/call.h"
#include "runtime/map_iter.h"

#include <string.h>

enum { SIZE_WORD = 8, ASK_EVERY = 256 };

struct search {
	struct vole_context *ctx;
	const struct vole_map *map;
	uint64_t offset; /* of the map in an iterator */
	uint64_t limit, found, shown;
	struct vole_goroutine g;
};

/* The function whose frame it is: the outermost of the calls in it. */
static const struct vole_call *call_of(struct search *s,
				       const struct vole_frame *frame)
{
	struct vole_error ignored;
	struct vole_calls calls;

	if (!vole_calls_at(s->ctx->rt, frame->pc, frame->exact, &calls,
			   &ignored))
		return NULL;
	return &calls.items[calls.len - 1];
}

/* The frame of the goroutine that @p addr lies in. */
static const struct vole_call *find_frame(struct search *s, uint64_t addr)
{
	struct vole_stack stack;
	struct vole_frame frame;

	vole_stack_begin(&stack, s->ctx->rt, &s->g);
	while (vole_stack_next(&stack, &frame))
		if (frame.kind == VOLE_FRAME_GO && addr >= frame.sp &&
		    addr < frame.cfa)
			return call_of(s, &frame);
	return NULL;
}

static const struct vole_column columns[] = {
	{ "goroutine", NULL, true }, { "function", NULL, false },
	{ "line", NULL, true },	     { "address", "iterator", false },
	{ "key", "at key", false },  { "entries_left", "left", true },
	{ "state", NULL, false },
};

static const char *state(const struct vole_map_iter *iter)
{
	if (iter->cleared)
		return "the map was cleared since it began";
	if (iter->grown)
		return "the map has grown since it began";
	return NULL;
}

static void put(struct search *s, const struct vole_map_iter *iter)
{
	struct vole_sink *sink = s->ctx->sink;
	const struct vole_call *call = find_frame(s, iter->addr);
	struct vole_error ignored;
	struct vole_value key;

	vole_sink_row(sink);
	vole_sink_number(sink, "goroutine", (int64_t)s->g.id);
	if (call) {
		vole_sink_text(sink, "function", VOLE_STYLE_NAME, call->name);
		vole_sink_text(sink, "file", VOLE_STYLE_HIDDEN, call->file);
		vole_sink_number(sink, "line", call->line);
	}
	vole_sink_address(sink, "address", iter->addr);
	if (vole_value_at(s->ctx->rt, s->map->key, iter->key, &key, &ignored))
		vole_sink_text(sink, "key", VOLE_STYLE_PLAIN,
			       vole_context_text(s->ctx, &key));
	vole_sink_address_json(
		sink, s->map->ops == &vole_map_classic ? "bucket" : "group",
		iter->unit);
	vole_sink_number_json(sink, "slot", iter->index);
	vole_sink_number_json(sink,
			      s->map->ops == &vole_map_classic ?
				      "buckets_left" :
				      "tables_left",
			      (int64_t)iter->units_left);
	if (iter->entries_known)
		vole_sink_number(sink, "entries_left",
				 (int64_t)iter->entries_left);
	vole_sink_flag_json(sink, "grown", iter->grown);
	vole_sink_flag_json(sink, "cleared", iter->cleared);
	vole_sink_text(sink, "state", VOLE_STYLE_PLAIN, state(iter));
	vole_sink_end(sink);
}

static void look_at(struct search *s, uint64_t addr)
{
	struct vole_map_iter iter;

	if (addr < s->offset ||
	    !vole_map_iter_read(s->map, addr - s->offset, &iter))
		return;
	s->found++;
	if (s->limit && s->shown >= s->limit)
		return;
	s->shown++;
	put(s, &iter);
}

/* Words of [lo, hi) that point to the map. */
static void scan(struct search *s, uint64_t lo, uint64_t hi)
{
	struct vole_memory *mem = s->ctx->rt->mem;
	uint64_t at = (lo + SIZE_WORD - 1) & ~(uint64_t)(SIZE_WORD - 1);
	uint8_t page[4096];

	while (at < hi) {
		size_t want = hi - at < sizeof(page) ? hi - at : sizeof(page);
		size_t len = vole_memory_read(mem, at, page, want), i;

		for (i = 0; i + SIZE_WORD <= len; i += SIZE_WORD) {
			uint64_t word;

			memcpy(&word, page + i, SIZE_WORD);
			if (word == s->map->addr)
				look_at(s, at + i);
		}
		if (len < want)
			return;
		at += want;
	}
}

static bool scan_goroutine(struct search *s, uint64_t addr,
			   struct vole_error *err)
{
	uint64_t lo;

	if (!vole_goroutine_read(s->ctx->rt, addr, &s->g, err))
		return false;
	if (!vole_goroutine_lives(&s->g))
		return true;
	lo = vole_stack_used(s->ctx->rt, &s->g);
	if (lo >= s->g.stack_lo && lo < s->g.stack_hi)
		scan(s, lo, s->g.stack_hi);
	return true;
}

static bool scan_all(struct search *s, struct vole_error *err)
{
	const struct vole_runtime *rt = s->ctx->rt;
	struct vole_goroutines list;
	uint64_t i, addr, unreadable = 0;

	if (!vole_goroutines_find(rt, &list, err))
		return false;
	for (i = 0; i < list.len; i++) {
		vole_sink_progress(s->ctx->sink, i, list.len);
		if (i % ASK_EVERY == 0 && vole_sink_stopped(s->ctx->sink))
			break;
		if (!vole_goroutines_get(rt, &list, i, &addr, err) ||
		    !scan_goroutine(s, addr, err))
			unreadable++;
	}
	if (unreadable)
		vole_sink_warn(s->ctx->sink,
			       "%" PRIu64 " goroutines could not be read",
			       unreadable);
	return true;
}

bool vole_map_show_iterators(struct vole_context *ctx,
			     const struct vole_map *map, uint64_t limit,
			     struct vole_error *err)
{
	struct search search = { .ctx = ctx, .map = map, .limit = limit };
	bool ok;

	if (!vole_map_iter_offset(map, &search.offset))
		return vole_fail(err, VOLE_NO_DEBUG_INFO, VOLE_NOWHERE,
				 "how the iterators of this program lie is not "
				 "known");
	vole_sink_table(ctx->sink, "iterators", columns, 7);
	ok = scan_all(&search, err);
	vole_sink_end(ctx->sink);
	if (!ok)
		return false;
	if (!search.shown)
		vole_sink_say(ctx->sink, VOLE_STYLE_FAINT,
			      "no range loop over it in any stack");
	else
		vole_sink_say(ctx->sink, VOLE_STYLE_FAINT,
			      "a loop that was left early stays visible until "
			      "its frame is used otherwise");
	vole_sink_omitted(ctx->sink, search.found - search.shown);
	return true;
}
