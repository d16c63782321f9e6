#include "command/map_show.h"

#include "command/map_iterator.h"
#include "heap/refs.h"

#include <string.h>

enum {
	SIZE_WORD = 8,
	SIZE_PAGE = 4096,
	ASK_EVERY = 256,
	MAX_MISSING = 1024, /* pages of one stack, that may be none */
};

struct search {
	struct vole_ref_visitor visitor; /* first: cast back */
	struct vole_context *ctx;
	const struct vole_map *map;
	uint64_t offset; /* of the map in an iterator */
	uint64_t limit, found, shown;
	uint64_t unreadable, partly; /* goroutines; and stacks of others */
	bool all; /* stacks were searched, and that */
	bool heap_too;
	struct vole_goroutine g;
	struct vole_heap *heap; /* while that is searched, and */
	struct vole_whose *whose; /* of the heap's words */
	struct vole_map_iter_help help;
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
static void find_frame(struct search *s, uint64_t addr,
		       struct vole_iterator_place *ret)
{
	struct vole_stack stack;
	struct vole_frame frame;

	vole_stack_begin(&stack, s->ctx->rt, &s->g);
	while (vole_stack_next(&stack, &frame)) {
		if (frame.kind != VOLE_FRAME_GO || addr < frame.sp ||
		    addr >= frame.cfa)
			continue;
		ret->call = call_of(s, &frame);
		ret->held = vole_map_iter_held(s->map, &frame, addr);
		return;
	}
}

/* Is the word at @p addr that of an iterator, and is it to be shown? */
static bool is_wanted(struct search *s, uint64_t addr,
		      struct vole_map_iter *ret)
{
	if (addr < s->offset ||
	    !vole_map_iter_read(s->map, &s->help, addr - s->offset, ret))
		return false;
	s->found++;
	if (s->limit && s->shown >= s->limit)
		return false;
	s->shown++;
	return true;
}

/* --- stacks ------------------------------------------------------------------ */

static void look_at(struct search *s, uint64_t addr)
{
	struct vole_iterator_place place = { .g = &s->g };
	struct vole_map_iter iter;

	if (!is_wanted(s, addr, &iter))
		return;
	find_frame(s, iter.addr, &place);
	vole_map_iterator_put(s->ctx, s->map, &iter, &place);
}

/* Words of [lo, hi) that point to the map; false: some cannot be read. */
static bool scan(struct search *s, uint64_t lo, uint64_t hi)
{
	struct vole_memory *mem = s->ctx->rt->mem;
	const struct vole_sink *sink = s->ctx->sink;
	uint64_t at = (lo + SIZE_WORD - 1) & ~(uint64_t)(SIZE_WORD - 1);
	uint8_t page[SIZE_PAGE];
	unsigned missing = 0;

	while (at < hi && missing < MAX_MISSING && !sink->stopped) {
		/* To the page's end: what cannot be read is one, or more. */
		size_t rest = SIZE_PAGE - (at & (SIZE_PAGE - 1));
		size_t want = hi - at < rest ? hi - at : rest;
		size_t len = vole_memory_read(mem, at, page, want), i;

		for (i = 0; i + SIZE_WORD <= len && !sink->stopped;
		     i += SIZE_WORD) {
			uint64_t word;

			memcpy(&word, page + i, SIZE_WORD);
			if (word == s->map->addr)
				look_at(s, at + i);
		}
		missing += len != want;
		at += want;
	}
	return !missing;
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
		s->partly += !scan(s, lo, s->g.stack_hi);
	return true;
}

static bool scan_stacks(struct search *s, struct vole_error *err)
{
	const struct vole_runtime *rt = s->ctx->rt;
	struct vole_goroutines list;
	uint64_t i, addr;

	if (!vole_goroutines_find(rt, &list, err))
		return false;
	s->unreadable = list.lost;
	for (i = 0; i < list.len; i++) {
		vole_sink_progress(s->ctx->sink, i, list.len);
		if (s->ctx->sink->stopped ||
		    (i % ASK_EVERY == 0 && vole_sink_stopped(s->ctx->sink)))
			break;
		if (!vole_goroutines_get(rt, &list, i, &addr, err) ||
		    !scan_goroutine(s, addr, err))
			s->unreadable++;
	}
	if (s->unreadable)
		vole_sink_warn(s->ctx->sink,
			       "%" PRIu64 " goroutines could not be read",
			       s->unreadable);
	if (s->partly)
		vole_sink_warn(s->ctx->sink,
			       "the stacks of %" PRIu64
			       " goroutines could not be read in whole",
			       s->partly);
	s->all = !s->unreadable && !s->partly && !s->ctx->sink->stopped;
	return true;
}

/* --- heap and variables ------------------------------------------------------ */

/* A collection that leaves the word also leaves what it leads to. */
static bool is_held(struct search *s, const struct vole_ref *ref)
{
	struct vole_object object;

	if (!ref->exact || !ref->in_object)
		return ref->exact;
	return vole_object_at(s->heap, ref->addr, &object) &&
	       object.state == VOLE_OBJECT_ALLOCATED;
}

/* reflect.MapIter has an iterator in it, and may lie anywhere. */
static bool on_ref(struct vole_ref_visitor *visitor, const struct vole_ref *ref)
{
	struct search *s = (struct search *)visitor;
	struct vole_ref word = *ref;
	const struct vole_path path = { &word, 1 };
	struct vole_iterator_place place = { .ref = ref };
	struct vole_owner owner;
	struct vole_map_iter iter;

	if (ref->value != s->map->addr || !ref->addr ||
	    !is_wanted(s, ref->addr, &iter))
		return true;
	vole_whose_word(s->whose, &path, &owner);
	place.owner = &owner;
	place.held = is_held(s, ref);
	vole_map_iterator_put(s->ctx, s->map, &iter, &place);
	return !s->ctx->sink->stopped;
}

static bool scan_heap(struct search *s, struct vole_error *err)
{
	struct vole_sink *sink = s->ctx->sink;
	struct vole_ref_search search = {
		.addr = s->map->addr,
		.len = 1,
		.roots = 1U << VOLE_ROOT_DATA,
		.ui = sink->ui,
		.progress = vole_sink_on_progress,
		.arg = sink,
	};
	bool ok;

	if (!vole_heap_get(s->ctx->rt, sink->ui, &s->heap, err) ||
	    !vole_whose_open(s->ctx, s->heap, &s->whose, err))
		return false;
	ok = vole_refs_visit(s->heap, &search, &s->visitor, err);
	vole_whose_close(s->whose);
	return ok || vole_sink_stopped(sink);
}

static bool is_stopped(void *arg)
{
	return vole_sink_stopped(arg);
}

/* None is claimed only of what was searched. */
static void say_end(struct search *s)
{
	struct vole_sink *sink = s->ctx->sink;
	bool all = s->all && s->heap_too && !sink->stopped;

	vole_sink_say(sink, VOLE_STYLE_FAINT, "%s",
		      s->shown ? "a loop that was left early stays visible "
				 "until its frame is used otherwise" :
		      all ? "no range loop over it in any stack, and none by "
			    "reflection" :
			    "no range loop over it in what was searched");
}

/* --- both -------------------------------------------------------------------- */

bool vole_map_show_iterators(struct vole_context *ctx,
			     const struct vole_map *map, uint64_t limit,
			     struct vole_error *err)
{
	struct search search = {
		.visitor = { on_ref }, .ctx = ctx, .map = map, .limit = limit
	};
	struct vole_keyhash keyhash;
	struct vole_error why;
	bool ok;

	if (!vole_map_iter_offset(map, &search.offset))
		return vole_fail(err, VOLE_NO_DEBUG_INFO, VOLE_NOWHERE,
				 "how the iterators of this program lie is not "
				 "known");
	search.help.interrupted = is_stopped;
	search.help.arg = ctx->sink;
	/* Only then is it asked where a key will go. */
	if (map->ops == &vole_map_classic && map->growing &&
	    vole_keyhash_open(map, &keyhash, &why))
		search.help.keyhash = &keyhash;
	vole_map_iterators_begin(ctx);
	ok = scan_stacks(&search, err);
	if (ok && !vole_sink_stopped(ctx->sink)) {
		search.heap_too = scan_heap(&search, &why);
		if (!search.heap_too)
			vole_sink_warn(ctx->sink,
				       "the heap was not searched: %s",
				       why.text);
	}
	vole_sink_end(ctx->sink);
	if (search.help.keyhash)
		vole_keyhash_close(&keyhash);
	if (!ok)
		return false;
	say_end(&search);
	vole_sink_omitted(ctx->sink, search.found - search.shown);
	return true;
}
