/**
 * The variables of a frame of main.work, read one by one: what tests of them
 * share. All functions are static.
 */
#ifndef VOLE_TESTS_FAKE_LOCAL_H
#define VOLE_TESTS_FAKE_LOCAL_H

#include "value/local.h"

#include "fake_variables.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* What the fake debug information knows of types. */
enum { INT = 1, STRING, PTR_INT, PADDED, HALVES, LARGE, SELF, BEYOND };

enum { SELVES = 16 };

enum {
	SP = STACK_HI - 0x200,
	SLOT = SP + 16, /* of a variable in the frame */
	HEAP = FAKE_BASE + 0x4000,
	LINE = 10 + FN_WORK, /* of all code of main.work */
};

static struct fake_sched s;
static struct fake_variables vars;
static struct vole_arena arena;
static struct vole_frame_at at;
static struct vole_code_scope scope;
static struct vole_locals locals;
static struct vole_error err;

static bool load(struct vole_debuginfo *unused, struct vole_types *of,
		 struct vole_type *type, struct vole_error *fail)
{
	static const struct fake_known known[] = {
		[INT] = { VOLE_KIND_INT, 8 },
		[STRING] = { VOLE_KIND_STRING, 16 },
		[PTR_INT] = { VOLE_KIND_PTR, 8 },
		[PADDED] = { VOLE_KIND_STRUCT, 16 },
		[HALVES] = { VOLE_KIND_STRUCT, 8 },
		[LARGE] = { VOLE_KIND_STRUCT, 40 },
		[SELF] = { VOLE_KIND_STRUCT, 8 },
		[BEYOND] = { VOLE_KIND_STRUCT, 16 },
	};
	size_t i;

	(void)unused;
	if (!fake_load_known(type, known, sizeof(known) / sizeof(*known), fail))
		return false;
	if (type->ref == PTR_INT)
		type->elem = vole_types_stub(of, VOLE_TYPE_DEBUGINFO, INT);
	if (type->ref == SELF) {
		type->num_fields = SELVES;
		type->fields = vole_arena_array(vole_types_arena(of), SELVES,
						sizeof(*type->fields));
		for (i = 0; i < SELVES; i++)
			type->fields[i].type = type;
	} else if (type->kind == VOLE_KIND_STRUCT) {
		enum vole_kind half = type->ref == HALVES ? VOLE_KIND_INT32 :
							    VOLE_KIND_INT64;

		type->fields = vole_arena_array(vole_types_arena(of), 2,
						sizeof(*type->fields));
		type->num_fields = 2;
		type->fields[1].offset = type->ref == BEYOND ? 1 << 24 :
							       type->size / 2;
		if (!vole_types_basic(
			    of, type->ref == PADDED ? VOLE_KIND_INT8 : half,
			    &type->fields[0].type, fail) ||
		    !vole_types_basic(of, half, &type->fields[1].type, fail))
			return false;
	}
	return true;
}

static bool scopes(struct vole_debuginfo *unused, uint64_t pc, const char *name,
		   struct vole_arena *unused_arena,
		   struct vole_code_scope **ret, size_t *ret_len,
		   struct vole_error *fail)
{
	(void)unused, (void)pc, (void)name, (void)unused_arena, (void)fail;
	*ret = &scope;
	*ret_len = 1;
	return true;
}

static const struct vole_debuginfo_ops ops = { .load = load,
					       .find = fake_find_nothing,
					       .scopes = scopes,
					       .locate = fake_locate };

/* In the middle of main.work, whose code is all of one line. */
static int setup(void **state)
{
	(void)state;
	fake_variables_open(&vars, &s, &ops);
	vole_arena_init(&arena, 1 << 20);
	scope = (struct vole_code_scope){ .name = "main.work",
					  .is_go = true,
					  .optimized = true };
	at = (struct vole_frame_at){
		.frame = { .kind = VOLE_FRAME_GO,
			   .exact = true,
			   .pc = fake_code_at(FN_WORK) + 48,
			   .sp = SP,
			   .cfa = SP + 48,
			   .entry = fake_code_at(FN_WORK) },
	};
	assert_true(
		vole_calls_at(&s.go.rt, at.frame.pc, true, &at.calls, &err));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	vole_arena_clear(&arena);
	fake_variables_close(&vars, &s);
	return 0;
}

/* A local declared on an earlier line, with places to come. */
static struct vole_variable *add(const char *name, uint64_t type)
{
	const struct vole_variable v = { .name = name,
					 .type_ref = type,
					 .line = LINE - 1,
					 .block = at.frame.entry,
					 .located = VOLE_LOCATED_LISTED };

	return fake_variable(&vars, &scope, &v);
}

static void place(enum vole_spot_kind kind, uint64_t where, uint64_t size)
{
	fake_spot(&vars, kind, where, size);
}

static void in_slot(struct vole_variable *v)
{
	v->located = VOLE_LOCATED_HERE;
	place(VOLE_SPOT_MEMORY, SLOT, 0);
}

/* mov %rax, disp(%rsp) at byte @p byte of the function. */
static void put_store(unsigned byte, uint8_t disp)
{
	const uint8_t code[] = { 0x48, 0x89, 0x44, 0x24, disp };

	fake_bytes(&s.go, fake_code_at(FN_WORK) + byte, code, sizeof(code));
}

static bool read_all(void)
{
	const struct vole_frame_reader *reader;

	return vole_locals_open(&s.go.rt, &arena, &at, &reader, &err) &&
	       vole_locals_read(reader, &locals, &err);
}

/* By its name, and the same one in the list. */
static const struct vole_local *read_one(const char *name)
{
	const struct vole_frame_reader *reader;
	static struct vole_local ret;
	size_t i;

	assert_true(read_all());
	assert_true(vole_locals_open(&s.go.rt, &arena, &at, &reader, &err));
	assert_true(vole_local_read(reader, name, &ret));
	for (i = 0; i < locals.len; i++)
		if (!locals.items[i].hidden &&
		    !strcmp(locals.items[i].name, name))
			break;
	assert_true(i < locals.len);
	assert_int_equal(ret.value.where, locals.items[i].value.where);
	return &ret;
}

static uint64_t word_of(const char *name, uint64_t offset)
{
	const struct vole_local *local = read_one(name);
	uint64_t ret;

	assert_int_not_equal(local->value.where, VOLE_IN_NOTHING);
	assert_true(
		vole_value_word(&s.go.rt, &local->value, offset, &ret, &err));
	return ret;
}

static void assert_nothing(const char *name, const char *why)
{
	const struct vole_local *local = read_one(name);

	assert_int_equal(local->value.where, VOLE_IN_NOTHING);
	assert_non_null(strstr(local->value.why, why));
}

#endif
