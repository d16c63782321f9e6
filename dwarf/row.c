/* Line programs: which line the code at an address comes from. */
#include "dwarf/line.h"

enum {
	LNS_copy = 1,
	LNS_advance_pc = 2,
	LNS_advance_line = 3,
	LNS_set_file = 4,
	LNS_const_add_pc = 8,
	LNS_fixed_advance_pc = 9,
	LNE_end_sequence = 1,
	LNE_set_address = 2,
	MAX_ROWS = 1 << 24,
};

struct row {
	uint64_t addr, file, line;
};

struct program {
	const struct line_table *table;
	struct cursor c;
	uint64_t pc;
	struct row now, before;
	bool has_before; /* of the same sequence */
	bool found; /* `before` is the pc's */
	unsigned num_rows;
};

/* A row is of the code from its address to the next row's. */
static void emit(struct program *p, bool ends)
{
	p->found = p->has_before && p->pc >= p->before.addr &&
		   p->pc < p->now.addr;
	if (p->found)
		return;
	p->before = p->now;
	p->has_before = !ends;
	p->num_rows++;
}

static void begin_sequence(struct program *p)
{
	p->now = (struct row){ 0, 1, 1 };
	p->has_before = false;
}

static void advance(struct program *p, uint64_t operations)
{
	p->now.addr += operations * p->table->min_length;
}

static void special(struct program *p, uint8_t opcode)
{
	const struct line_table *t = p->table;
	uint8_t adjusted = (uint8_t)(opcode - t->opcode_base);

	advance(p, adjusted / t->line_range);
	p->now.line +=
		(uint64_t)(int64_t)(t->line_base + adjusted % t->line_range);
	emit(p, false);
}

static void extended(struct program *p)
{
	uint64_t len = cursor_uleb(&p->c);
	struct cursor in = p->c;
	uint64_t op;

	cursor_skip(&p->c, len);
	in.end = p->c.at;
	op = cursor_uint(&in, 1);
	if (op == LNE_end_sequence) {
		emit(p, true);
		if (!p->found)
			begin_sequence(p);
	} else if (op == LNE_set_address) {
		p->now.addr = cursor_uint(&in, 8);
	}
	p->c.ok = p->c.ok && in.ok;
}

static void standard(struct program *p, uint8_t opcode)
{
	const struct line_table *t = p->table;
	uint8_t i;

	switch (opcode) {
	case LNS_copy:
		emit(p, false);
		break;
	case LNS_advance_pc:
		advance(p, cursor_uleb(&p->c));
		break;
	case LNS_advance_line:
		p->now.line += (uint64_t)cursor_sleb(&p->c);
		break;
	case LNS_set_file:
		p->now.file = cursor_uleb(&p->c);
		break;
	case LNS_const_add_pc:
		advance(p, (uint64_t)(255 - t->opcode_base) / t->line_range);
		break;
	case LNS_fixed_advance_pc:
		p->now.addr += cursor_uint(&p->c, 2);
		break;
	default:
		for (i = 0; i < t->operands[opcode - 1]; i++)
			cursor_uleb(&p->c);
	}
}

bool line_at(struct vole_debuginfo *di, uint64_t pc, const char **ret_file,
	     uint32_t *ret_line, struct vole_error *err)
{
	struct dwarf *d = (struct dwarf *)di;
	struct program p = { .pc = pc };
	struct die function;

	if (!code_find(d, pc, &function, err))
		return false;
	p.table = line_table(d, function.unit);
	if (p.table && !function.unit->is_go)
		p.c = p.table->program;
	begin_sequence(&p);
	while (p.c.ok && p.c.at < p.c.end && !p.found &&
	       p.num_rows < MAX_ROWS) {
		uint8_t opcode = (uint8_t)cursor_uint(&p.c, 1);

		if (opcode >= p.table->opcode_base)
			special(&p, opcode);
		else if (opcode)
			standard(&p, opcode);
		else
			extended(&p);
	}
	if (!p.found || !p.before.line || p.before.line > UINT32_MAX)
		return vole_fail(err, VOLE_NOT_FOUND, VOLE_NOWHERE,
				 "no line is noted for the code at 0x%" PRIx64,
				 pc);
	*ret_file = line_path(d, function.unit, p.before.file);
	*ret_line = (uint32_t)p.before.line;
	return true;
}
