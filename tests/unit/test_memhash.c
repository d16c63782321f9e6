#include "runtime/memhash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

/*
 * What runtime.memhash, memhash32 and memhash64 gave with this secret, seed
 * and these bytes, in Go 1.22 and 1.26, with and without AES.
 */
#define SEED UINT64_C(0x0123456789abcdef)
#define VALUE UINT64_C(0xfedcba9876543210)

struct vector {
	size_t len;
	uint64_t hash;
};

static uint8_t bytes[4096];
static struct vole_memhash hash;

static void set_up(enum vole_memhash_kind kind)
{
	uint8_t schedule[128];
	uint64_t key[4];
	bool aes = kind == VOLE_MEMHASH_AES;
	unsigned i;

	for (i = 0; i < sizeof(schedule); i++)
		schedule[i] = (uint8_t)(i * 7 + 1);
	for (i = 0; i < 4; i++)
		key[i] = (i + 1) * UINT64_C(0x9e3779b97f4a7c15) | 1;
	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * i * 31 + (i >> 3));
	vole_memhash_init(&hash);
	vole_memhash_set(&hash, kind, aes ? schedule : (uint8_t *)key);
}

static void check(const struct vector *vectors, size_t num)
{
	size_t i;

	for (i = 0; i < num; i++)
		assert_int_equal(vole_memhash(&hash, bytes, vectors[i].len,
					      SEED),
				 vectors[i].hash);
}

/* All lengths to 3000, in one number. */
static uint64_t check_sum(void)
{
	uint64_t sum = 0;
	size_t n;

	for (n = 0; n < 3000; n++)
		sum = sum * 31 +
		      vole_memhash(&hash, bytes + n % 64, n, SEED + n);
	return sum;
}

static void test_aes(void **state)
{
	static const struct vector vectors[] = {
		{ 0, UINT64_C(0x71b5bb3c723a82e5) },
		{ 1, UINT64_C(0x3255a6ebdc30039a) },
		{ 2, UINT64_C(0x263bac9838dad339) },
		{ 3, UINT64_C(0x25a486b8de7eabcf) },
		{ 4, UINT64_C(0x53eb6d4770d8c8fc) },
		{ 5, UINT64_C(0xdcd0722001e01cb7) },
		{ 7, UINT64_C(0x9f35f9440e37a821) },
		{ 8, UINT64_C(0xc6397cbbddbeac6f) },
		{ 9, UINT64_C(0xaa986ef29fa911de) },
		{ 15, UINT64_C(0x7fcf9ae28d84c3f7) },
		{ 16, UINT64_C(0xa47f4e1b76f82736) },
		{ 17, UINT64_C(0x577f40b86b71a22d) },
		{ 31, UINT64_C(0x565dfdbf5ac2db4d) },
		{ 32, UINT64_C(0x3826cf2c5bd0ad1b) },
		{ 33, UINT64_C(0x71a477de4ccf3446) },
		{ 48, UINT64_C(0x5dbcdb0a8e9f0242) },
		{ 49, UINT64_C(0x41f03a36a240d2c) },
		{ 64, UINT64_C(0x3bc56e5baed5b872) },
		{ 65, UINT64_C(0xf52cba93ca1d67a3) },
		{ 100, UINT64_C(0x44d039245516fbec) },
		{ 128, UINT64_C(0x35c7a40a948dc96) },
		{ 129, UINT64_C(0xaac5721c0b5224ba) },
		{ 200, UINT64_C(0xd6759f24b65f7b8a) },
		{ 256, UINT64_C(0xe3739513088a37f1) },
		{ 257, UINT64_C(0xda9d0276b3dd57d8) },
		{ 1000, UINT64_C(0xaa29f32065b0203e) },
		{ 4096, UINT64_C(0xa98c0b00c7ee20c0) },
	};

	(void)state;
	set_up(VOLE_MEMHASH_AES);
	check(vectors, sizeof(vectors) / sizeof(vectors[0]));
	assert_int_equal(check_sum(), UINT64_C(0x42ceaa25f043a2be));
	assert_int_equal(vole_memhash32(&hash, (uint32_t)VALUE, SEED),
			 UINT64_C(0xd3dc06638912db7f));
	assert_int_equal(vole_memhash64(&hash, VALUE, SEED),
			 UINT64_C(0x121f75ec0d860c72));
}

static void test_wyhash(void **state)
{
	static const struct vector vectors[] = {
		{ 0, UINT64_C(0x3f6221ba8e5cd5d5) },
		{ 1, UINT64_C(0xae6bfc520983bfa3) },
		{ 2, UINT64_C(0x8a7e38d7411363b4) },
		{ 3, UINT64_C(0x30cb2fbd2afcd2f1) },
		{ 4, UINT64_C(0x8ea04d4882fe28e3) },
		{ 5, UINT64_C(0x287327d5a4eb2563) },
		{ 7, UINT64_C(0xa38a8fdbdba8d0d9) },
		{ 8, UINT64_C(0x1f5ec0b08493dfe) },
		{ 9, UINT64_C(0x5400c7604167ec16) },
		{ 15, UINT64_C(0xc2f4420abbf37665) },
		{ 16, UINT64_C(0xbd4801bb650ef486) },
		{ 17, UINT64_C(0xb87eefca2883247d) },
		{ 31, UINT64_C(0x6c1a327ccdb5697b) },
		{ 32, UINT64_C(0x56b38182fd858c78) },
		{ 33, UINT64_C(0xcf1bab3cc65f7d52) },
		{ 48, UINT64_C(0xfbf905fc74844bf2) },
		{ 49, UINT64_C(0xa1b1236c98b1fd62) },
		{ 64, UINT64_C(0x6ae6594bb57c0fc2) },
		{ 65, UINT64_C(0xf46397ce75fe3d13) },
		{ 100, UINT64_C(0xadbab76ee81b8fac) },
		{ 128, UINT64_C(0xc727178a164f4197) },
		{ 129, UINT64_C(0x27a168392dd29dd0) },
		{ 200, UINT64_C(0xeaf230472a6725c3) },
		{ 256, UINT64_C(0x4a4e0ba12658f069) },
		{ 257, UINT64_C(0x3c1556f73be3534b) },
		{ 1000, UINT64_C(0x153e59123224d1fc) },
		{ 4096, UINT64_C(0xa658ba6e92669908) },
	};

	(void)state;
	set_up(VOLE_MEMHASH_WYHASH);
	check(vectors, sizeof(vectors) / sizeof(vectors[0]));
	assert_int_equal(check_sum(), UINT64_C(0xc9450e96412dbf9f));
	assert_int_equal(vole_memhash32(&hash, (uint32_t)VALUE, SEED),
			 UINT64_C(0xd520da11f8033c2a));
	assert_int_equal(vole_memhash64(&hash, VALUE, SEED),
			 UINT64_C(0x49771a47d1e52a8f));
}

static void test_keyed(void **state)
{
	static const struct vector vectors[] = {
		{ 0, UINT64_C(0x9f143cdef6e1b1fa) },
		{ 1, UINT64_C(0x6e54d783aa09114) },
		{ 2, UINT64_C(0xdd59f891ca045d49) },
		{ 3, UINT64_C(0xe2202154b6ab7b3f) },
		{ 4, UINT64_C(0x87089b63ddd9871a) },
		{ 5, UINT64_C(0xff7913377132005c) },
		{ 7, UINT64_C(0x6d484b059f4e9241) },
		{ 8, UINT64_C(0x3347ee986e2df11d) },
		{ 9, UINT64_C(0x9d347c5049e2bdef) },
		{ 15, UINT64_C(0x87ba99aa418c0b6) },
		{ 16, UINT64_C(0x2be6e72c1b16767c) },
		{ 17, UINT64_C(0x2d6570b09f4e95fc) },
		{ 31, UINT64_C(0x6fb6edb331e936a5) },
		{ 32, UINT64_C(0xda031da272f6cb0e) },
		{ 33, UINT64_C(0x3ba9e73897b699a2) },
		{ 48, UINT64_C(0x307236a20c176e61) },
		{ 49, UINT64_C(0x4c93d1dbd2c0557c) },
		{ 64, UINT64_C(0x12c1f35363f45e07) },
		{ 65, UINT64_C(0x7828dbf7449b770b) },
		{ 100, UINT64_C(0xf7decad87a37d4bd) },
		{ 128, UINT64_C(0x56d88ba2a45c3f6e) },
		{ 129, UINT64_C(0x24e6c80f86a06fa0) },
		{ 200, UINT64_C(0x37d434550dbc4310) },
		{ 256, UINT64_C(0x330c45078fb06375) },
		{ 257, UINT64_C(0x691637dd272b3a92) },
		{ 1000, UINT64_C(0x3fcadf77a5c53ad3) },
		{ 4096, UINT64_C(0x1f7092aadb1461ba) },
	};

	(void)state;
	set_up(VOLE_MEMHASH_KEYED);
	check(vectors, sizeof(vectors) / sizeof(vectors[0]));
	assert_int_equal(check_sum(), UINT64_C(0x24fa44957328f246));
	assert_int_equal(vole_memhash32(&hash, (uint32_t)VALUE, SEED),
			 UINT64_C(0x3cac624d7b9493e5));
	assert_int_equal(vole_memhash64(&hash, VALUE, SEED),
			 UINT64_C(0x4c897ae3f0fbaca9));
}

/* Intel, "Advanced Encryption Standard Instructions Set": AESENC. */
static void test_round(void **state)
{
	struct vole_aes aes;
	struct vole_block s = vole_block_of(UINT64_C(0x63746f725d53475d),
					    UINT64_C(0x7b5b546573745665));
	struct vole_block key = vole_block_of(UINT64_C(0x5b477565726f6e5d),
					      UINT64_C(0x4869285368617929));

	(void)state;
	vole_aes_init(&aes);
	s = vole_block_xor(vole_aes_round(&aes, s), key);
	assert_int_equal(s.word[0], 0xded7e595);
	assert_int_equal(s.word[1], 0x8b104b58);
	assert_int_equal(s.word[2], 0x9fdba3c5);
	assert_int_equal(s.word[3], 0xa8311c2f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round),
		cmocka_unit_test(test_aes),
		cmocka_unit_test(test_wyhash),
		cmocka_unit_test(test_keyed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
