#include "runtime/labels.h"

#include "fake_sched.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

enum {
	MAP = FAKE_BASE + 0x100, /* runtime/pprof.labelMap */
	LIST = FAKE_BASE + 0x200,
	TEXT = FAKE_BASE + 0x1000,
	LABEL = 32, /* key, value */
};

static struct fake_sched s;
static struct vole_goroutine g;
static struct vole_labels labels;

static void put_string(uint64_t header, uint64_t at, const char *text)
{
	memcpy(s.go.bytes + (at - FAKE_BASE), text, strlen(text));
	fake_put(&s.go, header, 8, at);
	fake_put(&s.go, header + 8, 8, strlen(text));
}

static int setup(void **state)
{
	(void)state;
	fake_sched_open(&s);
	fake_has(&s.go, VOLE_STRUCT_LABEL_MAP, 24);
	fake_field(&s.go, VOLE_LABEL_MAP_LIST, 0, 24);
	fake_put(&s.go, MAP, 8, LIST);
	fake_put(&s.go, MAP + 8, 8, 2);
	put_string(LIST, TEXT, "user");
	put_string(LIST + 16, TEXT + 0x10, "ann");
	put_string(LIST + LABEL, TEXT + 0x20, "job");
	put_string(LIST + LABEL + 16, TEXT + 0x30, "");
	g = (struct vole_goroutine){ .labels = MAP };
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_sched_close(&s);
	return 0;
}

static bool read_labels(void)
{
	return vole_labels_read(&s.go.rt, &g, &labels);
}

static void test_sorted_by_key(void **state)
{
	(void)state;
	assert_true(read_labels());
	assert_int_equal(labels.len, 2);
	assert_false(labels.more);
	assert_string_equal(labels.items[0].key, "job");
	assert_string_equal(labels.items[0].value, "");
	assert_string_equal(labels.items[1].key, "user");
	assert_string_equal(labels.items[1].value, "ann");
}

static void test_none(void **state)
{
	(void)state;
	g.labels = 0;
	assert_false(read_labels());
	g.labels = MAP;
	fake_put(&s.go, MAP + 8, 8, 0);
	assert_true(read_labels());
	assert_int_equal(labels.len, 0);
}

static void test_more_than_there_is_room_for(void **state)
{
	unsigned i;

	(void)state;
	for (i = 0; i < VOLE_MAX_LABELS; i++) {
		put_string(LIST + LABEL * i, TEXT, "k");
		put_string(LIST + LABEL * i + 16, TEXT, "v");
	}
	fake_put(&s.go, MAP + 8, 8, VOLE_MAX_LABELS);
	assert_true(read_labels());
	assert_int_equal(labels.len, VOLE_MAX_LABELS);
	assert_false(labels.more);
	fake_put(&s.go, MAP + 8, 8, UINT64_MAX);
	assert_true(read_labels());
	assert_int_equal(labels.len, VOLE_MAX_LABELS);
	assert_true(labels.more);
}

static void test_long_text_is_cut(void **state)
{
	(void)state;
	memset(s.go.bytes + (TEXT - FAKE_BASE), 'x', 0x200);
	fake_put(&s.go, LIST + 8, 8, UINT64_MAX);
	assert_true(read_labels());
	assert_int_equal(strlen(labels.items[1].key), VOLE_LABEL_ROOM - 1);
}

static void test_what_cannot_be_read(void **state)
{
	(void)state;
	fake_put(&s.go, LIST, 8, UINT64_MAX - 1);
	assert_false(read_labels());
	fake_put(&s.go, MAP, 8, FAKE_BASE + FAKE_SIZE - 8);
	assert_false(read_labels());
	fake_put(&s.go, MAP, 8, UINT64_MAX - 7);
	assert_false(read_labels());
	g.labels = UINT64_MAX - 3;
	assert_false(read_labels());
}

/* Up to Go 1.23 a map, whose type nobody knows here. */
static void test_map_of_no_type(void **state)
{
	(void)state;
	s.go.rt.layout.place[VOLE_LABEL_MAP_LIST].known = false;
	assert_false(read_labels());
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_sorted_by_key),
		TEST(test_none),
		TEST(test_more_than_there_is_room_for),
		TEST(test_long_text_is_cut),
		TEST(test_what_cannot_be_read),
		TEST(test_map_of_no_type),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
