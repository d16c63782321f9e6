/**
 * Any graph of types, as debug information may tell of it: structs that hold
 * themselves, fields that overlap or lie beyond, sizes that do not agree. All
 * of it is made of a fuzzer's input. All functions are static.
 */
#ifndef VOLE_TESTS_FUZZ_TYPES_H
#define VOLE_TESTS_FUZZ_TYPES_H

#include "../unit/fake_variables.h"

enum {
	MAX_TYPES = 12,
	MAX_FIELDS = 9,
	DATA = FAKE_BASE + 0x5000, /* what values of them lie in */
	DATA_SIZE = 0x1000,
};

struct input {
	const uint8_t *at, *end;
};

struct fuzz_field {
	uint8_t type, offset, name, bits;
};

struct fuzz_type {
	uint8_t kind, size, len, elem, key, name, flags, num_fields;
	struct fuzz_field fields[MAX_FIELDS];
};

struct fuzz_types {
	struct fake_variables vars; /* first: cast back */
	struct fuzz_type types[MAX_TYPES]; /* references count from 1 */
};

static const char *const type_names[] = {
	"main.T0",
	"main.T1",
	"main.T2",
	"main.T3",
	"main.T4",
	"sync.Map",
	"container/list.List",
	"container/ring.Ring",
	"context.cancelCtx",
	"context.valueCtx",
	"errors.joinError",
	"fmt.wrapError",
	"reflect.Value",
	"time.Time",
	"sync/atomic.Value",
	"math/big.Int",
	"bytes.Buffer",
	"net.OpError",
	"sync/atomic.Pointer[main.T0]",
	"weak.Pointer[main.T0]",
	"unique.Handle[main.T0]",
	"context.Context",
	"sync.node[any,any]",
	"sync.entry[any,any]",
	"internal/abi.Type",
};
static const char *const field_names[] = {
	"a",	"b",	   "_",	       "v",	  "next",  "Value",
	"root", "len",	   "m",	       "dirty",	  "err",   "errs",
	"msg",	"Context", "key",      "val",	  "cause", "typ_",
	"ptr",	"flag",	   "wall",     "ext",	  "abs",   "buf",
	"off",	"read",	   "children", "isEntry", "value", "u",
};
static const uint64_t numbers[] = {
	8,
	0,
	1,
	2,
	3,
	4,
	16,
	24,
	32,
	40,
	64,
	4096,
	1025,
	7,
	12,
	48,
	1000,
	65536,
	1 << 20,
	1 << 28,
	UINT64_C(1) << 47,
	UINT64_C(1) << 62,
	UINT64_C(1) << 63,
	UINT64_MAX,
	UINT64_MAX - 7,
};
#define COUNT(array) (sizeof(array) / sizeof(*(array)))
#define PICK(array, byte) ((array)[(byte) % COUNT(array)])

static uint8_t byte(struct input *in)
{
	return in->at < in->end ? *in->at++ : 0;
}

static void read_types(struct fuzz_types *f, struct input *in)
{
	unsigned i, k;

	for (i = 0; i < MAX_TYPES; i++) {
		struct fuzz_type *t = &f->types[i];

		*t = (struct fuzz_type){ byte(in), byte(in),
					 byte(in), byte(in),
					 byte(in), byte(in),
					 byte(in), byte(in) % MAX_FIELDS,
					 { { 0 } } };
		for (k = 0; k < t->num_fields; k++)
			t->fields[k] = (struct fuzz_field){ byte(in), byte(in),
							    byte(in),
							    byte(in) };
	}
}

static struct vole_type *stub(struct vole_types *types, uint8_t which)
{
	return vole_types_stub(types, VOLE_TYPE_DEBUGINFO,
			       1 + which % (MAX_TYPES + 1));
}

static void load_fields(struct vole_types *types, struct vole_type *type,
			const struct fuzz_type *from)
{
	size_t i;

	type->num_fields = from->num_fields;
	type->fields = vole_arena_array(vole_types_arena(types), MAX_FIELDS,
					sizeof(*type->fields));
	for (i = 0; i < type->num_fields; i++) {
		const struct fuzz_field *f = &from->fields[i];

		type->fields[i] = (struct vole_field){
			.name = PICK(field_names, f->name),
			.type = stub(types, f->type),
			.offset = PICK(numbers, f->offset),
			.embedded = f->bits & 1,
			.bit_size = f->bits & 2 ? f->bits >> 2 : 0,
			.bit_offset = f->bits & 2 ? f->bits & 7 : 0,
		};
	}
}

/* What dwarf/type.c makes sure of, and no more. */
static bool load(struct vole_debuginfo *di, struct vole_types *types,
		 struct vole_type *type, struct vole_error *err)
{
	const struct fuzz_types *f = (const struct fuzz_types *)di;
	const struct fuzz_type *from;

	if (!type->ref || type->ref > MAX_TYPES)
		return vole_fail(err, VOLE_CORRUPT, VOLE_NOWHERE, "no type");
	from = &f->types[type->ref - 1];
	type->kind = from->kind % VOLE_NUM_KINDS;
	type->name = PICK(type_names, from->name);
	type->named = from->flags & 1;
	type->is_c = from->flags & 2;
	type->is_union = from->flags & 4;
	type->is_eface = from->flags & 8;
	type->size = PICK(numbers, from->size);
	type->runtime_type = type->ref * 128;
	switch (type->kind) {
	case VOLE_KIND_STRUCT:
		load_fields(types, type, from);
		return true;
	case VOLE_KIND_ARRAY:
		type->len = PICK(numbers, from->len);
		type->elem = stub(types, from->elem);
		if (!vole_type_load(types, type->elem, err))
			return false;
		return !__builtin_mul_overflow(type->len, type->elem->size,
					       &type->size) ||
		       vole_fail(err, VOLE_CORRUPT, VOLE_NOWHERE, "too large");
	case VOLE_KIND_SLICE:
		type->size = 24;
		type->elem = stub(types, from->elem);
		return true;
	case VOLE_KIND_STRING:
	case VOLE_KIND_INTERFACE:
		type->size = 16;
		return true;
	case VOLE_KIND_MAP:
		type->key = stub(types, from->key);
		type->header = stub(types, from->len);
		/* fall through */
	case VOLE_KIND_PTR:
	case VOLE_KIND_CHAN:
		type->elem = stub(types, from->elem);
		/* fall through */
	case VOLE_KIND_FUNC:
	case VOLE_KIND_UNSAFE_POINTER:
		type->size = 8;
		return true;
	default:
		return !vole_kind_is_number(type->kind) ||
		       (type->size && type->size <= 16) ||
		       vole_fail(err, VOLE_CORRUPT, VOLE_NOWHERE, "no number");
	}
}

/* Types by their names, and variables "main.x1" of the first type and so on. */
static bool find(struct vole_debuginfo *di, uint32_t kinds, const char *name,
		 struct vole_symbol *ret, struct vole_error *err)
{
	const struct fuzz_types *f = (const struct fuzz_types *)di;
	unsigned i;

	if (kinds & VOLE_SYMBOL_VAR && !strncmp(name, "main.x", 6) &&
	    strlen(name) == 7) {
		*ret = (struct vole_symbol){ .kind = VOLE_SYMBOL_VAR,
					     .name = name,
					     .ref = strtoul(name + 6, NULL,
							    10) };
		return true;
	}
	for (i = 0; kinds & VOLE_SYMBOL_TYPE && i < MAX_TYPES; i++) {
		if (strcmp(PICK(type_names, f->types[i].name), name) != 0)
			continue;
		*ret = (struct vole_symbol){ .kind = VOLE_SYMBOL_TYPE,
					     .name = name,
					     .ref = i + 1 };
		return true;
	}
	return vole_fail(err, VOLE_NOT_FOUND, VOLE_NOWHERE, "no %.80s", name);
}

static bool info(struct vole_debuginfo *di, const struct vole_symbol *symbol,
		 struct vole_symbol_info *ret, struct vole_error *err)
{
	(void)di, (void)err;
	*ret = (struct vole_symbol_info){ .type_ref = symbol->ref,
					  .has_addr = true,
					  .addr = DATA + symbol->ref % 16 * 8 };
	return true;
}

static bool each(struct vole_debuginfo *di, uint32_t kinds,
		 bool (*fn)(void *arg, const struct vole_symbol *symbol),
		 void *arg, struct vole_error *err)
{
	static const char *const vars[] = { "main.x1", "main.x2", "main.x3" };
	const struct fuzz_types *f = (const struct fuzz_types *)di;
	struct vole_symbol symbol;
	unsigned i;

	for (i = 0; i < COUNT(vars); i++)
		if (kinds & VOLE_SYMBOL_VAR &&
		    find(di, VOLE_SYMBOL_VAR, vars[i], &symbol, err) &&
		    !fn(arg, &symbol))
			return true;
	for (i = 0; i < MAX_TYPES; i++)
		if (kinds & VOLE_SYMBOL_TYPE &&
		    find(di, VOLE_SYMBOL_TYPE,
			 PICK(type_names, f->types[i].name), &symbol, err) &&
		    !fn(arg, &symbol))
			return true;
	return true;
}

static bool by_runtime_type(struct vole_debuginfo *di, uint64_t offset,
			    uint64_t *ret, struct vole_error *err)
{
	(void)di;
	*ret = offset / 128;
	return (*ret && *ret <= MAX_TYPES && offset % 128 == 0) ||
	       vole_fail(err, VOLE_NOT_FOUND, VOLE_NOWHERE, "no type");
}

static struct vole_code_scope scope;

static bool scopes(struct vole_debuginfo *di, uint64_t pc, const char *name,
		   struct vole_arena *arena, struct vole_code_scope **ret,
		   size_t *ret_len, struct vole_error *err)
{
	(void)di, (void)pc, (void)name, (void)arena, (void)err;
	*ret = &scope;
	*ret_len = 1;
	return true;
}

static const struct vole_debuginfo_ops ops = {
	.load = load,
	.find = find,
	.info = info,
	.each = each,
	.by_runtime_type = by_runtime_type,
	.scopes = scopes,
	.locate = fake_locate,
};

/* Words of memory: small numbers, and addresses of these words. */
static void fill(struct fake_sched *s, struct input *in)
{
	unsigned i;

	for (i = 0; i < DATA_SIZE; i += 8) {
		uint64_t word = byte(in);

		if (word & 1)
			word = DATA + word / 2 * 8;
		else if (word & 2)
			word = STACK_LO + word * 8;
		else if (word & 4)
			word = FAKE_BASE + word % (MAX_TYPES + 1) * 128;
		fake_put(&s->go, DATA + i, 8, word / 2);
		fake_put(&s->go, STACK_LO + i, 8, word);
	}
}

/* Descriptors of the same types, in the words that the program has free. */
static void describe(struct fuzz_types *f, struct fake_sched *s)
{
	unsigned i;

	for (i = 1; i <= MAX_TYPES; i++) {
		const struct fuzz_type *t = &f->types[i - 1];
		uint64_t at = FAKE_BASE + i * 128;

		fake_put(&s->go, at, 8, PICK(numbers, t->size));
		fake_put(&s->go, at + 20, 1, t->flags);
		fake_put(&s->go, at + 21, 1, 8);
		fake_put(&s->go, at + 23, 1, t->kind % VOLE_NUM_KINDS);
	}
}

#endif
