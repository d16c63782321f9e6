#include "runtime/keyhash.h"

#include "base/checked.h"
#include "runtime/key_plan.h"
#include "runtime/keyhash_secret.h"
#include "runtime/pclntab.h"
#include "runtime/rtype.h"

#include <stdlib.h>
#include <string.h>

enum {
	SIZE_WORD = 8,
	MAX_DEPTH = 32, /* interfaces in interfaces */
	BUDGET = 1 << 20, /* steps of one key */
	STEP = 256, /* bytes that count as one more */
	MAX_COPY = 1 << 26, /* bytes of a key that lie in pieces */
};

/* More bytes than there are addresses: no such string. */
static const uint64_t MAX_LEN = UINT64_C(1) << 47;

static const size_t ARENA_CAP = 64 << 20;

/* src/runtime/alg.go, hash64.go: c0 and c1 of 64-bit machines */
static const uint64_t c0 = 33054211828000289, c1 = 23344194077549503;

/* A key, or part of one, in the target's memory. */
struct memory_source {
	struct vole_key_source source;
	struct vole_keyhash *keyhash;
	uint64_t addr;
};

/* One hash on its way. */
struct hashing {
	struct vole_keyhash *keyhash;
	struct vole_key_source *source;
	unsigned depth;
	/*
	 * No two keys agree: each part counts with its number, for a nil or
	 * empty one may hash to nothing, and what interfaces hold with its
	 * type.
	 */
	bool exact;
	uint64_t nth; /* part */
	uint64_t len; /* of the last string */
	bool random;
};

/* --- where bytes come from --------------------------------------------------- */

static bool make_room(struct vole_keyhash *keyhash, size_t len,
		      struct vole_error *err)
{
	uint8_t *scratch;

	if (len <= keyhash->scratch_len)
		return true;
	scratch = realloc(keyhash->scratch, len);
	if (!scratch)
		return vole_fail_nomem(err);
	keyhash->scratch = scratch;
	keyhash->scratch_len = len;
	return true;
}

static const uint8_t *target_bytes(struct vole_keyhash *keyhash, uint64_t addr,
				   uint64_t len, struct vole_error *err)
{
	struct vole_memory *mem = keyhash->rt->mem;
	const uint8_t *bytes;
	size_t have;

	if (!len)
		return (const uint8_t *)"";
	bytes = vole_memory_borrow(mem, addr, &have);
	if (bytes && have >= len)
		return bytes;
	if (len > MAX_LEN || !vole_range_ok(addr, len)) {
		vole_fail(err, VOLE_CORRUPT, addr,
			  "a key with %" PRId64 " bytes in one part",
			  (int64_t)len);
		return NULL;
	}
	if (len > MAX_COPY && vole_memory_readable(mem, addr + len - 1)) {
		vole_fail(err, VOLE_UNSUPPORTED, addr,
			  "a key with %" PRIu64 " bytes in one part", len);
		return NULL;
	}
	/* Before memory is spent on a length that lies. */
	if (!vole_memory_readable(mem, addr + len - 1)) {
		vole_fail(err, VOLE_UNREADABLE, addr,
			  "the end of a key's %" PRIu64 " bytes cannot be read",
			  len);
		return NULL;
	}
	if (!make_room(keyhash, len, err) ||
	    !vole_memory_read_all(mem, addr, keyhash->scratch, len, err))
		return NULL;
	return keyhash->scratch;
}

static const uint8_t *memory_bytes(struct vole_key_source *source,
				   uint64_t offset, size_t len,
				   struct vole_error *err)
{
	struct memory_source *m = (struct memory_source *)source;
	uint64_t addr;

	if (!vole_at(m->addr, 1, offset, &addr)) {
		vole_fail(err, VOLE_CORRUPT, m->addr,
			  "a key that ends past 2^64");
		return NULL;
	}
	return target_bytes(m->keyhash, addr, len, err);
}

static const uint8_t *memory_string(struct vole_key_source *source,
				    uint64_t offset, uint64_t *ret_len,
				    struct vole_error *err)
{
	struct memory_source *m = (struct memory_source *)source;
	const uint8_t *header =
		memory_bytes(source, offset, 2 * SIZE_WORD, err);
	uint64_t words[2];

	if (!header)
		return NULL;
	memcpy(words, header, sizeof(words));
	*ret_len = words[1];
	return target_bytes(m->keyhash, words[0], words[1], err);
}

static struct memory_source memory_source(struct vole_keyhash *keyhash,
					  uint64_t addr)
{
	return (struct memory_source){
		.source = { memory_bytes, memory_string },
		.keyhash = keyhash,
		.addr = addr,
	};
}

/* --- hashing ----------------------------------------------------------------- */

static bool run_steps(struct hashing *h, const struct vole_key_step *step,
		      uint64_t base, uint64_t *hash, struct vole_error *err);

static bool spend(struct hashing *h, uint64_t steps, struct vole_error *err)
{
	if (steps > h->keyhash->budget)
		return vole_fail(err, VOLE_UNSUPPORTED, VOLE_NOWHERE,
				 "a key of more than %d parts", BUDGET);
	h->keyhash->budget -= steps;
	return true;
}

static bool step_bytes(struct hashing *h, uint64_t at, uint64_t len,
		       uint64_t *hash, struct vole_error *err)
{
	const uint8_t *bytes = h->source->bytes(h->source, at, len, err);

	if (!bytes || !spend(h, len / STEP, err))
		return false;
	*hash = vole_memhash(&h->keyhash->mem, bytes, len, *hash);
	return true;
}

/* memhash32, memhash64 */
static bool step_word(struct hashing *h, uint64_t at, unsigned len,
		      uint64_t *hash, struct vole_error *err)
{
	const uint8_t *bytes = h->source->bytes(h->source, at, len, err);
	uint64_t word = 0;

	if (!bytes)
		return false;
	memcpy(&word, bytes, len);
	*hash = len == 4 ? vole_memhash32(&h->keyhash->mem, (uint32_t)word,
					  *hash) :
			   vole_memhash64(&h->keyhash->mem, word, *hash);
	return true;
}

/* f32hash, f64hash: both zeros are equal, a NaN equals nothing. */
static bool step_float(struct hashing *h, uint64_t at, unsigned len,
		       uint64_t *hash, struct vole_error *err)
{
	const uint8_t *bytes = h->source->bytes(h->source, at, len, err);
	double number;
	float narrow;

	if (!bytes)
		return false;
	if (len == 4) {
		memcpy(&narrow, bytes, 4);
		number = (double)narrow;
	} else {
		memcpy(&number, bytes, 8);
	}
	if (number == 0)
		*hash = c1 * (c0 ^ *hash);
	else if (number != number)
		h->random = true;
	else
		*hash = vole_memhash(&h->keyhash->mem, bytes, len, *hash);
	return true;
}

static bool step_string(struct hashing *h, uint64_t at, uint64_t *hash,
			struct vole_error *err)
{
	uint64_t len;
	const uint8_t *bytes = h->source->string(h->source, at, &len, err);

	if (!bytes || !spend(h, len / STEP, err))
		return false;
	h->len = len;
	*hash = vole_memhash(&h->keyhash->mem, bytes, len, *hash);
	return true;
}

static bool step_array(struct hashing *h, const struct vole_key_step *step,
		       uint64_t at, uint64_t *hash, struct vole_error *err)
{
	uint64_t i;

	for (i = 0; i < step->len; i++)
		if (!run_steps(h, step->each, at + i * step->stride, hash, err))
			return false;
	return true;
}

/* Plans of dynamic types are made once. */
static bool plan_of(struct vole_keyhash *keyhash, uint64_t rtype,
		    const struct vole_key_plan **ret, struct vole_error *err)
{
	uint64_t known;

	if (vole_hash_get(&keyhash->plans, rtype, &known)) {
		*ret = (const struct vole_key_plan *)(uintptr_t)known;
		return true;
	}
	if (!vole_key_plan(keyhash->rt, rtype, VOLE_KEY_TYPEHASH,
			   &keyhash->arena, ret, err))
		return false;
	return vole_hash_put(&keyhash->plans, rtype,
			     (uint64_t)(uintptr_t)*ret) ||
	       vole_fail_nomem(err);
}

/* nilinterhash, interhash */
static bool step_iface(struct hashing *h, bool has_tab, uint64_t at,
		       uint64_t *hash, struct vole_error *err)
{
	struct vole_keyhash *keyhash = h->keyhash;
	const uint8_t *bytes =
		h->source->bytes(h->source, at, 2 * SIZE_WORD, err);
	struct vole_key_source *outer = h->source;
	const struct vole_key_plan *plan;
	struct memory_source inner;
	uint64_t words[2], seed = *hash ^ c0;
	bool ok;

	if (!bytes)
		return false;
	memcpy(words, bytes, sizeof(words));
	if (!words[0])
		return true;
	if (has_tab) {
		struct vole_view tab =
			vole_runtime_view(keyhash->rt, words[0], err);

		words[0] = vole_get(&tab, VOLE_ITAB_TYPE);
		if (!tab.ok)
			return false;
	}
	if (!plan_of(keyhash, words[0], &plan, err))
		return false;
	if (h->exact)
		seed = vole_memhash64(&keyhash->mem, words[0], seed);
	if (h->depth++ >= MAX_DEPTH)
		return vole_fail(err, VOLE_UNSUPPORTED, VOLE_NOWHERE,
				 "interfaces over %d deep", MAX_DEPTH);
	if (plan->direct) {
		ok = run_steps(h, plan->first, at + SIZE_WORD, &seed, err);
	} else {
		inner = memory_source(keyhash, words[1]);
		h->source = &inner.source;
		ok = run_steps(h, plan->first, 0, &seed, err);
		h->source = outer;
	}
	h->depth--;
	*hash = c1 * seed;
	return ok;
}

static bool run_step(struct hashing *h, const struct vole_key_step *step,
		     uint64_t at, uint64_t *hash, struct vole_error *err)
{
	switch (step->op) {
	case VOLE_KEY_BYTES:
		return step_bytes(h, at, step->len, hash, err);
	case VOLE_KEY_WORD32:
		return step_word(h, at, 4, hash, err);
	case VOLE_KEY_WORD64:
		return step_word(h, at, 8, hash, err);
	case VOLE_KEY_FLOAT:
		return step_float(h, at, (unsigned)step->len, hash, err);
	case VOLE_KEY_STRING:
		return step_string(h, at, hash, err);
	case VOLE_KEY_EFACE:
		return step_iface(h, false, at, hash, err);
	case VOLE_KEY_IFACE:
		return step_iface(h, true, at, hash, err);
	case VOLE_KEY_ARRAY:
		break;
	}
	return step_array(h, step, at, hash, err);
}

static bool run_steps(struct hashing *h, const struct vole_key_step *step,
		      uint64_t base, uint64_t *hash, struct vole_error *err)
{
	for (; step; step = step->next) {
		if (h->exact)
			*hash = vole_memhash64(&h->keyhash->mem, ++h->nth,
					       *hash);
		if (!spend(h, 1, err) ||
		    !run_step(h, step, base + step->offset, hash, err))
			return false;
	}
	return true;
}

static bool run_plan(struct hashing *h, const struct vole_key_plan *plan,
		     uint64_t seed, struct vole_key_hash *ret,
		     struct vole_error *err)
{
	h->keyhash->budget = BUDGET;
	if (!run_steps(h, plan->first, 0, &seed, err))
		return false;
	*ret = (struct vole_key_hash){ .bits = seed, .random = h->random };
	return true;
}

bool vole_keyhash_at(struct vole_keyhash *keyhash, uint64_t addr,
		     struct vole_key_hash *ret, struct vole_error *err)
{
	struct memory_source source = memory_source(keyhash, addr);
	struct hashing h = { .keyhash = keyhash, .source = &source.source };

	return run_plan(&h, keyhash->key, keyhash->seed, ret, err);
}

static bool hash_exactly(struct vole_keyhash *keyhash, uint64_t addr,
			 struct vole_key_hash *ret, struct vole_error *err)
{
	struct memory_source source = memory_source(keyhash, addr);
	struct hashing h = { .keyhash = keyhash,
			     .source = &source.source,
			     .exact = true };

	return run_plan(&h, keyhash->key, ~keyhash->seed, ret, err);
}

bool vole_keyhash_same(struct vole_keyhash *keyhash, uint64_t a, uint64_t b,
		       bool *ret, struct vole_error *err)
{
	struct vole_key_hash one, other;

	if (!hash_exactly(keyhash, a, &one, err) ||
	    !hash_exactly(keyhash, b, &other, err))
		return false;
	*ret = one.bits == other.bits && !one.random;
	return true;
}

void vole_keyhash_prefetch(const struct vole_keyhash *keyhash, uint64_t addr)
{
	const struct vole_key_step *first = keyhash->key->first;
	struct vole_memory *mem = keyhash->rt->mem;
	const uint8_t *bytes;
	uint64_t data;
	size_t len;

	/* Borrowed bytes of a page cache would be gone with the next. */
	if (!mem->core || !first || first->op != VOLE_KEY_STRING)
		return;
	bytes = vole_memory_borrow(mem, addr + first->offset, &len);
	if (!bytes || len < SIZE_WORD)
		return;
	memcpy(&data, bytes, SIZE_WORD);
	bytes = vole_memory_borrow(mem, data, &len);
	if (bytes)
		__builtin_prefetch(bytes);
}

bool vole_keyhash_of(struct vole_keyhash *keyhash,
		     struct vole_key_source *source, struct vole_key_hash *ret,
		     struct vole_error *err)
{
	struct hashing h = { .keyhash = keyhash, .source = source };

	if (!run_plan(&h, keyhash->key, keyhash->seed, ret, err))
		return false;
	ret->fast = keyhash->fast;
	ret->len = h.len;
	return true;
}

bool vole_keyhash_dynamic(struct vole_keyhash *keyhash, uint64_t rtype,
			  struct vole_key_source *source,
			  struct vole_key_hash *ret, struct vole_error *err)
{
	struct hashing h = { .keyhash = keyhash, .source = source };
	const struct vole_key_plan *plan;

	if (!plan_of(keyhash, rtype, &plan, err) ||
	    !run_plan(&h, plan, keyhash->seed ^ c0, ret, err))
		return false;
	ret->bits *= c1;
	return true;
}

/* --- opening ----------------------------------------------------------------- */

/* reflect.MapOf() makes a closure that calls typehash. */
static enum vole_key_recipe recipe_of(const struct vole_runtime *rt,
				      uint64_t hasher)
{
	struct vole_error ignored;
	struct vole_func func;
	uint64_t pc;

	if (vole_memory_uint(rt->mem, hasher, SIZE_WORD, &pc, &ignored) &&
	    vole_func_at(rt, pc, &func, &ignored) &&
	    !strncmp(func.name, "reflect.", strlen("reflect.")))
		return VOLE_KEY_TYPEHASH;
	return VOLE_KEY_COMPILED;
}

static bool read_type(const struct vole_map *map, uint64_t *ret_key,
		      uint64_t *ret_hasher, struct vole_error *err)
{
	bool classic = map->ops == &vole_map_classic;
	enum vole_field_id key = classic ? VOLE_CLASSIC_MAPTYPE_KEY :
					   VOLE_SWISS_MAPTYPE_KEY;
	enum vole_field_id hasher = classic ? VOLE_CLASSIC_MAPTYPE_HASHER :
					      VOLE_SWISS_MAPTYPE_HASHER;
	struct vole_view t;
	uint64_t rtype;

	if (!vole_rtype_of(map->rt, map->type, &rtype, err))
		return false;
	t = vole_runtime_view(map->rt, rtype, err);
	if (!t.layout->place[key].known || !t.layout->place[hasher].known)
		return vole_fail(err, VOLE_NO_DEBUG_INFO, rtype,
				 "map descriptors are not described");
	*ret_key = vole_get(&t, key);
	*ret_hasher = vole_get(&t, hasher);
	return t.ok;
}

/* An array of one is like its element, a struct of one field like that. */
static enum vole_key_fast fast_of(const struct vole_map *map,
				  enum vole_key_recipe recipe,
				  const struct vole_key_plan *plan)
{
	const struct vole_key_step *step = plan->first;

	while (step && !step->next && step->op == VOLE_KEY_ARRAY &&
	       step->len == 1)
		step = step->each;
	if (recipe != VOLE_KEY_COMPILED || !step || step->next)
		return VOLE_KEY_SLOW;
	if (step->op == VOLE_KEY_STRING && map->key->size == 2 * SIZE_WORD)
		return VOLE_KEY_FAST_STRING;
	if ((step->op == VOLE_KEY_WORD32 || step->op == VOLE_KEY_WORD64) &&
	    step->len == map->key->size)
		return VOLE_KEY_FAST_WORD;
	return VOLE_KEY_SLOW;
}

bool vole_keyhash_open(const struct vole_map *map, struct vole_keyhash *ret,
		       struct vole_error *err)
{
	enum vole_key_recipe recipe;
	uint64_t key = 0, hasher = 0;

	*ret = (struct vole_keyhash){ .rt = map->rt, .seed = map->seed };
	vole_arena_init(&ret->arena, ARENA_CAP);
	if (!read_type(map, &key, &hasher, err))
		goto fail;
	recipe = recipe_of(map->rt, hasher);
	if (!vole_key_plan(map->rt, key, recipe, &ret->arena, &ret->key, err) ||
	    !vole_keyhash_find_secret(map, ret, err))
		goto fail;
	ret->fast = fast_of(map, recipe, ret->key);
	return true;

fail:
	vole_keyhash_close(ret);
	return false;
}

void vole_keyhash_close(struct vole_keyhash *keyhash)
{
	vole_arena_clear(&keyhash->arena);
	vole_hash_free(&keyhash->plans);
	free(keyhash->scratch);
	keyhash->scratch = NULL;
	keyhash->scratch_len = 0;
}
