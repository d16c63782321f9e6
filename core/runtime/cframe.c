#include "runtime/cframe.h"

#include "target/image.h"

enum {
	WORD = 8,
	MAX_FRAME = 8 << 20, /* the usual limit of a C stack */
	MAX_CALL = 7, /* bytes of the longest call instruction */
};

/* Code that was left out of the core is in the file that it was mapped from. */
static bool read_code(const struct vole_runtime *rt, struct vole_image *image,
		      uint64_t addr, uint8_t *ret, size_t len)
{
	if (vole_memory_read(rt->mem, addr, ret, len) == len)
		return true;
	return image && image->elf &&
	       vole_elf_read(image->elf, addr - image->bias, ret, len) == len;
}

/*
 * A return address has a call before it: e8 and four bytes, or ff /2 and up
 * to five more.
 */
static bool is_return_address(struct vole_stack *stack, uint64_t pc)
{
	struct vole_images *images = vole_runtime_images(stack->rt);
	struct vole_image *image = images ? vole_image_at(images, pc) : NULL;
	uint8_t code[MAX_CALL];
	unsigned at;

	if (pc < MAX_CALL ||
	    !read_code(stack->rt, image, pc - MAX_CALL, code, MAX_CALL))
		return false;
	if (code[MAX_CALL - 5] == 0xe8)
		return true;
	for (at = 0; at + 1 < MAX_CALL; at++)
		if (code[at] == 0xff && (code[at + 1] >> 3 & 7) == 2)
			return true;
	return false;
}

/* System V ABI: [bp] is the caller's bp, [bp + 8] the return address. */
static enum vole_cframe_result by_frame_pointer(struct vole_stack *stack,
						uint64_t *ret_cfa)
{
	uint64_t bp = stack->bp, pc, next;

	if (!stack->has_bp || bp < stack->sp || bp - stack->sp > MAX_FRAME ||
	    bp & (WORD - 1) || !vole_stack_word(stack, bp, &next) ||
	    !vole_stack_word(stack, bp + WORD, &pc) ||
	    !is_return_address(stack, pc))
		return VOLE_CFRAME_LOST;
	*ret_cfa = bp + 2 * WORD;
	stack->pc = pc;
	stack->sp = *ret_cfa;
	stack->bp = next;
	stack->kept.known = 0;
	stack->exact = false;
	return VOLE_CFRAME_CALLER;
}

static const struct vole_ehframe *tables_of(struct vole_image *image)
{
	struct vole_ehframe *tables = image->frames;
	struct vole_error unused;

	if (!tables && image->elf &&
	    vole_ehframe_open(image->elf, &tables, &unused))
		image->frames = tables;
	return tables;
}

static enum vole_cframe_result by_table(struct vole_stack *stack,
					struct vole_image *image,
					const struct vole_ehframe *tables,
					uint64_t *ret_cfa)
{
	struct vole_c_regs regs = stack->kept;
	struct vole_c_caller caller;
	struct vole_error err;
	uint64_t pc = stack->exact ? stack->pc : stack->pc - 1;

	regs.value[VOLE_REG_RSP] = stack->sp;
	regs.value[VOLE_REG_RIP] = stack->pc;
	regs.value[VOLE_REG_RBP] = stack->bp;
	regs.known |= 1u << VOLE_REG_RSP | 1u << VOLE_REG_RIP |
		      (uint32_t)stack->has_bp << VOLE_REG_RBP;
	if (!vole_ehframe_step(tables, stack->rt->mem, image->bias, pc, &regs,
			       &caller, &err))
		return VOLE_CFRAME_LOST;
	if (caller.top || !caller.regs.value[VOLE_REG_RIP])
		return VOLE_CFRAME_TOP;
	/* Only the kernel's frames may lead to another stack. */
	if (!caller.signal && caller.cfa <= stack->sp)
		return VOLE_CFRAME_LOST;
	*ret_cfa = caller.cfa;
	stack->pc = caller.regs.value[VOLE_REG_RIP];
	stack->sp = caller.regs.value[VOLE_REG_RSP];
	stack->bp = caller.regs.value[VOLE_REG_RBP];
	stack->has_bp = caller.regs.known >> VOLE_REG_RBP & 1;
	stack->kept = caller.regs;
	stack->exact = caller.signal;
	return VOLE_CFRAME_CALLER;
}

enum vole_cframe_result vole_cframe_caller(struct vole_stack *stack,
					   uint64_t *ret_cfa)
{
	struct vole_images *images = vole_runtime_images(stack->rt);
	struct vole_image *image = NULL;
	const struct vole_ehframe *tables = NULL;
	enum vole_cframe_result result = VOLE_CFRAME_LOST;

	if (images)
		image = vole_image_at(images, stack->pc);
	if (image)
		tables = tables_of(image);
	if (tables)
		result = by_table(stack, image, tables, ret_cfa);
	return result == VOLE_CFRAME_LOST ? by_frame_pointer(stack, ret_cfa) :
					    result;
}
