/* Values of variables out of registers and pieces, or why there is none. */
#include "value/local.h"

#include "fake_local.h"

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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
