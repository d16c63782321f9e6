/*
 * Stores into a variable's slot, amd64. Without optimisation, and for what
 * cannot live in registers, debug information has one place for all of a
 * block, from before the variable is set.
 */
#include "value/local_private.h"

#include <string.h>

enum {
	MAX_CODE = 1 << 16,
	MAX_STORES = 1 << 10, /* that were asked for their line */
	LONGEST = 7, /* opcode, ModRM, SIB, displacement */
	SIB_RSP = 0x24,
};

/* The displacement from rsp that the operand at @p code has. */
static bool operand(const uint8_t *code, size_t len, int64_t *ret)
{
	int32_t wide;

	if (len < 2 || (code[0] & 7) != 4 || code[1] != SIB_RSP)
		return false;
	switch (code[0] >> 6) {
	case 0:
		*ret = 0;
		return true;
	case 1:
		if (len < 3)
			return false;
		*ret = (int8_t)code[2];
		return true;
	case 2:
		if (len < 6)
			return false;
		memcpy(&wide, code + 2, sizeof(wide));
		*ret = wide;
		return true;
	default:
		return false;
	}
}

/*
 * Is there an instruction at @p code that stores to, or (lea) takes the
 * address of, a place above rsp? Prefixes were passed over already.
 */
static bool store(const uint8_t *code, size_t len, bool *ret_lea, int64_t *ret)
{
	*ret_lea = false;
	switch (code[0]) {
	case 0x88: /* mov */
	case 0x89:
	case 0xc6:
	case 0xc7:
		return operand(code + 1, len - 1, ret);
	case 0x8d:
		*ret_lea = true;
		return operand(code + 1, len - 1, ret);
	case 0x0f:
		if (len < 2)
			return false;
		/* movups, movaps, movdqu, movq, setcc */
		if (code[1] == 0x11 || code[1] == 0x29 || code[1] == 0x7f ||
		    code[1] == 0xd6 || (code[1] & 0xf0) == 0x90)
			return operand(code + 2, len - 2, ret);
		return false;
	default:
		return false;
	}
}

static bool read_code(const struct vole_frame_reader *r, uint64_t from,
		      uint8_t *ret, size_t len)
{
	struct vole_error unused;

	return vole_memory_read_all(r->rt->mem, from, ret, len, &unused);
}

/* Is the code at @p pc of the variable's function, at or past @p line? */
static bool counts(const struct vole_frame_reader *r, uint64_t pc,
		   uint32_t line)
{
	const struct vole_call *own = vole_frame_call(r->at);
	struct vole_error unused;
	struct vole_calls calls;

	return own && vole_calls_at(r->rt, pc, true, &calls, &unused) &&
	       !strcmp(calls.items[0].name, own->name) &&
	       calls.items[0].line >= 0 &&
	       (uint32_t)calls.items[0].line >= line;
}

bool vole_is_assigned(const struct vole_frame_reader *r,
		      const struct vole_variable *variable, uint64_t addr,
		      uint64_t size)
{
	const struct vole_frame *frame = &r->at->frame;
	const struct vole_call *call = vole_frame_call(r->at);
	uint64_t from = variable->block + r->state.bias, len, i;
	bool same_line = call && (uint32_t)call->line == variable->line;
	uint32_t line = variable->role == VOLE_ROLE_LOCAL ? variable->line : 0;
	int64_t slot = (int64_t)(addr - frame->sp), at;
	unsigned num = 0;
	uint8_t *code;
	bool lea;

	if (!size)
		return true;
	if (!variable->block || from < frame->entry || from >= frame->pc ||
	    frame->pc - from > MAX_CODE)
		return false;
	len = frame->pc - from;
	code = vole_arena_alloc(r->arena, len);
	if (!code || !read_code(r, from, code, len))
		return false;
	for (i = 0; i < len; i++) {
		if (!store(code + i,
			   len - i < LONGEST + 1 ? len - i : LONGEST + 1, &lea,
			   &at) ||
		    (lea && same_line) || at < slot ||
		    (uint64_t)(at - slot) >= size)
			continue;
		if (counts(r, from + i, line))
			return true;
		if (++num == MAX_STORES)
			return false;
	}
	return false;
}
