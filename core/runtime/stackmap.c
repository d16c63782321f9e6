#include "runtime/stackmap.h"

#include "runtime/pclntab.h"

/* internal/abi/symtab.go */
enum {
	PCDATA_STACK_MAP_INDEX = 1,
	FUNCDATA_ARGS = 0,
	FUNCDATA_LOCALS = 1,
	FUNCDATA_STACK_OBJECTS = 2,
	WORD = 8,
	MAX_BITS = 1 << 20,
	MAX_OBJECTS = 1 << 16,
	OBJECT_SIZE = 16, /* stackObjectRecord */
};

struct stackmap {
	int32_t num;
	int32_t bits;
	uint64_t data;
};

static bool read_int(const struct vole_runtime *rt, uint64_t addr, int32_t *ret)
{
	struct vole_error unused;
	uint64_t value;

	if (!vole_memory_uint(rt->mem, addr, 4, &value, &unused))
		return false;
	*ret = (int32_t)(uint32_t)value;
	return true;
}

static bool open_map(const struct vole_runtime *rt,
		     const struct vole_func *func, uint32_t index,
		     struct stackmap *ret)
{
	uint64_t addr = vole_func_funcdata(rt, func, index);

	ret->data = addr + 8;
	return addr && read_int(rt, addr, &ret->num) &&
	       read_int(rt, addr + 4, &ret->bits) && ret->num > 0 &&
	       ret->bits >= 0 && ret->bits <= MAX_BITS;
}

static enum vole_liveness bit(const struct vole_runtime *rt,
			      const struct stackmap *map, int32_t index,
			      uint64_t number)
{
	uint64_t size = ((uint64_t)map->bits + 7) / 8, byte;
	struct vole_error unused;

	if (index < 0 || index >= map->num ||
	    !vole_memory_uint(rt->mem,
			      map->data + (uint64_t)index * size + number / 8,
			      1, &byte, &unused))
		return VOLE_LIVENESS_UNKNOWN;
	return byte >> number % 8 & 1 ? VOLE_LIVENESS_LIVE : VOLE_LIVENESS_DEAD;
}

/* Variables whose address was taken live as long as a pointer to them does. */
static bool in_stack_object(const struct vole_runtime *rt,
			    const struct vole_func *func, uint64_t varp,
			    uint64_t argp, uint64_t addr)
{
	uint64_t at = vole_func_funcdata(rt, func, FUNCDATA_STACK_OBJECTS);
	struct vole_error unused;
	uint64_t num, i;

	if (!at)
		return false;
	if (!vole_memory_uint(rt->mem, at, WORD, &num, &unused) ||
	    num > MAX_OBJECTS)
		return true;
	for (i = 0; i < num; i++) {
		uint64_t record = at + WORD + i * OBJECT_SIZE, from;
		int32_t offset, size;

		if (!read_int(rt, record, &offset) ||
		    !read_int(rt, record + 4, &size) || size < 0)
			return true;
		from = (offset < 0 ? varp : argp) + (uint64_t)(int64_t)offset;
		if (addr - from < (uint64_t)size)
			return true;
	}
	return false;
}

/* Which of its function's maps are of the call that the frame stands at. */
static bool map_index(const struct vole_runtime *rt,
		      const struct vole_frame *frame,
		      const struct vole_func *func, int32_t *ret)
{
	struct vole_error unused;
	uint32_t table = vole_func_pcdata(rt, func, PCDATA_STACK_MAP_INDEX);

	return table &&
	       vole_func_pcvalue(rt, func, table, frame->pc - 1, ret, &unused);
}

/* Locals lie below the return address and the saved frame pointer. */
static uint64_t end_of_locals(const struct vole_frame *frame)
{
	return frame->cfa < 2 * WORD ? 0 : frame->cfa - 2 * WORD;
}

static enum vole_liveness by_map(const struct vole_runtime *rt,
				 const struct vole_frame *frame,
				 const struct vole_func *func, uint64_t addr)
{
	uint64_t argp = frame->cfa, varp = end_of_locals(frame);
	struct stackmap map;
	int32_t index;

	if (!map_index(rt, frame, func, &index))
		return VOLE_LIVENESS_UNKNOWN;
	if (addr >= argp) {
		if (!open_map(rt, func, FUNCDATA_ARGS, &map) ||
		    (addr - argp) / WORD >= (uint64_t)map.bits)
			return VOLE_LIVENESS_UNKNOWN;
		return bit(rt, &map, index, (addr - argp) / WORD);
	}
	if (!open_map(rt, func, FUNCDATA_LOCALS, &map) || addr >= varp ||
	    (varp - addr) / WORD > (uint64_t)map.bits)
		return VOLE_LIVENESS_UNKNOWN;
	return bit(rt, &map, index, (uint64_t)map.bits - (varp - addr) / WORD);
}

/* The function of a frame that stands at a call. */
static bool open_func(const struct vole_runtime *rt,
		      const struct vole_frame *frame, uint64_t addr,
		      struct vole_func *ret)
{
	struct vole_error unused;

	return frame->kind == VOLE_FRAME_GO && !frame->exact && frame->cfa &&
	       !(addr & (WORD - 1)) &&
	       vole_func_at(rt, frame->pc, ret, &unused);
}

enum vole_liveness vole_frame_liveness(const struct vole_runtime *rt,
				       const struct vole_frame *frame,
				       uint64_t addr)
{
	struct vole_func func;

	if (!open_func(rt, frame, addr, &func) ||
	    in_stack_object(rt, &func, end_of_locals(frame), frame->cfa, addr))
		return VOLE_LIVENESS_UNKNOWN;
	return by_map(rt, frame, &func, addr);
}

bool vole_frame_follows(const struct vole_runtime *rt,
			const struct vole_frame *frame, uint64_t addr)
{
	struct vole_func func;

	return addr >= frame->sp && addr < end_of_locals(frame) &&
	       open_func(rt, frame, addr, &func) &&
	       by_map(rt, frame, &func, addr) == VOLE_LIVENESS_LIVE;
}
