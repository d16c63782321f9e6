/* Variables of a frame: which have a value, and which must not. */
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

static void a_register_that_is_known_gives_the_value(void **state)
{
	(void)state;
	vole_register_set(&at.regs, 3, 7);
	add("x", INT);
	place(VOLE_SPOT_REGISTER, 3, 0);
	assert_int_equal(word_of("x", 0), 7);
}

static void a_register_that_is_not_kept_is_named(void **state)
{
	(void)state;
	add("x", INT);
	place(VOLE_SPOT_REGISTER, 0, 0);
	at.frame.exact = false;
	assert_nothing("x", "register rax, which the call does not keep");
}

static void a_string_may_be_in_two_registers(void **state)
{
	(void)state;
	vole_register_set(&at.regs, 3, HEAP);
	vole_register_set(&at.regs, 5, 4);
	add("x", STRING);
	place(VOLE_SPOT_REGISTER, 3, 8);
	place(VOLE_SPOT_REGISTER, 5, 8);
	assert_int_equal(word_of("x", 0), HEAP);
	assert_int_equal(word_of("x", 8), 4);
}

static void pieces_leave_out_the_padding(void **state)
{
	(void)state;
	vole_register_set(&at.regs, 3, 0x11);
	add("x", PADDED);
	place(VOLE_SPOT_REGISTER, 3, 1);
	place(VOLE_SPOT_VALUE, 99, 8);
	assert_int_equal(word_of("x", 0) & 0xff, 0x11);
	assert_int_equal(word_of("x", 8), 99);
}

static void pieces_that_do_not_make_up_the_type_say_nothing(void **state)
{
	(void)state;
	add("x", STRING);
	place(VOLE_SPOT_VALUE, 1, 8);
	assert_nothing("x", "not of which");
	place(VOLE_SPOT_VALUE, 1, 8);
	place(VOLE_SPOT_VALUE, 1, 8);
	assert_nothing("x", "not of which");
}

static void one_place_of_optimized_code_may_be_of_one_part(void **state)
{
	(void)state;
	vole_register_set(&at.regs, 3, 7);
	add("x", HALVES);
	place(VOLE_SPOT_REGISTER, 3, 0);
	assert_nothing("x", "not of which");
	scope.optimized = false;
	assert_int_equal(word_of("x", 0), 7);
}

static void what_is_too_large_was_never_taken_apart(void **state)
{
	(void)state;
	fake_word(&s, SLOT, 5);
	add("x", LARGE);
	place(VOLE_SPOT_MEMORY, SLOT, 0);
	assert_int_equal(word_of("x", 0), 5);
}

/* As only damaged debug information has it: 16 to the 16th fields. */
static void a_struct_of_itself_ends(void **state)
{
	(void)state;
	add("x", SELF);
	place(VOLE_SPOT_MEMORY, SLOT, 0);
	assert_nothing("x", "not of which");
	scope.optimized = false;
	assert_int_equal(read_one("x")->value.where, VOLE_IN_MEMORY);
}

static void a_field_behind_its_struct_has_no_piece(void **state)
{
	(void)state;
	add("x", BEYOND);
	place(VOLE_SPOT_VALUE, 1, 8);
	place(VOLE_SPOT_VALUE, 2, 8);
	assert_nothing("x", "not of which");
}

static void a_type_that_is_not_known_may_be_asked(void **state)
{
	const struct vole_type *type;

	(void)state;
	add("x", 99);
	place(VOLE_SPOT_VALUE, 1, 8);
	assert_nothing("x", "");
	type = read_one("x")->value.type;
	assert_int_equal(vole_type_align(s.go.rt.types,
					 (struct vole_type *)(uintptr_t)type),
			 1);
}

static void a_lost_piece_leaves_the_others(void **state)
{
	const struct vole_local *local;
	uint64_t word;

	(void)state;
	add("x", STRING);
	place(VOLE_SPOT_LOST, 0, 8);
	place(VOLE_SPOT_VALUE, 4, 8);
	local = read_one("x");
	assert_int_equal(local->value.where, VOLE_IN_PIECES);
	assert_true(vole_value_word(&s.go.rt, &local->value, 8, &word, &err));
	assert_int_equal(word, 4);
	assert_false(vole_value_word(&s.go.rt, &local->value, 0, &word, &err));
	assert_int_equal(err.code, VOLE_UNREADABLE);
}

static void pieces_side_by_side_in_memory_have_an_address(void **state)
{
	const struct vole_local *local;

	(void)state;
	add("x", STRING);
	place(VOLE_SPOT_MEMORY, SLOT, 8);
	place(VOLE_SPOT_MEMORY, SLOT + 8, 8);
	local = read_one("x");
	assert_int_equal(local->value.where, VOLE_IN_MEMORY);
	assert_int_equal(local->value.addr, SLOT);
}

static void a_slot_counts_once_code_has_stored_to_it(void **state)
{
	(void)state;
	fake_word(&s, SLOT, 7);
	in_slot(add("x", INT));
	assert_nothing("x", "may not be set yet");
	put_store(20, SLOT - SP + 8);
	assert_nothing("x", "may not be set yet");
	put_store(52, SLOT - SP); /* behind the pc */
	assert_nothing("x", "may not be set yet");
	put_store(30, SLOT - SP);
	assert_int_equal(word_of("x", 0), 7);
	vars.items[0].block = at.frame.entry + 40;
	assert_nothing("x", "may not be set yet");
}

static void parameters_are_set_by_the_caller(void **state)
{
	(void)state;
	fake_word(&s, SLOT, 7);
	in_slot(add("x", INT));
	vars.items[0].role = VOLE_ROLE_PARAMETER;
	assert_int_equal(word_of("x", 0), 7);
}

static void a_function_without_a_frame_has_only_begun(void **state)
{
	(void)state;
	at.frame.exact = false;
	at.frame.cfa = SP + 8;
	fake_word(&s, SP + 8, 7);
	add("x", INT);
	place(VOLE_SPOT_MEMORY, SLOT, 0);
	add("y", INT)->role = VOLE_ROLE_PARAMETER;
	place(VOLE_SPOT_MEMORY, SP + 8, 0);
	assert_nothing("x", "only begun");
	assert_int_equal(word_of("y", 0), 7);
	vars.spots[1].items[0].at = SP - 8;
	assert_nothing("y", "only begun");
	at.frame.exact = true;
	assert_int_equal(word_of("x", 0), 0);
}

static void what_is_declared_later_is_not_there_yet(void **state)
{
	const struct vole_frame_reader *reader;
	struct vole_local local;

	(void)state;
	add("x", INT)->line = LINE + 1;
	place(VOLE_SPOT_VALUE, 1, 0);
	assert_true(read_all());
	assert_int_equal(locals.len, 1);
	assert_int_equal(locals.items[0].value.where, VOLE_IN_NOTHING);
	assert_string_equal(locals.items[0].value.why,
			    "declared later, at line 12");
	assert_true(vole_locals_open(&s.go.rt, &arena, &at, &reader, &err));
	assert_false(vole_local_read(reader, "x", &local));
}

static void an_escaped_variable_is_behind_its_pointer(void **state)
{
	(void)state;
	fake_word(&s, HEAP, 42);
	add("&x", PTR_INT);
	place(VOLE_SPOT_VALUE, HEAP, 0);
	assert_int_equal(word_of("x", 0), 42);
	assert_true(read_one("x")->escaped);
	assert_int_equal(read_one("x")->value.addr, HEAP);
	vars.spots[0].items[0].at = 0;
	assert_nothing("x", "not allocated yet");
}

static void a_parameter_that_escaped_is_there_once(void **state)
{
	(void)state;
	fake_word(&s, HEAP, 42);
	add("x", INT)->role = VOLE_ROLE_PARAMETER;
	place(VOLE_SPOT_VALUE, 1, 0);
	add("&x", PTR_INT);
	place(VOLE_SPOT_VALUE, HEAP, 0);
	assert_int_equal(word_of("x", 0), 42);
	assert_int_equal(locals.len, 1);
	assert_int_equal(locals.items[0].role, VOLE_ROLE_PARAMETER);
	assert_true(locals.items[0].escaped);
}

static void an_inner_variable_hides_an_outer(void **state)
{
	(void)state;
	add("x", INT);
	place(VOLE_SPOT_VALUE, 1, 0);
	add("x", INT)->depth = 1;
	place(VOLE_SPOT_VALUE, 2, 0);
	assert_int_equal(word_of("x", 0), 2);
	assert_int_equal(locals.len, 2);
	vars.items[1].line = LINE + 1; /* not declared yet */
	assert_int_equal(word_of("x", 0), 1);
}

static void what_has_no_place_says_so(void **state)
{
	(void)state;
	add("x", INT)->located = VOLE_LOCATED_NOWHERE;
	add("z", INT)->located = VOLE_LOCATED_CONSTANT;
	vars.items[1].constant = -3;
	assert_nothing("x", "optimised out");
	assert_int_equal(word_of("z", 0), (uint64_t)-3);
}

static void the_compilers_own_names_are_not_shown(void **state)
{
	(void)state;
	add(".dict", INT);
	add("_", INT);
	add("&_", PTR_INT);
	assert_true(read_all());
	assert_int_equal(locals.len, 0);
}

static void a_closures_object_has_what_it_captured(void **state)
{
	(void)state;
	fake_word(&s, HEAP + 16, 42);
	add("x", INT)->located = VOLE_LOCATED_NOWHERE;
	vars.items[0].captured = true;
	vars.items[0].closure_offset = 16;
	assert_nothing("x", "optimised out");
	add(".closureptr", INT);
	place(VOLE_SPOT_VALUE, HEAP, 0);
	assert_int_equal(word_of("x", 0), 42);
}

static void a_type_that_does_not_load_is_one_row(void **state)
{
	(void)state;
	add("x", 99);
	add("y", INT);
	place(VOLE_SPOT_VALUE, 5, 0);
	assert_nothing("x", "");
	assert_int_equal(word_of("y", 0), 5);
}

static void another_functions_variables_are_not_given(void **state)
{
	(void)state;
	scope.name = "main.other";
	assert_false(read_all());
	assert_int_equal(err.code, VOLE_NO_DEBUG_INFO);
	scope.name = "main.work[go.shape.int]";
	assert_false(read_all());
}

static void a_frame_of_a_signal_has_none(void **state)
{
	(void)state;
	at.frame.kind = VOLE_FRAME_SIGNAL;
	assert_false(read_all());
	assert_int_equal(err.code, VOLE_NO_DEBUG_INFO);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_register_that_is_known_gives_the_value),
		TEST(a_register_that_is_not_kept_is_named),
		TEST(a_string_may_be_in_two_registers),
		TEST(pieces_leave_out_the_padding),
		TEST(pieces_that_do_not_make_up_the_type_say_nothing),
		TEST(one_place_of_optimized_code_may_be_of_one_part),
		TEST(what_is_too_large_was_never_taken_apart),
		TEST(a_struct_of_itself_ends),
		TEST(a_field_behind_its_struct_has_no_piece),
		TEST(a_type_that_is_not_known_may_be_asked),
		TEST(a_lost_piece_leaves_the_others),
		TEST(pieces_side_by_side_in_memory_have_an_address),
		TEST(a_slot_counts_once_code_has_stored_to_it),
		TEST(parameters_are_set_by_the_caller),
		TEST(a_function_without_a_frame_has_only_begun),
		TEST(what_is_declared_later_is_not_there_yet),
		TEST(an_escaped_variable_is_behind_its_pointer),
		TEST(a_parameter_that_escaped_is_there_once),
		TEST(an_inner_variable_hides_an_outer),
		TEST(what_has_no_place_says_so),
		TEST(the_compilers_own_names_are_not_shown),
		TEST(a_closures_object_has_what_it_captured),
		TEST(a_type_that_does_not_load_is_one_row),
		TEST(another_functions_variables_are_not_given),
		TEST(a_frame_of_a_signal_has_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
