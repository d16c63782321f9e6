/* Variables of a frame: which have a value, and which must not. */
#include "value/local.h"

#include "fake_local.h"

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
