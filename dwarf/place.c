/*
 * Location expressions: where a variable is. DWARF 5, sections 2.5 and 2.6.
 */
#include "dwarf/list.h"
#include "dwarf/names.h"
#include "dwarf/private.h"

enum { MAX_STACK = 32, MAX_STEPS = 1000 };

struct machine {
	struct dwarf *d;
	const struct unit *unit;
	const struct vole_code_scope *scope;
	const struct vole_frame_state *state;
	struct cursor c;
	unsigned *left; /* steps, of the frame base's expression too */
	uint64_t stack[MAX_STACK];
	size_t depth;
	bool bad; /* stack too deep or too empty */
	bool in_base; /* a frame base may not count from itself */
	struct vole_spot now; /* what the operations since the last piece say */
	bool has_now;
};

static bool run(struct machine *m, struct vole_spots *ret,
		struct vole_error *err);

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

static void stand(struct machine *m, enum vole_spot_kind kind, uint64_t at)
{
	m->now = (struct vole_spot){ .kind = kind, .at = at };
	m->has_now = true;
}

static uint64_t constant(struct machine *m, uint8_t op)
{
	unsigned size = 1u << ((op - OP_const1u) / 2);
	uint64_t value = cursor_uint(&m->c, size);
	unsigned unused = 64 - 8 * size;

	if ((op - OP_const1u) & 1)
		return (uint64_t)((int64_t)(value << unused) >> unused);
	return value;
}

static bool push_register(struct machine *m, uint64_t number,
			  struct vole_error *err)
{
	const struct vole_registers *regs = m->state->regs;
	int64_t offset = cursor_sleb(&m->c);

	if (number >= VOLE_NUM_REGISTERS || !(regs->known >> number & 1))
		return vole_fail(err, VOLE_NOT_FOUND, VOLE_NOWHERE,
				 "it is found by register %s, whose value in "
				 "this frame is not known",
				 vole_register_name(number));
	push(m, regs->value[number] + (uint64_t)offset);
	return true;
}

static bool push_cfa(struct machine *m, struct vole_error *err)
{
	if (!m->state->has_cfa)
		return vole_fail(err, VOLE_NOT_FOUND, VOLE_NOWHERE,
				 "the end of this frame is not known");
	push(m, m->state->cfa);
	return true;
}

/* What frame offsets count from: an expression of the function's. */
static bool push_base(struct machine *m, struct vole_error *err)
{
	struct vole_spots places;
	struct machine base = {
		.d = m->d,
		.unit = m->scope->unit,
		.scope = m->scope,
		.state = m->state,
		.left = m->left,
		.in_base = true,
	};
	const struct vole_spot *place = &places.items[0];

	if (m->in_base || !m->scope->base_len)
		return vole_fail(err, VOLE_UNSUPPORTED, VOLE_NOWHERE,
				 "its frame has no base");
	base.c = (struct cursor){ m->scope->base,
				  m->scope->base + m->scope->base_len, true };
	if (!run(&base, &places, err))
		return false;
	if (places.len == 1 && place->kind == VOLE_SPOT_MEMORY) {
		push(m, place->at);
		return true;
	}
	/* DW_OP_reg6: the register's value is the base. */
	if (places.len == 1 && place->kind == VOLE_SPOT_REGISTER &&
	    place->at < VOLE_NUM_REGISTERS &&
	    m->state->regs->known >> place->at & 1) {
		push(m, m->state->regs->value[place->at]);
		return true;
	}
	return vole_fail(err, VOLE_NOT_FOUND, VOLE_NOWHERE,
			 "the base of its frame is not known");
}

static bool deref(struct machine *m, struct vole_error *err)
{
	uint64_t addr = pop(m), word;

	if (m->bad || !m->state->read(m->state->arg, addr, &word))
		return vole_fail(err, VOLE_UNREADABLE, addr,
				 "the pointer that leads to it cannot be read");
	push(m, word);
	return true;
}

static bool arithmetic(struct machine *m, uint8_t op)
{
	uint64_t b = pop(m), a = pop(m);

	switch (op) {
	case OP_and:
		push(m, a & b);
		return true;
	case OP_minus:
		push(m, a - b);
		return true;
	case OP_mul:
		push(m, a * b);
		return true;
	case OP_or:
		push(m, a | b);
		return true;
	case OP_plus:
		push(m, a + b);
		return true;
	case OP_shl:
		push(m, b < 64 ? a << b : 0);
		return true;
	case OP_shr:
		push(m, b < 64 ? a >> b : 0);
		return true;
	case OP_shra:
		push(m, (uint64_t)((int64_t)a >> (b < 64 ? b : 63)));
		return true;
	case OP_xor:
		push(m, a ^ b);
		return true;
	default:
		return false;
	}
}

static bool on_stack(struct machine *m, uint8_t op, struct vole_error *err)
{
	uint64_t value;

	switch (op) {
	case OP_addr:
		push(m, cursor_uint(&m->c, 8) + m->state->bias);
		return true;
	case OP_addrx:
		if (!addr_at(m->d, m->unit, cursor_uleb(&m->c), &value))
			m->bad = true;
		else
			push(m, value + m->state->bias);
		return true;
	case OP_deref:
		return deref(m, err);
	case OP_constu:
		push(m, cursor_uleb(&m->c));
		return true;
	case OP_consts:
		push(m, (uint64_t)cursor_sleb(&m->c));
		return true;
	case OP_dup:
		value = pop(m);
		push(m, value);
		push(m, value);
		return true;
	case OP_plus_uconst:
		push(m, pop(m) + cursor_uleb(&m->c));
		return true;
	case OP_neg:
		push(m, -pop(m));
		return true;
	case OP_not:
		push(m, ~pop(m));
		return true;
	case OP_bregx:
		return push_register(m, cursor_uleb(&m->c), err);
	case OP_fbreg:
		if (!push_base(m, err))
			return false;
		push(m, pop(m) + (uint64_t)cursor_sleb(&m->c));
		return true;
	case OP_call_frame_cfa:
		return push_cfa(m, err);
	case OP_entry_value:
	case OP_GNU_entry_value:
		return vole_fail(err, VOLE_NOT_FOUND, VOLE_NOWHERE,
				 "it is what a register held when the function "
				 "began, which is lost");
	default:
		if (arithmetic(m, op))
			return true;
		return vole_fail(err, VOLE_UNSUPPORTED, VOLE_NOWHERE,
				 "its place is told by operation 0x%x, which "
				 "is not known here",
				 op);
	}
}

/* Operations that say what kind of place it is. */
static bool ends_place(struct machine *m, uint8_t op)
{
	uint64_t len;

	if (op >= OP_reg0 && op <= OP_reg31) {
		stand(m, VOLE_SPOT_REGISTER, op - OP_reg0);
	} else if (op == OP_regx) {
		stand(m, VOLE_SPOT_REGISTER, cursor_uleb(&m->c));
	} else if (op == OP_stack_value) {
		stand(m, VOLE_SPOT_VALUE, pop(m));
	} else if (op == OP_implicit_value) {
		stand(m, VOLE_SPOT_BYTES, 0);
		len = cursor_uleb(&m->c);
		m->now.bytes = m->c.at;
		m->now.bytes_len = len;
		cursor_skip(&m->c, len);
	} else {
		return false;
	}
	return true;
}

/* The place so far, of @p size bytes. */
static bool end_piece(struct machine *m, uint64_t size, struct vole_spots *ret)
{
	if (!m->has_now && m->depth)
		stand(m, VOLE_SPOT_MEMORY, pop(m));
	if (!m->has_now)
		stand(m, VOLE_SPOT_LOST, 0);
	if (ret->len == VOLE_MAX_SPOTS)
		return false;
	m->now.size = size;
	ret->items[ret->len++] = m->now;
	m->has_now = false;
	m->depth = 0;
	return true;
}

static bool step(struct machine *m, struct vole_spots *ret,
		 struct vole_error *err)
{
	uint8_t op = (uint8_t)cursor_uint(&m->c, 1);

	if (op == OP_piece) {
		m->bad = !end_piece(m, cursor_uleb(&m->c), ret) || m->bad;
		m->bad = m->bad || !ret->items[ret->len - 1].size;
		return true;
	}
	if (ends_place(m, op) || op == OP_nop)
		return true;
	if (op >= OP_lit0 && op <= OP_lit31)
		push(m, op - OP_lit0);
	else if (op >= OP_breg0 && op <= OP_breg31)
		return push_register(m, op - OP_breg0, err);
	else if (op >= OP_const1u && op <= OP_const8s)
		push(m, constant(m, op));
	else
		return on_stack(m, op, err);
	return true;
}

static bool run(struct machine *m, struct vole_spots *ret,
		struct vole_error *err)
{
	ret->len = 0;
	for (; m->c.at < m->c.end && *m->left; --*m->left)
		if (!step(m, ret, err))
			return false;
	/* Pieces, or one place: both make no sense. */
	if (!ret->len)
		m->bad = !end_piece(m, 0, ret) || m->bad;
	else
		m->bad = m->bad || m->has_now || m->depth;
	if (m->bad || !m->c.ok || !*m->left)
		return vole_fail(err, VOLE_CORRUPT, VOLE_NOWHERE,
				 "what debug information says of its place "
				 "makes no sense");
	return true;
}

/*
 * The entry of the list that covers the pc, else the one for all other code.
 * False: the list is damaged before it comes to that.
 */
static bool find_listed(struct dwarf *d, const struct vole_variable *variable,
			struct bytes *ret)
{
	const struct list_ref ref = { .there = true,
				      .is_index = variable->list_is_index,
				      .offset = variable->list };
	struct list_entry at;
	struct list list;

	list_open(&list, d, variable->unit, ref, true);
	while (list_next(&list, &at)) {
		if (!at.is_default &&
		    (variable->pc < at.low || variable->pc >= at.high))
			continue;
		*ret = at.place;
		if (!at.is_default)
			return true;
	}
	return list.c.ok;
}

bool place_find(struct vole_debuginfo *di, const struct vole_code_scope *scope,
		const struct vole_variable *variable,
		const struct vole_frame_state *state, struct vole_spots *ret,
		struct vole_error *err)
{
	unsigned left = MAX_STEPS;
	struct machine m = {
		.left = &left,
		.d = (struct dwarf *)di,
		.unit = variable->unit,
		.scope = scope,
		.state = state,
	};
	struct bytes expr = { 0 };

	if (variable->located == VOLE_LOCATED_HERE)
		expr = (struct bytes){ variable->expr, variable->expr_len };
	else if (variable->located == VOLE_LOCATED_LISTED &&
		 !find_listed(m.d, variable, &expr))
		return vole_fail(err, VOLE_CORRUPT, VOLE_NOWHERE,
				 "the list of its places in the debug "
				 "information is damaged");
	if (!expr.len)
		return vole_fail(err, VOLE_NOT_FOUND, VOLE_NOWHERE,
				 "optimised out here");
	m.c = (struct cursor){ expr.data, expr.data + expr.len, true };
	return run(&m, ret, err);
}
