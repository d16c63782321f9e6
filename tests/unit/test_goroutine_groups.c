#include "command/goroutine_groups.h"

#include "command/settings.h"
#include "fake_parked.h"
#include "render/sink.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static struct {
	struct vole_ui ui; /* first: cast back */
	char text[4096];
	size_t len;
} seen;

static struct fake_sched s;
static struct vole_arena arena;
static struct vole_settings settings;
static struct vole_error err;
static const struct vole_command command; /* without options */

static void on_write(struct vole_ui *ui, const char *text, size_t len)
{
	(void)ui;
	assert_true(len < sizeof(seen.text) - seen.len);
	memcpy(seen.text + seen.len, text, len);
	seen.len += len;
	seen.text[seen.len] = '\0';
}

static bool on_interrupted(struct vole_ui *ui)
{
	(void)ui;
	return false;
}

static int setup(void **state)
{
	(void)state;
	fake_parked_open(&s);
	vole_arena_init(&arena, 1 << 20);
	settings = (struct vole_settings){ .limit = 20 };
	memset(&seen, 0, sizeof(seen));
	seen.ui.write = on_write;
	seen.ui.interrupted = on_interrupted;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	vole_arena_clear(&arena);
	fake_sched_close(&s);
	return 0;
}

/* Group the first @p len goroutines, as JSON. */
static bool group(unsigned len, const char *by)
{
	struct vole_goroutine_ref refs[WAITS_MAX];
	struct vole_context ctx = { .rt = &s.go.rt,
				    .arena = &arena,
				    .settings = &settings,
				    .command = &command };
	unsigned i;
	bool ok;

	for (i = 0; i < len; i++)
		refs[i] = (struct vole_goroutine_ref){
			10 + i, WAITS_G + SCHED_G_SIZE * (uint64_t)i
		};
	seen.len = 0;
	ctx.sink = vole_sink_json_open(&seen.ui, "test");
	assert_non_null(ctx.sink);
	ok = vole_put_goroutine_groups(&ctx, refs, len, by, &err);
	ctx.sink->ops->finish(ctx.sink, ok ? NULL : &err);
	vole_sink_close(ctx.sink);
	return ok;
}

static void assert_says(const char *text)
{
	if (!strstr(seen.text, text))
		fail_msg("no %s in %s", text, seen.text);
}

static void test_largest_first(void **state)
{
	(void)state;
	fake_parked(&s, 0, REASON_SLEEP);
	fake_parked(&s, 1, REASON_IO);
	fake_parked(&s, 2, REASON_SLEEP);
	fake_set(&s, fake_parked(&s, 3, REASON_IO), VOLE_G_STATUS,
		 VOLE_GSTATUS_RUNNABLE);
	assert_true(group(4, "state"));
	assert_says("\"groups\":[{\"count\":2,\"key\":\"sleep\","
		    "\"goroutines\":[10,12]},"
		    "{\"count\":1,\"key\":\"IO wait\",\"goroutines\":[11]},"
		    "{\"count\":1,\"key\":\"runnable\",\"goroutines\":[13]}]");
}

static void test_by_calls(void **state)
{
	static const unsigned lock[] = { WFN_GOPARK, WFN_MUTEX_LOCK, WFN_USER };
	static const unsigned wait[] = { WFN_GOPARK, WFN_GROUP_WAIT, WFN_USER };

	(void)state;
	fake_parked(&s, 0, REASON_MUTEX);
	fake_parked(&s, 1, REASON_MUTEX);
	fake_stands_in(&s, 0, lock, 3);
	fake_stands_in(&s, 1, wait, 3);
	assert_true(group(2, "user"));
	assert_says("\"count\":2,\"key\":\"main.work main.go:10\"");
	assert_true(group(2, "created")); /* by nobody that is known */
	assert_says("\"count\":2,\"key\":\"(not known)\"");
}

static void test_what_has_no_key(void **state)
{
	(void)state;
	fake_parked(&s, 0, REASON_SLEEP);
	assert_true(group(1, "label:request"));
	assert_says("\"key\":\"(no label)\",\"goroutines\":[10]");
}

static void test_goroutine_that_cannot_be_read(void **state)
{
	(void)state;
	fake_parked(&s, 0, REASON_SLEEP);
	fake_set(&s, fake_parked(&s, 1, REASON_SLEEP), VOLE_G_STATUS, 99);
	assert_true(group(2, "state"));
	assert_says("\"count\":1,\"key\":\"sleep\",\"goroutines\":[10]");
}

static void test_limit(void **state)
{
	(void)state;
	fake_parked(&s, 0, REASON_SLEEP);
	fake_parked(&s, 1, REASON_IO);
	fake_parked(&s, 2, REASON_IO);
	settings.limit = 1;
	assert_true(group(3, "state"));
	assert_says("\"groups\":[{\"count\":2,\"key\":\"IO wait\","
		    "\"goroutines\":[11,12]}]");
	assert_says("\"omitted\":1");
}

static void test_no_such_key(void **state)
{
	(void)state;
	assert_false(group(0, "weather"));
	assert_int_equal(err.code, VOLE_USAGE);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_largest_first),
		TEST(test_by_calls),
		TEST(test_what_has_no_key),
		TEST(test_goroutine_that_cannot_be_read),
		TEST(test_limit),
		TEST(test_no_such_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
