/* src/runtime/stkframe.go: getStackMap() */
#include "runtime/map_iter.h"
#include "runtime/pclntab.h"
#include "runtime/stack.h"

/* internal/abi/symtab.go */
enum {
	PCDATA_STACK_MAP_INDEX = 1,
	FUNCDATA_LOCALS = 1,
	WORD = 8,
	HEADER = 8, /* of a map: how many bitmaps, and bits of each */
	MAX_BITS = 1 << 20,
};

/* Bitmap @p index of the function's locals: has it that bit? */
static bool has_bit(const struct vole_runtime *rt, uint64_t maps, int32_t index,
		    uint64_t below)
{
	uint64_t num, bits, bit, byte;
	struct vole_error ignored;

	if (!vole_memory_uint(rt->mem, maps, 4, &num, &ignored) ||
	    !vole_memory_uint(rt->mem, maps + 4, 4, &bits, &ignored) ||
	    index < 0 || (uint64_t)index >= num || bits > MAX_BITS || !below ||
	    below > bits)
		return false;
	bit = bits - below;
	return vole_memory_uint(rt->mem,
				maps + HEADER +
					(uint64_t)index * ((bits + 7) / 8) +
					bit / 8,
				1, &byte, &ignored) &&
	       byte >> bit % 8 & 1;
}

/*
 * The compiler's iterator has its address taken by each step of the loop, so
 * vole_frame_liveness() leaves it open. While the loop goes on it is among the
 * live locals all the same.
 */
bool vole_map_iter_held(const struct vole_map *map,
			const struct vole_frame *frame, uint64_t addr)
{
	uint64_t varp = frame->cfa - 2 * WORD; /* below the frame pointer */
	uint64_t at, maps, offset;
	struct vole_error ignored;
	struct vole_func func;
	uint32_t table;
	int32_t index;

	if (!vole_map_iter_offset(map, &offset))
		return false;
	at = addr + offset;
	if (frame->kind != VOLE_FRAME_GO || frame->exact || at % WORD ||
	    at < frame->sp || at >= varp || varp >= frame->cfa ||
	    !vole_func_at(map->rt, frame->pc, &func, &ignored))
		return false;
	table = vole_func_pcdata(map->rt, &func, PCDATA_STACK_MAP_INDEX);
	maps = vole_func_funcdata(map->rt, &func, FUNCDATA_LOCALS);
	return table && maps &&
	       vole_func_pcvalue(map->rt, &func, table, frame->pc - 1, &index,
				 &ignored) &&
	       has_bit(map->rt, maps, index, (varp - at) / WORD);
}
