#include "target/cfa_expr.h"

#include "fake_go.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

/* Register i holds 0x1000 * i; rbx (3) is not known. */
static struct vole_c_regs regs;
static struct fake_go go;
static struct vole_error err;

static int setup(void **state)
{
	unsigned i;

	(void)state;
	fake_go_open(&go);
	for (i = 0; i < VOLE_NUM_REGS; i++)
		regs.value[i] = UINT64_C(0x1000) * i;
	regs.known = ((1u << VOLE_NUM_REGS) - 1) & ~(1u << VOLE_REG_RBX);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_go_close(&go);
	return 0;
}

static bool run(const uint8_t *expr, size_t len, uint64_t *ret)
{
	return vole_cfa_expr(expr, len, NULL, go.rt.mem, &regs, ret, &err);
}

#define EXPR(...)                         \
	(const uint8_t[]){ __VA_ARGS__ }, \
		sizeof((const uint8_t[]){ __VA_ARGS__ })

static void assert_value(uint64_t want, const uint8_t *expr, size_t len)
{
	uint64_t got = 0;

	assert_true(run(expr, len, &got));
	assert_int_equal(got, want);
}

static void assert_refused(enum vole_code code, const uint8_t *expr, size_t len)
{
	uint64_t got;

	assert_false(run(expr, len, &got));
	assert_int_equal(err.code, code);
}

static void test_constants(void **state)
{
	(void)state;
	assert_value(5, EXPR(0x35));
	assert_value(0xff, EXPR(0x08, 0xff));
	assert_value((uint64_t)-1, EXPR(0x09, 0xff));
	assert_value(0xfffe, EXPR(0x0a, 0xfe, 0xff));
	assert_value((uint64_t)-2, EXPR(0x0b, 0xfe, 0xff));
	assert_value((uint64_t)-3, EXPR(0x0d, 0xfd, 0xff, 0xff, 0xff));
	assert_value(0x0102030405060708, EXPR(0x0e, 8, 7, 6, 5, 4, 3, 2, 1));
	assert_value(300, EXPR(0x10, 0xac, 0x02));
	assert_value((uint64_t)-128, EXPR(0x11, 0x80, 0x7f));
	assert_value(0x10, EXPR(0x03, 0x10, 0, 0, 0, 0, 0, 0, 0));
}

static void test_registers(void **state)
{
	(void)state;
	assert_value(0x7010, EXPR(0x77, 0x10)); /* rsp+16 */
	assert_value(0x5ff8, EXPR(0x76, 0x78)); /* rbp-8 */
	assert_refused(VOLE_CORRUPT, EXPR(0x73, 0)); /* rbx: not known */
	assert_refused(VOLE_CORRUPT, EXPR(0x81, 0)); /* no such register here */
}

static void test_arithmetic(void **state)
{
	(void)state;
	assert_value(2, EXPR(0x36, 0x33, 0x1a)); /* 6 & 3 */
	assert_value(3, EXPR(0x36, 0x33, 0x1c)); /* 6 - 3 */
	assert_value(18, EXPR(0x36, 0x33, 0x1e));
	assert_value(7, EXPR(0x36, 0x33, 0x21));
	assert_value(9, EXPR(0x36, 0x33, 0x22));
	assert_value(206, EXPR(0x36, 0x23, 0xc8, 0x01)); /* 6 + 200 */
	assert_value(48, EXPR(0x36, 0x33, 0x24));
	assert_value(1, EXPR(0x36, 0x32, 0x25));
	assert_value(5, EXPR(0x36, 0x33, 0x27));
	assert_value(0, EXPR(0x36, 0x08, 64, 0x24)); /* shifted out */
	assert_value(1, EXPR(0x36, 0x33, 0x2b)); /* 6 > 3 */
	assert_value(1, EXPR(0x09, 0xff, 0x33, 0x2d)); /* -1 < 3 */
	assert_value(0, EXPR(0x36, 0x33, 0x29));
}

static void test_stack_operations(void **state)
{
	(void)state;
	assert_value(12, EXPR(0x36, 0x12, 0x22)); /* 6, dup, + */
	assert_value(6, EXPR(0x36, 0x33, 0x13)); /* 6, 3, drop */
	assert_value(3, EXPR(0x33, 0x36, 0x16, 0x1c)); /* 3, 6, swap, - */
	assert_value(10, EXPR(0x37, 0x33, 0x14, 0x22)); /* 7, 3, over, + */
	assert_value(3, EXPR(0x37, 0x33, 0x14, 0x13)); /* 7, 3, over, drop */
	assert_value(7, EXPR(0x37, 0x96)); /* nop */
}

/* What linkers write for the procedure linkage table. */
static void test_stub_of_the_linkage_table(void **state)
{
	static const uint8_t expr[] = { 0x77, 8,    0x80, 0,	0x3f, 0x1a,
					0x3b, 0x2a, 0x33, 0x24, 0x22 };
	uint64_t got;

	(void)state;
	regs.value[VOLE_REG_RIP] = 0x4010;
	assert_true(run(expr, sizeof(expr), &got));
	assert_int_equal(got, 0x7008);
	regs.value[VOLE_REG_RIP] = 0x401b;
	assert_true(run(expr, sizeof(expr), &got));
	assert_int_equal(got, 0x7010);
}

static void test_memory(void **state)
{
	static const uint8_t expr[] = { 0x06 };
	uint64_t first = FAKE_BASE + 0x40, got;

	(void)state;
	fake_put(&go, first, 8, 0x1234);
	assert_true(
		vole_cfa_expr(expr, 1, &first, go.rt.mem, &regs, &got, &err));
	assert_int_equal(got, 0x1234);
	assert_refused(VOLE_UNREADABLE, EXPR(0x30, 0x06));
	assert_refused(VOLE_UNREADABLE, EXPR(0x09, 0xff, 0x06));
}

static void test_what_makes_no_sense(void **state)
{
	static const uint8_t none[1];
	uint8_t many[64];
	uint64_t got;

	(void)state;
	assert_false(run(none, 0, &got));
	assert_int_equal(err.code, VOLE_CORRUPT);
	assert_refused(VOLE_CORRUPT, EXPR(0x22)); /* nothing to add */
	assert_refused(VOLE_CORRUPT, EXPR(0x36, 0x13));
	assert_refused(VOLE_CORRUPT, EXPR(0x0e, 1, 2)); /* cut */
	assert_refused(VOLE_CORRUPT, EXPR(0x10, 0x80, 0x80));
	assert_refused(VOLE_UNSUPPORTED,
		       EXPR(0x36, 0x2f, 0xfd, 0xff)); /* skip */
	assert_refused(VOLE_UNSUPPORTED, EXPR(0x97));
	memset(many, 0x31, sizeof(many)); /* too deep */
	assert_false(run(many, sizeof(many), &got));
	assert_int_equal(err.code, VOLE_CORRUPT);
}

static void test_expression_without_end(void **state)
{
	uint8_t *long_one = malloc(1 << 20);
	uint64_t got;

	(void)state;
	assert_non_null(long_one);
	memset(long_one, 0x96, 1 << 20);
	long_one[0] = 0x31;
	assert_false(run(long_one, 1 << 20, &got));
	assert_int_equal(err.code, VOLE_CORRUPT);
	free(long_one);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_constants),
		TEST(test_registers),
		TEST(test_arithmetic),
		TEST(test_stack_operations),
		TEST(test_stub_of_the_linkage_table),
		TEST(test_memory),
		TEST(test_what_makes_no_sense),
		TEST(test_expression_without_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
