/* Words of stacks and registers: which variable they are. */
#include "value/stack_word.h"

#include "fake_variables.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* What the fake debug information knows of types. */
enum { INT = 1, STRING, PTR, SLICE, NODE, PTR_NODE, BYTE, BYTES };

enum {
	SP = STACK_HI - 0x200, /* of main.work */
	CALLER = SP + 48, /* of main.main, which called it */
	HEAP = FAKE_BASE + 0x4000,
	RBX = 3,
};

static struct fake_sched s;
static struct fake_variables vars;
static struct vole_code_scope work, caller;
static struct vole_registers regs;
static struct vole_stack_words *words;
static struct vole_stack_word word;
static struct vole_error err;

static bool load(struct vole_debuginfo *unused, struct vole_types *of,
		 struct vole_type *type, struct vole_error *fail)
{
	static const struct fake_known known[] = {
		[INT] = { VOLE_KIND_INT, 8 },
		[STRING] = { VOLE_KIND_STRING, 16 },
		[PTR] = { VOLE_KIND_PTR, 8 },
		[SLICE] = { VOLE_KIND_SLICE, 24 },
		[NODE] = { VOLE_KIND_STRUCT, 32 },
		[PTR_NODE] = { VOLE_KIND_PTR, 8 },
		[BYTE] = { VOLE_KIND_BOOL, 1 },
		[BYTES] = { VOLE_KIND_SLICE, 24 },
	};
	struct vole_field *fields;

	(void)unused;
	if (!fake_load_known(type, known, sizeof(known) / sizeof(*known), fail))
		return false;
	if (type->ref == PTR || type->ref == SLICE)
		type->elem = vole_types_stub(of, VOLE_TYPE_DEBUGINFO, INT);
	if (type->ref == BYTES)
		type->elem = vole_types_stub(of, VOLE_TYPE_DEBUGINFO, BYTE);
	if (type->ref == PTR_NODE)
		type->elem = vole_types_stub(of, VOLE_TYPE_DEBUGINFO, NODE);
	if (type->ref != NODE)
		return true;
	/* struct { next *node; part []int } */
	fields = vole_arena_array(vole_types_arena(of), 2, sizeof(*fields));
	fields[0].name = "next";
	fields[0].type = vole_types_stub(of, VOLE_TYPE_DEBUGINFO, PTR_NODE);
	fields[1].name = "part";
	fields[1].type = vole_types_stub(of, VOLE_TYPE_DEBUGINFO, SLICE);
	fields[1].offset = 8;
	type->fields = fields;
	type->num_fields = 2;
	return true;
}

static bool scopes(struct vole_debuginfo *unused, uint64_t pc, const char *name,
		   struct vole_arena *unused_arena,
		   struct vole_code_scope **ret, size_t *ret_len,
		   struct vole_error *fail)
{
	(void)unused, (void)pc, (void)unused_arena;
	*ret = !strcmp(name, "main.work") ? &work : &caller;
	*ret_len = 1;
	return !strcmp(name, (*ret)->name) ||
	       vole_fail(fail, VOLE_NOT_FOUND, VOLE_NOWHERE, "no %s", name);
}

static bool find_var(struct vole_debuginfo *unused, uint32_t kinds,
		     const char *name, struct vole_symbol *ret,
		     struct vole_error *fail)
{
	(void)unused;
	return s.di.ops->find(&s.di, kinds, name, ret, fail) ||
	       fake_find_nothing(NULL, kinds, name, ret, fail);
}

static bool info(struct vole_debuginfo *unused,
		 const struct vole_symbol *symbol, struct vole_symbol_info *ret,
		 struct vole_error *fail)
{
	(void)unused;
	return s.di.ops->info(&s.di, symbol, ret, fail);
}

static const struct vole_debuginfo_ops ops = { .load = load,
					       .find = find_var,
					       .info = info,
					       .scopes = scopes,
					       .locate = fake_locate };

static bool host_registers(struct vole_host *host, uint32_t tid,
			   struct vole_registers *ret)
{
	(void)host, (void)tid;
	*ret = regs;
	return true;
}

/* main.main called main.work, and that is parked. */
static int setup(void **state)
{
	const unsigned fns[] = { FN_WORK, FN_MAIN, FN_GOEXIT };

	(void)state;
	fake_variables_open(&vars, &s, &ops);
	memset(&regs, 0, sizeof(regs));
	s.go.host.registers = host_registers;
	work = (struct vole_code_scope){ .name = "main.work", .is_go = true };
	caller = (struct vole_code_scope){ .name = "main.main", .is_go = true };
	fake_frames(&s, SP, fns, 3);
	fake_stand(&s, VOLE_GSTATUS_WAITING, fake_in(FN_WORK), SP);
	assert_true(vole_stack_words_open(&s.go.rt, &words, &err));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	vole_stack_words_close(words);
	fake_variables_close(&vars, &s);
	return 0;
}

/* A parameter, so that it is set wherever its places are told. */
static struct vole_variable *add(struct vole_code_scope *scope,
				 const char *name, uint64_t type)
{
	const struct vole_variable v = { .name = name,
					 .type_ref = type,
					 .role = VOLE_ROLE_PARAMETER,
					 .line = 1,
					 .located = VOLE_LOCATED_LISTED };

	return fake_variable(&vars, scope, &v);
}

static void place(enum vole_spot_kind kind, uint64_t where, uint64_t size)
{
	fake_spot(&vars, kind, where, size);
}

static bool at(uint64_t addr)
{
	const struct vole_stack_place place = { .g = STACK_G, .addr = addr };

	return vole_stack_word_at(words, &place, &word);
}

static bool in_thread_register(unsigned number)
{
	const struct vole_stack_place place = { .thread = STACK_TID,
						.number = number };

	return vole_stack_word_at(words, &place, &word);
}

static void a_variable_in_its_frame_is_named(void **state)
{
	(void)state;
	add(&work, "n", INT);
	place(VOLE_SPOT_MEMORY, SP + 8, 0);
	add(&work, "p", PTR);
	place(VOLE_SPOT_MEMORY, SP + 16, 0);
	assert_true(at(SP + 16));
	assert_string_equal(word.name, "p");
	assert_string_equal(word.function, "main.work");
	assert_int_equal(word.goroutine, 5);
	assert_int_equal(word.frame, 0);
	assert_int_equal(word.offset, 0);
	assert_true(word.exact);
	/* A number is no pointer, whatever it looks like. */
	assert_true(at(SP + 8));
	assert_string_equal(word.name, "n");
	assert_false(word.exact);
}

/* The upper bytes are of something else. */
static void a_variable_of_a_byte_is_no_word(void **state)
{
	(void)state;
	add(&work, "flag", BYTE);
	place(VOLE_SPOT_MEMORY, SP + 16, 0);
	assert_true(at(SP + 16));
	assert_null(word.name);
}

static void a_word_of_no_variable_is_its_frames(void **state)
{
	(void)state;
	add(&work, "p", PTR);
	place(VOLE_SPOT_MEMORY, SP + 16, 0);
	assert_true(at(SP + 24));
	assert_null(word.name);
	assert_string_equal(word.function, "main.work");
	assert_false(word.exact);
	assert_true(at(CALLER));
	assert_null(word.name);
	assert_string_equal(word.function, "main.main");
	assert_int_equal(word.frame, 1);
}

static void words_may_be_asked_for_in_any_order(void **state)
{
	(void)state;
	add(&work, "p", PTR);
	place(VOLE_SPOT_MEMORY, SP + 16, 0);
	assert_true(at(CALLER + 8));
	assert_string_equal(word.function, "main.main");
	assert_true(at(SP + 16));
	assert_string_equal(word.name, "p");
	assert_true(at(CALLER));
	assert_string_equal(word.function, "main.main");
}

/* What main.work was given lies in the frame of main.main. */
static void an_argument_in_the_callers_frame(void **state)
{
	(void)state;
	add(&work, "given", PTR);
	place(VOLE_SPOT_MEMORY, CALLER, 0);
	assert_true(at(CALLER));
	assert_string_equal(word.name, "given");
	assert_string_equal(word.function, "main.work");
	assert_int_equal(word.frame, 0);
	assert_true(word.exact);
}

static void a_header_in_pieces(void **state)
{
	uint64_t len;

	(void)state;
	fake_word(&s, SP + 8, HEAP);
	add(&work, "buf", SLICE);
	work.optimized = true;
	place(VOLE_SPOT_MEMORY, SP + 8, 8);
	place(VOLE_SPOT_VALUE, 3, 8);
	place(VOLE_SPOT_LOST, 0, 8);
	assert_true(at(SP + 8));
	assert_string_equal(word.name, "buf");
	assert_true(word.exact);
	assert_true(vole_value_word(&s.go.rt, &word.value, 8, &len, &err));
	assert_int_equal(len, 3);
	assert_false(vole_value_word(&s.go.rt, &word.value, 16, &len, &err));
}

static void what_is_declared_later_is_not_relied_upon(void **state)
{
	struct vole_variable *v;

	(void)state;
	v = add(&work, "later", PTR);
	place(VOLE_SPOT_MEMORY, SP + 16, 0);
	v->role = VOLE_ROLE_LOCAL;
	v->line = 1000;
	assert_true(at(SP + 16));
	assert_string_equal(word.name, "later");
	assert_false(word.exact);
}

/* Of two in one place, the one that is set. */
static void a_slot_that_is_shared(void **state)
{
	(void)state;
	add(&work, "later", PTR)->line = 1000;
	vars.items[0].role = VOLE_ROLE_LOCAL;
	place(VOLE_SPOT_MEMORY, SP + 16, 0);
	add(&work, "now", PTR);
	place(VOLE_SPOT_MEMORY, SP + 16, 0);
	assert_true(at(SP + 16));
	assert_string_equal(word.name, "now");
	assert_true(word.exact);
}

static void the_pointer_to_one_that_escaped(void **state)
{
	const struct vole_stack_place place_of = { .g = STACK_G,
						   .addr = SP + 16 };

	(void)state;
	fake_word(&s, SP + 16, HEAP);
	add(&work, "&x", PTR);
	place(VOLE_SPOT_MEMORY, SP + 16, 0);
	assert_true(at(SP + 16));
	assert_string_equal(word.name, "&x");
	assert_true(word.exact);
	assert_true(vole_stack_word_behind(words, &place_of, HEAP, &word));
	assert_string_equal(word.name, "x");
	assert_int_equal(word.value.addr, HEAP);
	assert_false(vole_stack_word_behind(words, &place_of, HEAP + 8, &word));
}

static void a_register_of_the_innermost_frame(void **state)
{
	uint64_t len;

	(void)state;
	fake_stand(&s, VOLE_GSTATUS_RUNNING, fake_in(FN_WORK), SP);
	vole_register_set(&regs, RBX, HEAP);
	add(&work, "text", STRING);
	work.optimized = true;
	place(VOLE_SPOT_REGISTER, RBX, 8);
	place(VOLE_SPOT_VALUE, 4, 8);
	assert_true(in_thread_register(RBX));
	assert_string_equal(word.name, "text");
	assert_string_equal(word.saved, "rbx");
	assert_int_equal(word.goroutine, 5);
	assert_true(word.exact);
	assert_true(vole_value_word(&s.go.rt, &word.value, 8, &len, &err));
	assert_int_equal(len, 4);
	/* Another one is no variable's. */
	assert_true(in_thread_register(0));
	assert_null(word.name);
	assert_string_equal(word.function, "main.work");
	assert_string_equal(word.saved, "rax");
}

static void a_variable_whose_name_means_another(void **state)
{
	(void)state;
	add(&work, "x", PTR);
	place(VOLE_SPOT_MEMORY, SP + 16, 0);
	add(&work, "x", PTR)->depth = 1;
	place(VOLE_SPOT_MEMORY, SP + 8, 0);
	assert_true(at(SP + 8));
	assert_string_equal(word.name, "x");
	assert_false(word.hidden);
	assert_true(at(SP + 16));
	assert_string_equal(word.name, "x");
	assert_true(word.hidden);
}

static void a_word_of_no_variable_is_known_to_be(void **state)
{
	(void)state;
	add(&work, "p", PTR);
	place(VOLE_SPOT_MEMORY, SP + 16, 0);
	assert_true(at(SP + 8));
	assert_null(word.name);
	assert_true(word.no_variable);
	assert_true(at(SP + 16));
	assert_false(word.no_variable);
}

static void unknown_variables_may_have_a_word(void **state)
{
	(void)state;
	work.name = "main.other";
	assert_true(at(SP + 8));
	assert_null(word.name);
	assert_false(word.no_variable);
}

/* A literal that did not escape lies in the frame, and has no name. */
static void what_a_variable_leads_to_on_the_stack(void **state)
{
	const uint64_t first = CALLER, second = SP + 8;

	(void)state;
	add(&work, "node", PTR_NODE);
	place(VOLE_SPOT_VALUE, first, 0);
	fake_word(&s, first, second);
	assert_true(at(second + 8));
	assert_string_equal(word.name, "node.next.part");
	assert_string_equal(word.function, "main.work");
	assert_true(word.exact);
	assert_int_equal(word.value.addr, second + 8);
	/* Its len is no part that begins there. */
	assert_true(at(second + 16));
	assert_null(word.name);
	assert_false(word.exact);
}

/* A slice of @p type at CALLER, over the frame from SP + 8 on. */
static void add_slice(uint64_t type, uint64_t len, uint64_t cap)
{
	add(&work, "list", type);
	place(VOLE_SPOT_MEMORY, CALLER, 0);
	fake_word(&s, CALLER, SP + 8);
	fake_word(&s, CALLER + 8, len);
	fake_word(&s, CALLER + 16, cap);
}

/* Whatever they look like. */
static void numbers_that_are_led_to_are_no_pointers(void **state)
{
	(void)state;
	add_slice(SLICE, 2, 2);
	fake_word(&s, SP + 16, HEAP);
	assert_true(at(SP + 16));
	assert_string_equal(word.name, "list[1]");
	assert_false(word.exact);
}

static void bytes_that_are_led_to_are_no_word(void **state)
{
	(void)state;
	add_slice(BYTES, 16, 16);
	assert_true(at(SP + 16));
	assert_null(word.name);
	assert_false(word.exact);
}

static void a_slice_that_is_impossible_leads_nowhere(void **state)
{
	(void)state;
	add_slice(SLICE, 1, 1 << 20); /* past the end of the stack */
	assert_true(at(SP + 16));
	assert_null(word.name);
	fake_word(&s, CALLER + 16, UINT64_MAX / 2);
	assert_true(at(SP + 16));
	assert_null(word.name);
	fake_word(&s, CALLER + 8, 3); /* len > cap */
	fake_word(&s, CALLER + 16, 2);
	assert_true(at(SP + 16));
	assert_null(word.name);
	fake_word(&s, CALLER + 8, 0);
	assert_true(at(SP + 16));
	assert_string_equal(word.name, "list[:cap(list)][1]");
	assert_true(at(SP + 24)); /* behind it */
	assert_null(word.name);
}

static void a_ring_on_the_stack_ends(void **state)
{
	(void)state;
	add(&work, "node", PTR_NODE);
	place(VOLE_SPOT_VALUE, SP + 8, 0);
	fake_word(&s, SP + 8, SP + 8);
	assert_true(at(CALLER));
	assert_null(word.name);
}

static void a_thread_that_runs_nothing(void **state)
{
	(void)state;
	assert_false(in_thread_register(RBX));
}

static void what_is_on_no_frame(void **state)
{
	const struct vole_stack_place nobody = { .g = 1, .addr = SP };

	(void)state;
	assert_false(at(SP - 8));
	assert_false(at(0));
	assert_false(at(UINT64_MAX));
	assert_false(vole_stack_word_at(words, &nobody, &word));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_variable_in_its_frame_is_named),
		TEST(a_variable_of_a_byte_is_no_word),
		TEST(a_word_of_no_variable_is_its_frames),
		TEST(words_may_be_asked_for_in_any_order),
		TEST(an_argument_in_the_callers_frame),
		TEST(a_header_in_pieces),
		TEST(what_is_declared_later_is_not_relied_upon),
		TEST(a_slot_that_is_shared),
		TEST(the_pointer_to_one_that_escaped),
		TEST(a_register_of_the_innermost_frame),
		TEST(a_variable_whose_name_means_another),
		TEST(a_word_of_no_variable_is_known_to_be),
		TEST(unknown_variables_may_have_a_word),
		TEST(what_a_variable_leads_to_on_the_stack),
		TEST(numbers_that_are_led_to_are_no_pointers),
		TEST(bytes_that_are_led_to_are_no_word),
		TEST(a_slice_that_is_impossible_leads_nowhere),
		TEST(a_ring_on_the_stack_ends),
		TEST(a_thread_that_runs_nothing),
		TEST(what_is_on_no_frame),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
