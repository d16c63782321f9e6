#include "runtime/hash_secret.h"

#include "fake_code.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

enum {
	TABLES = FAKE_BASE + 0x1000,
	BSS = FAKE_BASE + 0x10000,
	USE_AES = BSS + 0x40,
	SCHEDULE = BSS + 0x100,
	KEY = BSS + 0x200,
	END = BSS + 0x1000,
};

static struct fake_go go;
static struct vole_hash_secret secret;
static struct vole_error err;

static const struct fake_func funcs[] = {
	{ "runtime.memhashFallback", "hash64.go", 0, 0 },
	{ "runtime.memhash32", "asm_amd64.s", 0, 0 },
};

/* An instruction of @p len bytes with a variable relative to its end. */
static void put_code(uint64_t at, uint64_t opcode, unsigned opcode_len,
		     unsigned len, uint64_t var)
{
	fake_put(&go, at, 8, opcode);
	fake_put(&go, at + opcode_len, 4, (uint32_t)(var - (at + len)));
}

/* What the assembler makes of the two, with other code around. */
static int setup(void **state)
{
	uint64_t fallback = CODE_TEXT, memhash32 = CODE_TEXT + CODE_SIZE;

	(void)state;
	fake_go_open(&go);
	fake_code(&go, TABLES, funcs, 2);
	go.module.noptrbss = BSS;
	go.module.enoptrbss = END;
	put_code(fallback + 9, 0x1d3348, 3, 7, KEY);
	put_code(memhash32, 0x3d80, 2, 7, USE_AES);
	put_code(memhash32 + 19, UINT64_C(0x05dc380f66), 5, 9, SCHEDULE);
	fake_put(&go, USE_AES, 1, 1);
	fake_put(&go, SCHEDULE, 8, 0x1234);
	fake_put(&go, KEY, 8, 0x5678);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	vole_pclntab_close(go.rt.pclntab);
	fake_go_close(&go);
	return 0;
}

static void assert_none(enum vole_code code)
{
	assert_false(vole_hash_secret_find(&go.rt, &secret, &err));
	assert_int_equal(err.code, code);
}

static void test_code_leads_to_the_schedule(void **state)
{
	struct vole_memhash hash;

	(void)state;
	assert_true(vole_hash_secret_find(&go.rt, &secret, &err));
	assert_int_equal(secret.kind, VOLE_MEMHASH_AES);
	assert_int_equal(secret.addr, SCHEDULE);
	assert_false(secret.sure);
	assert_true(vole_hash_secret_read(&go.rt, &secret, &hash, &err));
	assert_int_equal(hash.schedule[0].word[0], 0x1234);
}

static void test_without_aes_it_is_the_key(void **state)
{
	struct vole_memhash hash;

	(void)state;
	fake_put(&go, USE_AES, 1, 0);
	go.rt.build.minor = 23;
	assert_true(vole_hash_secret_find(&go.rt, &secret, &err));
	assert_int_equal(secret.kind, VOLE_MEMHASH_KEYED);
	assert_int_equal(secret.addr, KEY);
	assert_true(vole_hash_secret_read(&go.rt, &secret, &hash, &err));
	assert_int_equal(hash.key[0], 0x5678);
	go.rt.build.minor = 22;
	assert_true(vole_hash_secret_find(&go.rt, &secret, &err));
	assert_int_equal(secret.kind, VOLE_MEMHASH_WYHASH);
}

static void test_what_was_right_is_kept(void **state)
{
	const struct vole_hash_secret right = { VOLE_MEMHASH_KEYED, END - 32,
						false };

	(void)state;
	vole_hash_secret_keep(&go.rt, &right);
	assert_true(vole_hash_secret_find(&go.rt, &secret, &err));
	assert_int_equal(secret.addr, END - 32);
	assert_true(secret.sure);
}

static void test_no_such_function(void **state)
{
	(void)state;
	vole_pclntab_close(go.rt.pclntab);
	fake_code(&go, TABLES, funcs, 1);
	go.module.noptrbss = BSS;
	go.module.enoptrbss = END;
	assert_none(VOLE_NOT_FOUND);
}

static void test_no_such_code(void **state)
{
	(void)state;
	fake_put(&go, CODE_TEXT + CODE_SIZE + 19, 1, 0x67);
	assert_none(VOLE_NOT_FOUND);
}

/* It ends where the instruction would have its operand. */
static void test_code_that_is_cut(void **state)
{
	(void)state;
	put_code(CODE_TEXT, 0, 1, 7, 0);
	fake_put(&go, CODE_TEXT + 9, 8, 0);
	put_code(CODE_TEXT + CODE_SIZE - 6, 0x1d3348, 3, 7, KEY);
	assert_none(VOLE_NOT_FOUND);
}

static void test_variables_end_before_it(void **state)
{
	(void)state;
	go.module.enoptrbss = KEY + VOLE_HASH_KEY - 1;
	assert_none(VOLE_NOT_FOUND);
	go.module.enoptrbss = KEY + VOLE_HASH_KEY;
	assert_true(vole_hash_secret_find(&go.rt, &secret, &err));
}

static void test_a_flag_that_is_no_bool(void **state)
{
	(void)state;
	fake_put(&go, USE_AES, 1, 7);
	assert_none(VOLE_CORRUPT);
}

static void test_a_secret_past_the_memory(void **state)
{
	struct vole_memhash hash;

	(void)state;
	secret = (struct vole_hash_secret){ VOLE_MEMHASH_AES,
					    FAKE_BASE + FAKE_SIZE - 127, true };
	assert_false(vole_hash_secret_read(&go.rt, &secret, &hash, &err));
	assert_int_equal(err.code, VOLE_UNREADABLE);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_code_leads_to_the_schedule),
		TEST(test_without_aes_it_is_the_key),
		TEST(test_what_was_right_is_kept),
		TEST(test_no_such_function),
		TEST(test_no_such_code),
		TEST(test_code_that_is_cut),
		TEST(test_variables_end_before_it),
		TEST(test_a_flag_that_is_no_bool),
		TEST(test_a_secret_past_the_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
