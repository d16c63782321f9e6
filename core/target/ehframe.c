#include "target/ehframe.h"

#include "base/array.h"
#include "target/bytes.h"
#include "target/cfa_expr.h"
#include "target/elf_private.h"

#include <string.h>

enum {
	MAX_FUNCTIONS = 1 << 22,
	MAX_INSTRUCTIONS = 1 << 16, /* of one function */
	MAX_REMEMBERED = 16,
};

/* DW_EH_PE_*: how an address is written. */
enum {
	PE_OMIT = 0xff,
	PE_SIZE = 0x0f,
	PE_ABSPTR = 0x00,
	PE_ULEB = 0x01,
	PE_UDATA2 = 0x02,
	PE_UDATA4 = 0x03,
	PE_UDATA8 = 0x04,
	PE_SLEB = 0x09,
	PE_SDATA2 = 0x0a,
	PE_SDATA4 = 0x0b,
	PE_SDATA8 = 0x0c,
	PE_BASE = 0x70,
	PE_PCREL = 0x10,
	PE_INDIRECT = 0x80,
};

struct function {
	uint64_t start, end; /* link addresses */
	uint64_t fde; /* offset of its contents in the section */
	uint64_t cie; /* offset of its CIE */
	uint64_t fde_end;
};

struct vole_ehframe {
	const uint8_t *bytes;
	uint64_t len;
	uint64_t addr; /* link address of bytes */
	VOLE_ARRAY(struct function) functions; /* by start */
};

/* What a CIE says of all its functions. */
struct cie {
	uint64_t code_align;
	int64_t data_align;
	uint64_t ra; /* register of the return address */
	uint8_t pointers; /* DW_EH_PE_* of addresses */
	bool augmented; /* FDEs have augmentation data */
	bool signal;
	struct vole_cursor program;
};

/* --- reading entries ------------------------------------------------------- */

static uint64_t read_sized(struct vole_cursor *c, uint8_t encoding)
{
	switch (encoding & PE_SIZE) {
	case PE_ABSPTR:
	case PE_UDATA8:
	case PE_SDATA8:
		return vole_cursor_uint(c, 8);
	case PE_ULEB:
		return vole_cursor_uleb(c);
	case PE_SLEB:
		return (uint64_t)vole_cursor_sleb(c);
	case PE_UDATA2:
		return vole_cursor_uint(c, 2);
	case PE_SDATA2:
		return (uint64_t)(int16_t)vole_cursor_uint(c, 2);
	case PE_UDATA4:
		return vole_cursor_uint(c, 4);
	case PE_SDATA4:
		return (uint64_t)(int32_t)vole_cursor_uint(c, 4);
	}
	c->bad = true;
	return 0;
}

static uint64_t read_pointer(const struct vole_ehframe *t,
			     struct vole_cursor *c, uint8_t encoding)
{
	uint64_t here = t->addr + (uint64_t)(c->at - t->bytes);
	uint64_t value = read_sized(c, encoding);

	/* Others are relative to sections that only the linker knows. */
	if ((encoding & PE_BASE) == PE_PCREL)
		value += here;
	else if (encoding & (PE_BASE | PE_INDIRECT))
		c->bad = true;
	return value;
}

/* The letters after 'z' say what the augmentation data holds, in order. */
static void read_augmentation(const struct vole_ehframe *t,
			      struct vole_cursor *c, const char *letters,
			      struct cie *ret)
{
	uint64_t len = vole_cursor_uleb(c);
	struct vole_cursor data = { c->at, c->at, false };

	vole_cursor_skip(c, len);
	if (c->bad)
		return;
	data.end = c->at;
	ret->augmented = true;
	for (letters++; *letters; letters++) {
		uint8_t encoding;

		switch (*letters) {
		case 'R':
			ret->pointers = (uint8_t)vole_cursor_uint(&data, 1);
			break;
		case 'P':
			encoding = (uint8_t)vole_cursor_uint(&data, 1);
			if (encoding != PE_OMIT)
				read_sized(&data, encoding);
			break;
		case 'L':
			vole_cursor_uint(&data, 1);
			break;
		case 'S':
			ret->signal = true;
			break;
		default:
			break;
		}
	}
	(void)t;
}

static bool read_cie(const struct vole_ehframe *t, uint64_t offset,
		     struct cie *ret)
{
	struct vole_cursor c = { t->bytes + offset, t->bytes + t->len, false };
	uint64_t len = vole_cursor_uint(&c, 4), id, version;
	const char *letters;

	if (len == UINT32_MAX || !vole_cursor_need(&c, len))
		return false;
	c.end = c.at + len;
	id = vole_cursor_uint(&c, 4);
	version = vole_cursor_uint(&c, 1);
	letters = (const char *)c.at;
	if (c.bad || id || (version != 1 && version != 3) ||
	    !memchr(c.at, 0, (size_t)(c.end - c.at)))
		return false;
	vole_cursor_skip(&c, strlen(letters) + 1);
	*ret = (struct cie){ .code_align = vole_cursor_uleb(&c),
			     .data_align = vole_cursor_sleb(&c) };
	ret->ra = version == 1 ? vole_cursor_uint(&c, 1) : vole_cursor_uleb(&c);
	if (*letters == 'z')
		read_augmentation(t, &c, letters, ret);
	else if (*letters)
		return false;
	ret->program = c;
	return !c.bad;
}

/* --- the index ------------------------------------------------------------- */

static int by_start(const void *a, const void *b)
{
	const struct function *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

static bool add_function(struct vole_ehframe *t, struct vole_cursor c,
			 uint64_t cie_offset)
{
	struct function *added;
	struct cie cie;
	uint64_t start, len;

	if (!read_cie(t, cie_offset, &cie))
		return true;
	start = read_pointer(t, &c, cie.pointers);
	len = read_sized(&c, cie.pointers & PE_SIZE);
	if (c.bad || !len || len > UINT64_MAX - start)
		return true;
	added = vole_array_push(&t->functions);
	if (!added)
		return false;
	*added = (struct function){ start, start + len,
				    (uint64_t)(c.at - t->bytes), cie_offset,
				    (uint64_t)(c.end - t->bytes) };
	return true;
}

/* Entry by entry: a length, then 0 for a CIE or the way back to one. */
static bool index_all(struct vole_ehframe *t)
{
	struct vole_cursor c = { t->bytes, t->bytes + t->len, false };

	while (c.at < c.end && t->functions.len < MAX_FUNCTIONS) {
		uint64_t len = vole_cursor_uint(&c, 4), id, here;
		struct vole_cursor entry;

		if (!len || len == UINT32_MAX || !vole_cursor_need(&c, len))
			break;
		entry = (struct vole_cursor){ c.at, c.at + len, false };
		c.at += len;
		here = (uint64_t)(entry.at - t->bytes);
		id = vole_cursor_uint(&entry, 4);
		if (entry.bad || !id || id > here)
			continue;
		if (!add_function(t, entry, here - id))
			return false;
	}
	if (t->functions.len)
		qsort(t->functions.items, t->functions.len,
		      sizeof(struct function), by_start);
	return true;
}

bool vole_ehframe_open(struct vole_elf *elf, struct vole_ehframe **ret,
		       struct vole_error *err)
{
	const struct vole_elf_section *s = vole_elf_section(elf, ".eh_frame");
	struct vole_ehframe *t = calloc(1, sizeof(*t));

	if (!t)
		return vole_fail_nomem(err);
	if (s && vole_elf_range(elf, s->offset, s->size)) {
		t->bytes = elf->data + s->offset;
		t->len = s->size;
		t->addr = s->addr;
	}
	if (!index_all(t)) {
		vole_ehframe_close(t);
		return vole_fail_nomem(err);
	}
	*ret = t;
	return true;
}

void vole_ehframe_close(struct vole_ehframe *t)
{
	if (!t)
		return;
	vole_array_free(&t->functions);
	free(t);
}

static const struct function *find(const struct vole_ehframe *t, uint64_t pc)
{
	size_t low = 0, high = t->functions.len;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (t->functions.items[mid].start <= pc)
			low = mid + 1;
		else
			high = mid;
	}
	if (!low || pc >= t->functions.items[low - 1].end)
		return NULL;
	return &t->functions.items[low - 1];
}

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
	const struct cie *cie;
	struct row row, initial;
	struct row remembered[MAX_REMEMBERED];
	size_t num_remembered;
	uint64_t loc, pc; /* link addresses */
	const struct vole_ehframe *tables;
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

static bool run_long(struct run *run, struct vole_cursor *c, uint8_t op)
{
	uint64_t reg;

	switch (op) {
	case 0x00: /* nop */
		return true;
	case 0x01: /* set_loc */
		run->loc = read_pointer(run->tables, c, run->cie->pointers);
		return true;
	case 0x02: /* advance_loc1, 2, 4 */
	case 0x03:
	case 0x04:
		run->loc += vole_cursor_uint(c, 1u << (op - 2)) *
			    run->cie->code_align;
		return true;
	case 0x05: /* offset_extended */
		reg = vole_cursor_uleb(c);
		set(run, reg, RULE_OFFSET, scaled(run, vole_cursor_uleb(c)));
		return true;
	case 0x06: /* restore_extended */
		restore(run, vole_cursor_uleb(c));
		return true;
	case 0x07: /* undefined */
		set(run, vole_cursor_uleb(c), RULE_UNDEFINED, 0);
		return true;
	case 0x08: /* same_value */
		set(run, vole_cursor_uleb(c), RULE_SAME, 0);
		return true;
	case 0x09: /* register */
		reg = vole_cursor_uleb(c);
		set(run, reg, RULE_REGISTER, (int64_t)vole_cursor_uleb(c));
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
	case 0x11: /* offset_extended_sf */
		reg = vole_cursor_uleb(c);
		set(run, reg, RULE_OFFSET,
		    scaled(run, (uint64_t)vole_cursor_sleb(c)));
		return true;
	case 0x14: /* val_offset */
		reg = vole_cursor_uleb(c);
		set(run, reg, RULE_VAL_OFFSET,
		    scaled(run, vole_cursor_uleb(c)));
		return true;
	case 0x15: /* val_offset_sf */
		reg = vole_cursor_uleb(c);
		set(run, reg, RULE_VAL_OFFSET,
		    scaled(run, (uint64_t)vole_cursor_sleb(c)));
		return true;
	case 0x16: /* val_expression */
		set_expr(run, c, RULE_VAL_EXPR);
		return true;
	case 0x2e: /* GNU_args_size */
		vole_cursor_uleb(c);
		return true;
	}
	return false;
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

static bool find_row(const struct vole_ehframe *t, const struct function *f,
		     const struct cie *cie, uint64_t pc, struct run *run,
		     struct vole_error *err)
{
	struct vole_cursor c = { t->bytes + f->fde, t->bytes + f->fde_end,
				 false };

	memset(run, 0, sizeof(*run));
	run->cie = cie;
	run->tables = t;
	run->pc = UINT64_MAX;
	if (cie->augmented)
		vole_cursor_skip(&c, vole_cursor_uleb(&c));
	if (!run_program(run, cie->program))
		goto bad;
	run->initial = run->row;
	run->loc = f->start;
	run->pc = pc;
	if (!run_program(run, c))
		goto bad;
	return true;
bad:
	return vole_fail(err, VOLE_CORRUPT, VOLE_NOWHERE,
			 "the unwind table at 0x%" PRIx64 " is damaged",
			 t->addr + f->fde);
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

bool vole_ehframe_step(const struct vole_ehframe *t, struct vole_memory *mem,
		       uint64_t bias, uint64_t pc,
		       const struct vole_c_regs *regs,
		       struct vole_c_caller *ret, struct vole_error *err)
{
	const struct function *f = find(t, pc - bias);
	struct cie cie;
	struct run run;

	*ret = (struct vole_c_caller){ 0 };
	if (!f)
		return vole_fail(err, VOLE_NOT_FOUND, pc,
				 "no unwind table covers 0x%" PRIx64, pc);
	if (!read_cie(t, f->cie, &cie) || cie.ra != VOLE_REG_RIP)
		return vole_fail(err, VOLE_CORRUPT, VOLE_NOWHERE,
				 "the unwind table at 0x%" PRIx64 " is damaged",
				 t->addr + f->fde);
	if (!find_row(t, f, &cie, pc - bias, &run, err))
		return false;
	ret->signal = cie.signal;
	return apply(&run, mem, regs, ret, err);
}
