#include "target/cfa_expr.h"
#include "target/ehframe_private.h"

#include <string.h>

enum {
	MAX_INSTRUCTIONS = 1 << 16, /* of one function */
	MAX_REMEMBERED = 16,
};

/* --- running an entry's program -------------------------------------------- */

enum rule_kind {
	RULE_SAME, /* also of what is not said */
	RULE_UNDEFINED,
	RULE_OFFSET, /* saved at cfa + offset */
	RULE_VAL_OFFSET, /* is cfa + offset */
	RULE_REGISTER,
	RULE_EXPR, /* saved where the expression says */
	RULE_VAL_EXPR,
};

struct rule {
	enum rule_kind kind;
	int64_t offset; /* or the register */
	const uint8_t *expr;
	uint64_t expr_len;
};

struct row {
	struct rule regs[VOLE_NUM_REGS];
	bool cfa_is_expr;
	uint64_t cfa_reg;
	int64_t cfa_offset;
	const uint8_t *cfa_expr;
	uint64_t cfa_expr_len;
};

struct run {
	const struct vole_cie *cie;
	struct row row, initial;
	struct row remembered[MAX_REMEMBERED];
	size_t num_remembered;
	uint64_t loc, pc; /* link addresses */
	const struct vole_eh_section *section;
};

static void set(struct run *run, uint64_t reg, enum rule_kind kind,
		int64_t offset)
{
	/* Others do not matter to return. */
	if (reg < VOLE_NUM_REGS)
		run->row.regs[reg] =
			(struct rule){ .kind = kind, .offset = offset };
}

static void set_expr(struct run *run, struct vole_cursor *c,
		     enum rule_kind kind)
{
	uint64_t reg = vole_cursor_uleb(c), len = vole_cursor_uleb(c);
	const uint8_t *expr = c->at;

	vole_cursor_skip(c, len);
	if (reg < VOLE_NUM_REGS && !c->bad)
		run->row.regs[reg] = (struct rule){ .kind = kind,
						    .expr = expr,
						    .expr_len = len };
}

static void restore(struct run *run, uint64_t reg)
{
	if (reg < VOLE_NUM_REGS)
		run->row.regs[reg] = run->initial.regs[reg];
}

/* An operand in units of the CIE's data alignment; it may wrap, as sp does. */
static int64_t scaled(const struct run *run, uint64_t units)
{
	return (int64_t)(units * (uint64_t)run->cie->data_align);
}

/* DW_CFA_* with their operand in the low six bits. */
static bool run_short(struct run *run, struct vole_cursor *c, uint8_t op)
{
	uint8_t low = op & 0x3f;

	switch (op >> 6) {
	case 1: /* advance_loc */
		run->loc += low * run->cie->code_align;
		return true;
	case 2: /* offset */
		set(run, low, RULE_OFFSET, scaled(run, vole_cursor_uleb(c)));
		return true;
	case 3: /* restore */
		restore(run, low);
		return true;
	}
	return false;
}

static void run_cfa(struct run *run, struct vole_cursor *c, uint8_t op)
{
	struct row *row = &run->row;

	if (op == 0x0f) { /* def_cfa_expression */
		row->cfa_expr_len = vole_cursor_uleb(c);
		row->cfa_expr = c->at;
		row->cfa_is_expr = true;
		vole_cursor_skip(c, row->cfa_expr_len);
		return;
	}
	if (op != 0x0e && op != 0x13) /* not def_cfa_offset */
		row->cfa_reg = vole_cursor_uleb(c);
	if (op == 0x0c || op == 0x0e) /* def_cfa, def_cfa_offset */
		row->cfa_offset = (int64_t)vole_cursor_uleb(c);
	else if (op == 0x12 || op == 0x13) /* their signed forms */
		row->cfa_offset = scaled(run, (uint64_t)vole_cursor_sleb(c));
	row->cfa_is_expr = false;
}

/* DW_CFA_* that give a register, which comes first, a rule. */
static const struct {
	bool is_rule;
	enum rule_kind kind;
	enum { NO_OPERAND, PLAIN, SCALED, SCALED_SIGNED } operand;
} rules[] = {
	[0x05] = { true, RULE_OFFSET, SCALED }, /* offset_extended */
	[0x07] = { true, RULE_UNDEFINED, NO_OPERAND },
	[0x08] = { true, RULE_SAME, NO_OPERAND },
	[0x09] = { true, RULE_REGISTER, PLAIN },
	[0x11] = { true, RULE_OFFSET, SCALED_SIGNED },
	[0x14] = { true, RULE_VAL_OFFSET, SCALED },
	[0x15] = { true, RULE_VAL_OFFSET, SCALED_SIGNED },
};

static bool run_rule(struct run *run, struct vole_cursor *c, uint8_t op)
{
	int64_t offset = 0;
	uint64_t reg;

	if (op >= sizeof(rules) / sizeof(rules[0]) || !rules[op].is_rule)
		return false;
	reg = vole_cursor_uleb(c);
	switch (rules[op].operand) {
	case NO_OPERAND:
		break;
	case PLAIN:
		offset = (int64_t)vole_cursor_uleb(c);
		break;
	case SCALED:
		offset = scaled(run, vole_cursor_uleb(c));
		break;
	case SCALED_SIGNED:
		offset = scaled(run, (uint64_t)vole_cursor_sleb(c));
		break;
	}
	set(run, reg, rules[op].kind, offset);
	return true;
}

static bool run_long(struct run *run, struct vole_cursor *c, uint8_t op)
{
	switch (op) {
	case 0x00: /* nop */
		return true;
	case 0x01: /* set_loc */
		run->loc = vole_eh_pointer(run->section, c, run->cie->pointers);
		return true;
	case 0x02: /* advance_loc1, 2, 4 */
	case 0x03:
	case 0x04:
		run->loc += vole_cursor_uint(c, 1u << (op - 2)) *
			    run->cie->code_align;
		return true;
	case 0x06: /* restore_extended */
		restore(run, vole_cursor_uleb(c));
		return true;
	case 0x0a: /* remember_state */
		if (run->num_remembered == MAX_REMEMBERED)
			return false;
		run->remembered[run->num_remembered++] = run->row;
		return true;
	case 0x0b: /* restore_state */
		if (!run->num_remembered)
			return false;
		run->row = run->remembered[--run->num_remembered];
		return true;
	case 0x0c:
	case 0x0d:
	case 0x0e:
	case 0x0f:
	case 0x12:
	case 0x13:
		run_cfa(run, c, op);
		return true;
	case 0x10: /* expression */
		set_expr(run, c, RULE_EXPR);
		return true;
	case 0x16: /* val_expression */
		set_expr(run, c, RULE_VAL_EXPR);
		return true;
	case 0x2e: /* GNU_args_size */
		vole_cursor_uleb(c);
		return true;
	}
	return run_rule(run, c, op);
}

static bool run_program(struct run *run, struct vole_cursor c)
{
	unsigned num;

	for (num = 0; c.at < c.end && !c.bad; num++) {
		uint8_t op = (uint8_t)vole_cursor_uint(&c, 1);

		if (num == MAX_INSTRUCTIONS)
			return false;
		if (!run_short(run, &c, op) && !run_long(run, &c, op))
			return false;
		if (run->loc > run->pc)
			return true;
	}
	return !c.bad;
}

static bool damaged(const struct vole_eh_section *t,
		    const struct vole_eh_function *f, struct vole_error *err)
{
	return vole_fail(err, VOLE_CORRUPT, VOLE_NOWHERE,
			 "the unwind table at 0x%" PRIx64 " is damaged",
			 t->addr + f->fde);
}

static bool find_row(const struct vole_eh_section *t,
		     const struct vole_eh_function *f,
		     const struct vole_cie *cie, uint64_t pc, struct run *run,
		     struct vole_error *err)
{
	struct vole_cursor c = { t->bytes + f->fde, t->bytes + f->fde_end,
				 false };

	memset(run, 0, sizeof(*run));
	run->cie = cie;
	run->section = t;
	run->pc = UINT64_MAX;
	if (cie->augmented)
		vole_cursor_skip(&c, vole_cursor_uleb(&c));
	if (!run_program(run, cie->program))
		return damaged(t, f, err);
	run->initial = run->row;
	run->loc = f->start;
	run->pc = pc;
	return run_program(run, c) || damaged(t, f, err);
}

/* --- applying it ----------------------------------------------------------- */

static bool find_cfa(const struct row *row, struct vole_memory *mem,
		     const struct vole_c_regs *regs, uint64_t *ret,
		     struct vole_error *err)
{
	if (row->cfa_is_expr)
		return vole_cfa_expr(row->cfa_expr, row->cfa_expr_len, NULL,
				     mem, regs, ret, err);
	if (row->cfa_reg >= VOLE_NUM_REGS || !(regs->known >> row->cfa_reg & 1))
		return vole_fail(err, VOLE_UNSUPPORTED, VOLE_NOWHERE,
				 "the frame is found by register %" PRIu64
				 ", whose value is not known",
				 row->cfa_reg);
	*ret = regs->value[row->cfa_reg] + (uint64_t)row->cfa_offset;
	return true;
}

/* The caller's register @p reg; `*known` false when nothing tells. */
static bool find_reg(const struct rule *rule, unsigned reg, uint64_t cfa,
		     struct vole_memory *mem, const struct vole_c_regs *regs,
		     uint64_t *ret, bool *known, struct vole_error *err)
{
	uint64_t at = cfa + (uint64_t)rule->offset;

	*known = true;
	switch (rule->kind) {
	case RULE_SAME:
		*ret = regs->value[reg];
		*known = regs->known >> reg & 1;
		return true;
	case RULE_UNDEFINED:
		*known = false;
		return true;
	case RULE_OFFSET:
		return vole_memory_uint(mem, at, 8, ret, err);
	case RULE_VAL_OFFSET:
		*ret = at;
		return true;
	case RULE_REGISTER:
		*known = (uint64_t)rule->offset < VOLE_NUM_REGS &&
			 regs->known >> rule->offset & 1;
		if (*known)
			*ret = regs->value[rule->offset];
		return true;
	case RULE_EXPR:
		return vole_cfa_expr(rule->expr, rule->expr_len, &cfa, mem,
				     regs, &at, err) &&
		       vole_memory_uint(mem, at, 8, ret, err);
	case RULE_VAL_EXPR:
		return vole_cfa_expr(rule->expr, rule->expr_len, &cfa, mem,
				     regs, ret, err);
	}
	return false;
}

static bool apply(const struct run *run, struct vole_memory *mem,
		  const struct vole_c_regs *regs, struct vole_c_caller *ret,
		  struct vole_error *err)
{
	const struct row *row = &run->row;
	unsigned reg;

	if (row->regs[VOLE_REG_RIP].kind == RULE_UNDEFINED) {
		ret->top = true;
		return true;
	}
	if (!find_cfa(row, mem, regs, &ret->cfa, err))
		return false;
	for (reg = 0; reg < VOLE_NUM_REGS; reg++) {
		bool known;

		if (!find_reg(&row->regs[reg], reg, ret->cfa, mem, regs,
			      &ret->regs.value[reg], &known, err))
			return false;
		ret->regs.known |= (uint32_t)known << reg;
	}
	/* A return leaves sp at the frame's end, unless a rule says where. */
	if (row->regs[VOLE_REG_RSP].kind == RULE_SAME) {
		ret->regs.value[VOLE_REG_RSP] = ret->cfa;
		ret->regs.known |= 1u << VOLE_REG_RSP;
	}
	return true;
}

bool vole_eh_unwind(const struct vole_eh_section *section,
		    const struct vole_eh_function *f, uint64_t pc,
		    struct vole_memory *mem, const struct vole_c_regs *regs,
		    struct vole_c_caller *ret, struct vole_error *err)
{
	struct vole_cie cie;
	struct run run;

	if (!vole_cie_read(section, f->cie, &cie) || cie.ra != VOLE_REG_RIP)
		return damaged(section, f, err);
	if (!find_row(section, f, &cie, pc, &run, err))
		return false;
	ret->signal = cie.signal;
	return apply(&run, mem, regs, ret, err);
}
