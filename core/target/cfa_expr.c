#include "target/cfa_expr.h"

#include "target/bytes.h"

enum { MAX_STACK = 32, MAX_STEPS = 1000 };

/* DWARF 5, section 7.7.1. */
enum {
	OP_ADDR = 0x03,
	OP_DEREF = 0x06,
	OP_CONST1U = 0x08,
	OP_CONST8S = 0x0f,
	OP_CONSTU = 0x10,
	OP_CONSTS = 0x11,
	OP_DUP = 0x12,
	OP_DROP = 0x13,
	OP_OVER = 0x14,
	OP_SWAP = 0x16,
	OP_AND = 0x1a,
	OP_MINUS = 0x1c,
	OP_MUL = 0x1e,
	OP_OR = 0x21,
	OP_PLUS = 0x22,
	OP_PLUS_UCONST = 0x23,
	OP_SHL = 0x24,
	OP_SHR = 0x25,
	OP_XOR = 0x27,
	OP_EQ = 0x29,
	OP_NE = 0x2e,
	OP_LIT0 = 0x30,
	OP_LIT31 = 0x4f,
	OP_BREG0 = 0x70,
	OP_BREG31 = 0x8f,
	OP_NOP = 0x96,
};

struct machine {
	struct vole_cursor c;
	struct vole_memory *mem;
	const struct vole_c_regs *regs;
	uint64_t stack[MAX_STACK];
	size_t depth;
	bool bad; /* too deep, too empty, or a register that is not known */
};

static void push(struct machine *m, uint64_t value)
{
	m->bad = m->bad || m->depth == MAX_STACK;
	if (!m->bad)
		m->stack[m->depth++] = value;
}

static uint64_t pop(struct machine *m)
{
	m->bad = m->bad || !m->depth;
	return m->bad ? 0 : m->stack[--m->depth];
}

static uint64_t constant(struct machine *m, uint8_t op)
{
	unsigned size = 1u << ((op - OP_CONST1U) / 2);
	uint64_t value = vole_cursor_uint(&m->c, size);
	unsigned unused = 64 - 8 * size;

	if ((op - OP_CONST1U) & 1)
		return (uint64_t)((int64_t)(value << unused) >> unused);
	return value;
}

static void reg(struct machine *m, unsigned number)
{
	int64_t offset = vole_cursor_sleb(&m->c);

	if (number >= VOLE_NUM_REGS || !(m->regs->known >> number & 1))
		m->bad = true;
	else
		push(m, m->regs->value[number] + (uint64_t)offset);
}

/* Operations of two operands; false: it is none. */
static bool binary(struct machine *m, uint8_t op)
{
	uint64_t b, a;

	switch (op) {
	case OP_AND:
	case OP_MINUS:
	case OP_MUL:
	case OP_OR:
	case OP_PLUS:
	case OP_SHL:
	case OP_SHR:
	case OP_XOR:
		break;
	default:
		if (op < OP_EQ || op > OP_NE)
			return false;
	}
	b = pop(m);
	a = pop(m);
	switch (op) {
	case OP_AND:
		push(m, a & b);
		break;
	case OP_MINUS:
		push(m, a - b);
		break;
	case OP_MUL:
		push(m, a * b);
		break;
	case OP_OR:
		push(m, a | b);
		break;
	case OP_PLUS:
		push(m, a + b);
		break;
	case OP_SHL:
		push(m, b < 64 ? a << b : 0);
		break;
	case OP_SHR:
		push(m, b < 64 ? a >> b : 0);
		break;
	case OP_XOR:
		push(m, a ^ b);
		break;
	default: { /* eq, ge, gt, le, lt, ne: signed */
		int64_t x = (int64_t)a, y = (int64_t)b;
		const bool results[] = { x == y, x >= y, x > y,
					 x <= y, x < y,	 x != y };

		push(m, results[op - OP_EQ]);
	}
	}
	return true;
}

static bool shuffle(struct machine *m, uint8_t op)
{
	uint64_t a, b;

	switch (op) {
	case OP_DUP:
		a = pop(m);
		push(m, a);
		push(m, a);
		return true;
	case OP_DROP:
		pop(m);
		return true;
	case OP_OVER:
	case OP_SWAP:
		a = pop(m);
		b = pop(m);
		push(m, op == OP_OVER ? b : a);
		push(m, op == OP_OVER ? a : b);
		if (op == OP_OVER)
			push(m, b);
		return true;
	}
	return false;
}

static bool step(struct machine *m, uint8_t op, struct vole_error *err)
{
	uint64_t value;

	if (op >= OP_LIT0 && op <= OP_LIT31) {
		push(m, op - OP_LIT0);
	} else if (op >= OP_BREG0 && op <= OP_BREG31) {
		reg(m, op - OP_BREG0);
	} else if (op >= OP_CONST1U && op <= OP_CONST8S) {
		push(m, constant(m, op));
	} else if (op == OP_ADDR) {
		push(m, vole_cursor_uint(&m->c, 8));
	} else if (op == OP_CONSTU) {
		push(m, vole_cursor_uleb(&m->c));
	} else if (op == OP_CONSTS) {
		push(m, (uint64_t)vole_cursor_sleb(&m->c));
	} else if (op == OP_PLUS_UCONST) {
		push(m, pop(m) + vole_cursor_uleb(&m->c));
	} else if (op == OP_DEREF) {
		if (!vole_memory_uint(m->mem, pop(m), 8, &value, err))
			return false;
		push(m, value);
	} else if (op != OP_NOP && !shuffle(m, op) && !binary(m, op)) {
		return vole_fail(err, VOLE_UNSUPPORTED, VOLE_NOWHERE,
				 "an unwind table uses operation 0x%x", op);
	}
	return true;
}

bool vole_cfa_expr(const uint8_t *expr, uint64_t len, const uint64_t *first,
		   struct vole_memory *mem, const struct vole_c_regs *regs,
		   uint64_t *ret, struct vole_error *err)
{
	struct machine m = { .c = { expr, expr + len, false },
			     .mem = mem,
			     .regs = regs };
	unsigned steps;

	if (first)
		push(&m, *first);
	for (steps = 0; m.c.at < m.c.end && !m.bad && !m.c.bad; steps++)
		if (steps == MAX_STEPS)
			m.bad = true;
		else if (!step(&m, (uint8_t)vole_cursor_uint(&m.c, 1), err))
			return false;
	*ret = pop(&m);
	if (m.bad || m.c.bad)
		return vole_fail(err, VOLE_CORRUPT, VOLE_NOWHERE,
				 "an expression of an unwind table makes no "
				 "sense, or needs a register that is not "
				 "known");
	return true;
}
