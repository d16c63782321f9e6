/* What a debugger's pretty printer is told of a header. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "session.h"
#include "tests/unit/test_eval_vars.h"

static struct fake_program *program;
static struct vole_session session;

static int setup(void **state)
{
	(void)state;
	program = fake_program();
	session = (struct vole_session){
		.host = &program->host,
		.rt = &program->rt,
		.generation = program->host.generation(&program->host),
	};
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_close(program);
	return 0;
}

/** The header that lies at variable @p name. */
static struct vole_header header_of(const char *name)
{
	struct vole_header header = { 0 };
	struct vole_error err = { 0 };
	struct vole_value value;
	size_t i;

	if (!vole_eval(&program->eval, name, &value, &err))
		fail_msg("%s: %s", name, err.text);
	header.type = value.type->name;
	header.num_words = value.type->size / 8;
	for (i = 0; i < header.num_words; i++)
		assert_true(vole_value_word(&program->rt, &value, 8 * i,
					    &header.words[i], &err));
	return header;
}

struct text_ui {
	struct vole_ui ui; /* first */
	struct vole_strbuf text;
};

static void write_text(struct vole_ui *ui, const char *text, size_t len)
{
	vole_strbuf_add_bytes(&((struct text_ui *)ui)->text, text, len);
}

static bool never(struct vole_ui *ui)
{
	(void)ui;
	return false;
}

static void assert_shown(const struct vole_header *header, const char *want)
{
	const struct vole_extent extent = { 3, 4, 50 };
	struct text_ui ui = { .ui = { .write = write_text,
				      .interrupted = never } };
	struct vole_error err = { 0 };

	if (!vole_session_show(&session, &ui.ui, header, &extent, &err))
		fail_msg("%s: %s", header->type, err.text);
	assert_string_equal(vole_strbuf_text(&ui.text), want);
	vole_strbuf_free(&ui.text);
}

static bool add_name(void *arg, const struct vole_part *part)
{
	vole_strbuf_printf(arg, "%s %" PRIu64 "; ", part->name, part->size);
	return true;
}

static void assert_parts(const struct vole_header *header, uint64_t limit,
			 const char *want)
{
	struct vole_strbuf text = { 0 };
	struct vole_error err = { 0 };

	if (!vole_session_parts(&session, header, limit, add_name, &text, &err))
		fail_msg("%s: %s", header->type, err.text);
	assert_string_equal(vole_strbuf_text(&text), want);
	vole_strbuf_free(&text);
}

static void headers_are_shown_as_print_does(void **state)
{
	struct vole_header header = header_of("main.ints");

	(void)state;
	assert_shown(&header, "[]int{10, 20, 30, 40, ... +1 more}");
	header = header_of("main.s");
	assert_shown(&header, "\"hello\"");
	header = header_of("main.ifaceInt");
	assert_true(vole_session_knows(&session, &header));
}

static void nil_is_shown_as_nil(void **state)
{
	struct vole_header header = header_of("main.mapNil");

	(void)state;
	assert_shown(&header, "map[string]int(nil)");
	assert_parts(&header, 10, "");
	header = header_of("main.ifaceNil");
	assert_shown(&header, "interface {}(nil)");
	assert_parts(&header, 10, "");
}

static void long_text_stays_on_its_line(void **state)
{
	struct vole_header header = header_of("main.s");
	const struct vole_extent extent = { 3, 0, 0 };
	struct text_ui ui = { .ui = { .write = write_text,
				      .interrupted = never } };
	struct vole_error err;

	(void)state;
	header = header_of("main.ints");
	header.words[1] = header.words[2] = 2000;
	assert_true(
		vole_session_show(&session, &ui.ui, &header, &extent, &err));
	assert_true(ui.text.len > 4000);
	assert_null(strchr(vole_strbuf_text(&ui.text), '\n'));
	vole_strbuf_free(&ui.text);
}

static void damage_is_told_and_has_no_parts(void **state)
{
	struct vole_header header = header_of("main.badSlice");
	struct vole_strbuf text = { 0 };
	struct vole_error err;

	(void)state;
	assert_shown(&header, "[]int(<corrupt: invalid length 9 over capacity "
			      "4 (at 0xdead0000)>)");
	assert_false(vole_session_parts(&session, &header, 10, add_name, &text,
					&err));
	assert_int_equal(err.code, VOLE_CORRUPT);
	assert_int_equal(text.len, 0);
}

static void no_part_is_past_the_end_of_memory(void **state)
{
	struct vole_header header = { "[]int", { UINT64_MAX - 7, 4, 4 }, 3 };
	struct vole_strbuf text = { 0 };
	struct vole_error err;

	(void)state;
	assert_false(vole_session_parts(&session, &header, 1, add_name, &text,
					&err));
	assert_int_equal(err.code, VOLE_CORRUPT);
}

static void parts_have_names_and_sizes(void **state)
{
	struct vole_header header = header_of("main.ints");

	(void)state;
	assert_parts(&header, 3, "[0] 8; [1] 8; [2] 8; ");
	header = header_of("main.users");
	assert_parts(&header, 2, "[\"alice\"] 8; [\"bob smith\"] 8; ");
	header = header_of("main.ifacePoint");
	assert_parts(&header, 10, "main.Point 16; ");
}

static void words_that_are_not_told_are_unreadable(void **state)
{
	struct vole_header header = { "func(int) int", { 0 }, 0 };

	(void)state;
	assert_true(vole_session_knows(&session, &header));
	assert_shown(&header, "func(int) int(<unreadable: the debugger does "
			      "not tell what is in its register>)");
	assert_parts(&header, 10, "");
}

static void a_header_of_another_size_is_unknown(void **state)
{
	struct vole_header header = header_of("main.ints");

	(void)state;
	header.num_words = 2;
	assert_false(vole_session_knows(&session, &header));
	header = (struct vole_header){ "main.Point", { 1, 2 }, 2 };
	assert_false(vole_session_knows(&session, &header));
	header.type = "main.nosuch";
	assert_false(vole_session_knows(&session, &header));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(headers_are_shown_as_print_does),
		cmocka_unit_test(nil_is_shown_as_nil),
		cmocka_unit_test(long_text_stays_on_its_line),
		cmocka_unit_test(damage_is_told_and_has_no_parts),
		cmocka_unit_test(no_part_is_past_the_end_of_memory),
		cmocka_unit_test(parts_have_names_and_sizes),
		cmocka_unit_test(words_that_are_not_told_are_unreadable),
		cmocka_unit_test(a_header_of_another_size_is_unknown),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
