#include "runtime/chan.h"

#include "fake_go.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

enum { HCHAN = FAKE_BASE + 0x2000, BUF = FAKE_BASE + 0x3000 };

static struct fake_go go;
static struct vole_type chan_type;
static struct vole_chan chan;
static struct vole_error err;

/* src/runtime/chan.go: type hchan, Go 1.23 */
static int setup(void **state)
{
	(void)state;
	fake_go_open(&go);
	fake_has(&go, VOLE_STRUCT_HCHAN, 96);
	fake_field(&go, VOLE_HCHAN_QCOUNT, 0, 8);
	fake_field(&go, VOLE_HCHAN_DATAQSIZ, 8, 8);
	fake_field(&go, VOLE_HCHAN_BUF, 16, 8);
	fake_field(&go, VOLE_HCHAN_ELEMSIZE, 24, 2);
	fake_field(&go, VOLE_HCHAN_CLOSED, 28, 4);
	fake_field(&go, VOLE_HCHAN_ELEMTYPE, 40, 8);
	fake_field(&go, VOLE_HCHAN_SENDX, 48, 8);
	fake_field(&go, VOLE_HCHAN_RECVX, 56, 8);
	fake_field(&go, VOLE_HCHAN_RECVQ, 64, 8);
	fake_field(&go, VOLE_HCHAN_SENDQ, 80, 8);
	go.elem = *fake_type(&go, VOLE_KIND_INT, 8);
	chan_type = *fake_type(&go, VOLE_KIND_CHAN, 8);
	chan_type.elem = &go.elem;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_go_close(&go);
	return 0;
}

static void put_chan(uint64_t len, uint64_t cap, uint64_t buf, unsigned size,
		     uint64_t recvx)
{
	fake_put(&go, HCHAN, 8, len);
	fake_put(&go, HCHAN + 8, 8, cap);
	fake_put(&go, HCHAN + 16, 8, buf);
	fake_put(&go, HCHAN + 24, 2, size);
	fake_put(&go, HCHAN + 56, 8, recvx);
}

static bool open_at(uint64_t addr)
{
	return vole_chan_open(&go.rt, &chan_type, addr, &chan, &err);
}

static void assert_elem(uint64_t index, uint64_t addr)
{
	uint64_t got;

	assert_true(vole_chan_elem(&chan, index, &got, &err));
	assert_int_equal(got, addr);
}

static void test_elements_go_round(void **state)
{
	uint64_t addr;

	(void)state;
	put_chan(3, 4, BUF, 8, 2);
	assert_true(open_at(HCHAN));
	assert_int_equal(chan.len, 3);
	assert_int_equal(chan.cap, 4);
	assert_false(chan.closed);
	assert_elem(0, BUF + 16);
	assert_elem(1, BUF + 24);
	assert_elem(2, BUF);
	assert_false(vole_chan_elem(&chan, 3, &addr, &err));
	assert_int_equal(err.code, VOLE_USAGE);
}

static void test_nil_and_empty(void **state)
{
	uint64_t addr;

	(void)state;
	assert_true(open_at(0));
	assert_int_equal(chan.addr, 0);
	assert_int_equal(chan.cap, 0);
	put_chan(0, 0, HCHAN + 16, 8, 0);
	fake_put(&go, HCHAN + 28, 4, 1);
	assert_true(open_at(HCHAN));
	assert_true(chan.closed);
	assert_false(vole_chan_elem(&chan, 0, &addr, &err));
}

/* make(chan struct{}, 1<<40) is a program's right. */
static void test_elements_of_no_size(void **state)
{
	(void)state;
	go.elem.size = 0;
	put_chan(UINT64_C(1) << 39, UINT64_C(1) << 40, HCHAN + 16, 0, 5);
	assert_true(open_at(HCHAN));
	assert_elem((UINT64_C(1) << 39) - 1, HCHAN + 16);
}

static void assert_refused(enum vole_code code)
{
	assert_false(open_at(HCHAN));
	assert_int_equal(err.code, code);
}

static void test_absurd_headers(void **state)
{
	(void)state;
	put_chan(5, 4, BUF, 8, 0);
	assert_refused(VOLE_CORRUPT);
	put_chan(1, 4, BUF, 8, 4);
	assert_refused(VOLE_CORRUPT);
	put_chan(0, 0, BUF, 8, 1);
	assert_refused(VOLE_CORRUPT);
	put_chan(1, 4, BUF, 4, 0);
	assert_refused(VOLE_CORRUPT);
	put_chan(1, 4, 0, 8, 0);
	assert_refused(VOLE_CORRUPT);
	put_chan(1, UINT64_C(1) << 62, BUF, 8, 0);
	assert_refused(VOLE_CORRUPT);
	put_chan(1, UINT64_MAX, BUF, 8, 0);
	assert_refused(VOLE_CORRUPT);
	put_chan(1, 4, BUF, 8, 0);
	fake_put(&go, HCHAN + 28, 4, 2);
	assert_refused(VOLE_CORRUPT);
}

static void test_without_a_type(void **state)
{
	(void)state;
	put_chan(1, 4, BUF, 4, 0);
	assert_true(vole_chan_open(&go.rt, NULL, HCHAN, &chan, &err));
	assert_int_equal(chan.elem_size, 4);
}

static void test_truncated(void **state)
{
	(void)state;
	put_chan(1, 4, BUF, 8, 0);
	go.size = HCHAN + 32 - FAKE_BASE;
	assert_refused(VOLE_UNREADABLE);
}

static void test_end_of_address_space(void **state)
{
	(void)state;
	assert_false(open_at(UINT64_MAX - 15));
	assert_false(open_at(UINT64_MAX));
	put_chan(4, 4, UINT64_MAX - 15, 8, 0);
	assert_refused(VOLE_CORRUPT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_elements_go_round),	 TEST(test_nil_and_empty),
		TEST(test_elements_of_no_size),	 TEST(test_absurd_headers),
		TEST(test_without_a_type),	 TEST(test_truncated),
		TEST(test_end_of_address_space),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
