#include "runtime/defer.h"

#include <stdlib.h>

#include "base/array.h"
#include "base/hash.h"

enum {
	FUNCDATA_OPEN_CODED_DEFERS = 4, /* the same number since Go 1.17 */
	MAX_DEFERS = 1 << 20,
	MAX_FRAMES = 1 << 16,
	MAX_OPEN_CODED = 8, /* the bits are a byte */
	DEFER_BYTES = 96, /* 48 to 80 */
};

struct found {
	struct vole_defer it;
	size_t order;
};

struct gather {
	const struct vole_runtime *rt;
	VOLE_ARRAY(struct found) found;
	struct vole_hash seen; /* _defers */
	const char *problem;
	bool no_memory;
};

struct record {
	uint64_t sp, fn, link, head;
	bool range_func, done, open_coded;
};

static bool add(struct gather *to, uint64_t addr, uint64_t sp, uint64_t fn)
{
	struct found *added;
	struct vole_error unused;
	uint64_t code;

	if (!fn || !vole_memory_uint(to->rt->mem, fn, 8, &code, &unused)) {
		to->problem = "a deferred call has no function";
		return true;
	}
	added = vole_array_push(&to->found);
	if (!added)
		return false;
	*added = (struct found){ { addr, sp, fn, code }, to->found.len };
	return true;
}

/* --- the goroutine's list -------------------------------------------------- */

static bool read_record(const struct vole_runtime *rt, uint64_t addr,
			struct record *ret)
{
	struct vole_error unused;
	struct vole_view v = vole_runtime_view(rt, addr, &unused);
	uint8_t bytes[DEFER_BYTES];

	vole_view_load(&v, bytes,
		       rt->layout.size[VOLE_STRUCT_DEFER] < DEFER_BYTES ?
			       rt->layout.size[VOLE_STRUCT_DEFER] :
			       DEFER_BYTES);
	*ret = (struct record){
		.sp = vole_get(&v, VOLE_DEFER_SP),
		.fn = vole_get(&v, VOLE_DEFER_FN),
		.link = vole_get(&v, VOLE_DEFER_LINK),
		.head = vole_get(&v, VOLE_DEFER_HEAD),
		.range_func = vole_get(&v, VOLE_DEFER_RANGE_FUNC),
		.done = vole_get(&v, VOLE_DEFER_STARTED),
		.open_coded = vole_get(&v, VOLE_DEFER_OPEN_CODED),
	};
	return v.ok;
}

static void gather_list(struct gather *to, uint64_t addr,
			const struct record *range);

/* Deferred in the body of a range over func: a list of its own. */
static void gather_range(struct gather *to, const struct record *record)
{
	struct vole_error unused;
	uint64_t first;

	if (vole_memory_uint(to->rt->mem, record->head, 8, &first, &unused))
		gather_list(to, first, record);
	else
		to->problem = "a list of deferred calls is damaged";
}

/* Those of @p range are of its frame; it has no such lists in it. */
static void gather_list(struct gather *to, uint64_t addr,
			const struct record *range)
{
	while (addr && !to->no_memory) {
		struct record record;

		if (vole_hash_get(&to->seen, addr, NULL) ||
		    to->seen.len == MAX_DEFERS ||
		    !read_record(to->rt, addr, &record)) {
			to->problem = "a list of deferred calls is damaged";
			return;
		}
		if (!vole_hash_put(&to->seen, addr, 1))
			to->no_memory = true;
		else if (record.range_func && !range)
			gather_range(to, &record);
		else if (!record.done && !record.open_coded &&
			 !add(to, addr, range ? range->sp : record.sp,
			      record.fn))
			to->no_memory = true;
		addr = record.link;
	}
}

/* --- open-coded ------------------------------------------------------------ */

/*
 * Where the closure of defer number @p i is, below the frame's variables. Up
 * to Go 1.21 each has a place of its own, told from the last one on.
 */
struct open_coded {
	uint64_t bits_offset;
	unsigned num;
	uint64_t offset[MAX_OPEN_CODED];
};

static bool read_open_coded(const struct vole_runtime *rt, uint64_t at,
			    struct open_coded *ret)
{
	bool each_has_one = !rt->layout.place[VOLE_DEFER_RANGE_FUNC].known;
	struct vole_memory *mem = rt->mem;
	struct vole_error unused;
	uint64_t num = 0;
	unsigned i;

	if (!vole_memory_uvarint(mem, &at, &ret->bits_offset, &unused) ||
	    !vole_memory_uvarint(mem, &at, &num, &unused))
		return false;
	ret->num = MAX_OPEN_CODED;
	if (each_has_one && num > MAX_OPEN_CODED)
		return false;
	if (each_has_one)
		ret->num = (unsigned)num;
	for (i = ret->num; i--;)
		if (!each_has_one)
			ret->offset[i] = num - (uint64_t)i * 8;
		else if (!vole_memory_uvarint(mem, &at, &ret->offset[i],
					      &unused))
			return false;
	return true;
}

/* A word of @p size bytes among the variables of @p frame. */
static bool read_variable(const struct vole_runtime *rt,
			  const struct vole_frame *frame, uint64_t offset,
			  unsigned size, uint64_t *ret)
{
	uint64_t top = frame->cfa - 16; /* return address, frame pointer */
	struct vole_error unused;

	return top > frame->sp && offset >= size && offset <= top - frame->sp &&
	       vole_memory_uint(rt->mem, top - offset, size, ret, &unused);
}

static void gather_frame(struct gather *to, const struct vole_frame *frame)
{
	uint64_t bits, fn, at;
	struct open_coded info;
	struct vole_error unused;
	struct vole_func func;
	unsigned i;

	if (!vole_func_at(to->rt, frame->pc, &func, &unused) ||
	    !func.deferreturn)
		return;
	at = vole_func_funcdata(to->rt, &func, FUNCDATA_OPEN_CODED_DEFERS);
	if (!at)
		return;
	if (!read_open_coded(to->rt, at, &info) ||
	    !read_variable(to->rt, frame, info.bits_offset, 1, &bits)) {
		to->problem = "which calls a frame has deferred cannot be read";
		return;
	}
	for (i = info.num; i--;) {
		if (!(bits & 1u << i))
			continue;
		if (!read_variable(to->rt, frame, info.offset[i], 8, &fn))
			fn = 0;
		to->no_memory |= !add(to, 0, frame->sp, fn);
	}
}

static void gather_open_coded(struct gather *to, const struct vole_goroutine *g)
{
	struct vole_stack stack;
	struct vole_frame frame;
	unsigned n = 0;

	vole_stack_begin(&stack, to->rt, g);
	while (n++ < MAX_FRAMES && !to->no_memory &&
	       vole_stack_next(&stack, &frame))
		if (frame.kind == VOLE_FRAME_GO && frame.sp >= g->stack_lo &&
		    frame.cfa > frame.sp && frame.cfa <= g->stack_hi)
			gather_frame(to, &frame);
	if (stack.end)
		to->problem = "the stack could not be followed to its end";
}

/* --- all ------------------------------------------------------------------- */

/* Inner frames first; within one frame as they were gathered. */
static int by_frame(const void *a, const void *b)
{
	const struct found *x = a, *y = b;

	if (x->it.sp != y->it.sp)
		return x->it.sp < y->it.sp ? -1 : 1;
	return x->order < y->order ? -1 : 1;
}

static bool hand_over(struct gather *from, struct vole_arena *arena,
		      struct vole_defers *ret)
{
	struct vole_defer *items;
	size_t i, len = from->found.len;

	ret->problem = from->problem;
	if (!len)
		return true;
	items = vole_arena_array(arena, len, sizeof(*items));
	if (!items)
		return false;
	qsort(from->found.items, len, sizeof(struct found), by_frame);
	for (i = 0; i < len; i++)
		items[i] = from->found.items[i].it;
	ret->items = items;
	ret->len = len;
	return true;
}

bool vole_defers_read(const struct vole_runtime *rt,
		      const struct vole_goroutine *g, struct vole_arena *arena,
		      struct vole_defers *ret, struct vole_error *err)
{
	struct gather to = { .rt = rt };
	bool ok;

	*ret = (struct vole_defers){ 0 };
	gather_list(&to, g->defer, NULL);
	if (!to.no_memory)
		gather_open_coded(&to, g);
	ok = !to.no_memory && hand_over(&to, arena, ret);
	vole_hash_free(&to.seen);
	vole_array_free(&to.found);
	return ok || vole_fail_nomem(err);
}
