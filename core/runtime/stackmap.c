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

static bool read_int(const struct vole_runtime *rt, uint64_t addr, int32_t *ret)
{
	struct vole_error unused;
	uint64_t value;

	if (!vole_memory_uint(rt->mem, addr, 4, &value, &unused))
		return false;
	*ret = (int32_t)(uint32_t)value;
	return true;
}

static struct vole_word_bits bits_of(const struct vole_runtime *rt,
				     const struct vole_func *func,
				     uint32_t table, int32_t index)
{
	uint64_t addr = vole_func_funcdata(rt, func, table);
	struct vole_word_bits ret = { 0 };
	int32_t num, bits;

	if (!addr || !read_int(rt, addr, &num) ||
	    !read_int(rt, addr + 4, &bits) || bits < 0 || bits > MAX_BITS ||
	    index < 0 || index >= num)
		return ret;
	ret.len = (uint64_t)bits;
	ret.addr = addr + 8 + (uint64_t)index * ((ret.len + 7) / 8);
	/* As on the targets, little-endian. */
	if (ret.len <= 64 &&
	    vole_memory_read(rt->mem, ret.addr, &ret.first,
			     (ret.len + 7) / 8) != (ret.len + 7) / 8)
		ret.addr = 0;
	return ret;
}

bool vole_frame_words_open(const struct vole_runtime *rt,
			   const struct vole_frame *frame,
			   struct vole_frame_words *ret)
{
	struct vole_error unused;
	struct vole_func func;
	uint32_t table;
	int32_t index;

	if (frame->kind != VOLE_FRAME_GO || frame->exact ||
	    frame->cfa <= (uint64_t)2 * WORD ||
	    !vole_func_at(rt, frame->pc, &func, &unused) ||
	    func.flag & VOLE_FUNC_ASM)
		return false;
	table = vole_func_pcdata(rt, &func, PCDATA_STACK_MAP_INDEX);
	if (!table || !vole_func_pcvalue(rt, &func, table, frame->pc - 1,
					 &index, &unused))
		return false;
	*ret = (struct vole_frame_words){
		.rt = rt,
		.argp = frame->cfa,
		/* Below the return address and the saved frame pointer. */
		.varp = frame->cfa - (uint64_t)2 * WORD,
		.locals = bits_of(rt, &func, FUNCDATA_LOCALS, index),
		.args = bits_of(rt, &func, FUNCDATA_ARGS, index),
		.objects =
			vole_func_funcdata(rt, &func, FUNCDATA_STACK_OBJECTS),
	};
	return true;
}

static enum vole_liveness bit(const struct vole_runtime *rt,
			      const struct vole_word_bits *bits,
			      uint64_t number)
{
	struct vole_error unused;
	uint64_t byte = bits->first >> (number & 56);

	if (!bits->addr || number >= bits->len ||
	    (bits->len > 64 &&
	     !vole_memory_uint(rt->mem, bits->addr + number / 8, 1, &byte,
			       &unused)))
		return VOLE_LIVENESS_UNKNOWN;
	return byte >> number % 8 & 1 ? VOLE_LIVENESS_LIVE : VOLE_LIVENESS_DEAD;
}

bool vole_frame_objects(const struct vole_frame_words *words, size_t *ret)
{
	struct vole_error unused;
	uint64_t num = 0;

	if (words->objects && (!vole_memory_uint(words->rt->mem, words->objects,
						 WORD, &num, &unused) ||
			       num > MAX_OBJECTS))
		return false;
	*ret = num;
	return true;
}

bool vole_frame_object(const struct vole_frame_words *words, size_t i,
		       struct vole_stack_object *ret)
{
	uint64_t record = words->objects + WORD + i * OBJECT_SIZE;
	int32_t offset, size;

	if (!read_int(words->rt, record, &offset) ||
	    !read_int(words->rt, record + 4, &size) || size < 0)
		return false;
	*ret = (struct vole_stack_object){ (offset < 0 ? words->varp :
							 words->argp) +
						   (uint64_t)(int64_t)offset,
					   (uint64_t)size };
	return true;
}

/* Variables whose address was taken live as long as a pointer to them does. */
static bool in_stack_object(const struct vole_frame_words *words, uint64_t addr)
{
	struct vole_stack_object object;
	size_t num, i;

	if (!vole_frame_objects(words, &num))
		return true;
	for (i = 0; i < num; i++)
		if (!vole_frame_object(words, i, &object) ||
		    addr - object.addr < object.size)
			return true;
	return false;
}

enum vole_liveness vole_frame_local(const struct vole_frame_words *words,
				    uint64_t addr)
{
	uint64_t below = (words->varp - addr) / WORD;

	if (addr & (WORD - 1) || addr >= words->varp ||
	    below > words->locals.len)
		return VOLE_LIVENESS_UNKNOWN;
	return bit(words->rt, &words->locals, words->locals.len - below);
}

enum vole_liveness vole_frame_passed(const struct vole_frame_words *words,
				     const struct vole_frame_words *callee,
				     uint64_t addr)
{
	uint64_t locals = words->locals.len * WORD;

	if (addr & (WORD - 1) || !words->locals.addr || addr >= words->varp ||
	    words->varp - addr <= locals)
		return VOLE_LIVENESS_UNKNOWN;
	if (!callee)
		return VOLE_LIVENESS_DEAD;
	if (!callee->args.addr || addr < callee->argp)
		return VOLE_LIVENESS_UNKNOWN;
	if ((addr - callee->argp) / WORD >= callee->args.len)
		return VOLE_LIVENESS_DEAD;
	return bit(callee->rt, &callee->args, (addr - callee->argp) / WORD);
}

enum vole_liveness vole_frame_liveness(const struct vole_runtime *rt,
				       const struct vole_frame *frame,
				       uint64_t addr)
{
	struct vole_frame_words words;

	if (addr & (WORD - 1) || !vole_frame_words_open(rt, frame, &words) ||
	    in_stack_object(&words, addr))
		return VOLE_LIVENESS_UNKNOWN;
	if (addr >= words.argp)
		return bit(rt, &words.args, (addr - words.argp) / WORD);
	return vole_frame_local(&words, addr);
}

bool vole_frame_follows(const struct vole_runtime *rt,
			const struct vole_frame *frame, uint64_t addr)
{
	struct vole_frame_words words;

	return addr >= frame->sp && vole_frame_words_open(rt, frame, &words) &&
	       vole_frame_local(&words, addr) == VOLE_LIVENESS_LIVE;
}
