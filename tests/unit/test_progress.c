/* How far a command is, for a terminal: late and seldom. */
#include "render/sink.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

struct seen {
	struct vole_ui ui; /* first: cast back */
	int shown;
	double done;
};

static void on_write(struct vole_ui *ui, const char *text, size_t len)
{
	(void)ui;
	(void)text;
	(void)len;
}

static bool on_interrupted(struct vole_ui *ui)
{
	(void)ui;
	return false;
}

static void on_progress(struct vole_ui *ui, double done)
{
	struct seen *seen = (struct seen *)ui;

	seen->shown++;
	seen->done = done;
}

static struct vole_sink *open_sink(struct seen *seen)
{
	struct vole_sink *sink;

	*seen = (struct seen){ .ui = { .write = on_write,
				       .interrupted = on_interrupted,
				       .progress = on_progress } };
	sink = vole_sink_text_open(&seen->ui, "test");
	assert_non_null(sink);
	return sink;
}

static void a_short_command_shows_none(void **state)
{
	struct seen seen;
	struct vole_sink *sink = open_sink(&seen);

	(void)state;
	vole_sink_progress(sink, 1, 2);
	assert_int_equal(seen.shown, 0);
	assert_in_range(sink->progress_due - vole_sink_clock(), 500, 1000);
	vole_sink_close(sink);
}

static void a_long_one_shows_it_and_not_for_each_row(void **state)
{
	struct seen seen;
	struct vole_sink *sink = open_sink(&seen);

	(void)state;
	sink->progress_due = vole_sink_clock();
	vole_sink_progress(sink, 1, 4);
	vole_sink_progress(sink, 2, 4);
	assert_int_equal(seen.shown, 1);
	assert_true(seen.done == 0.25);
	assert_in_range(sink->progress_due - vole_sink_clock(), 50, 100);
	vole_sink_close(sink);
}

static void a_value_is_a_part_of_its_step(void **state)
{
	struct seen seen;
	struct vole_sink *sink = open_sink(&seen);

	(void)state;
	vole_sink_progress(sink, 1, 4);
	sink->progress_due = 0;
	vole_sink_progress_part(sink, 0.5);
	assert_true(seen.done == 0.375);
	vole_sink_close(sink);
}

static void without_steps_a_value_is_all(void **state)
{
	struct seen seen;
	struct vole_sink *sink = open_sink(&seen);

	(void)state;
	sink->progress_due = 0;
	vole_sink_progress_part(sink, 0.5);
	assert_true(seen.done == 0.5);
	vole_sink_close(sink);
}

static void no_steps_and_too_many_show_nothing(void **state)
{
	struct seen seen;
	struct vole_sink *sink = open_sink(&seen);

	(void)state;
	sink->progress_due = 0;
	vole_sink_progress(sink, 0, 0);
	vole_sink_progress(sink, 3, 2);
	assert_int_equal(seen.shown, 0);
	vole_sink_close(sink);
}

static void nobody_looks(void **state)
{
	struct seen seen;
	struct vole_sink *sink = open_sink(&seen);

	(void)state;
	seen.ui.progress = NULL;
	sink->progress_due = 0;
	vole_sink_progress(sink, 1, 2);
	assert_int_equal(seen.shown, 0);
	vole_sink_close(sink);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_short_command_shows_none),
		cmocka_unit_test(a_long_one_shows_it_and_not_for_each_row),
		cmocka_unit_test(a_value_is_a_part_of_its_step),
		cmocka_unit_test(without_steps_a_value_is_all),
		cmocka_unit_test(no_steps_and_too_many_show_nothing),
		cmocka_unit_test(nobody_looks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
