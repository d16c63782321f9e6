#include "runtime/map_verify.h"

#include "runtime/map_verify_private.h"

#include <stdio.h>

enum {
	/* Problems of keys that wait for one that is right. */
	MAX_WAITING = 256,
	/* So many wrong keys and no right one: it is the hash. */
	MANY = 4,
	ASK_EVERY = 1024, /* units */
};

const char *vole_map_problem_name(enum vole_map_problem_kind kind)
{
	static const char *const names[] = {
		[VOLE_MAP_BAD_HEADER] = "header",
		[VOLE_MAP_BAD_COUNT] = "count",
		[VOLE_MAP_BAD_KEY] = "key",
		[VOLE_MAP_BAD_SEED] = "seed",
		[VOLE_MAP_BAD_CONTROL] = "control",
		[VOLE_MAP_BAD_CHAIN] = "chain",
		[VOLE_MAP_BAD_EVACUATION] = "evacuation",
		[VOLE_MAP_BAD_DIRECTORY] = "directory",
		[VOLE_MAP_BAD_TABLE] = "table",
		[VOLE_MAP_BAD_MEMORY] = "memory",
		[VOLE_MAP_BAD_OBJECT] = "object",
	};

	return names[kind];
}

static void tell(struct verifier *v, const struct vole_map_problem *problem)
{
	v->verify->num_problems++;
	if (!v->stopped && !v->verify->problem(v->verify->arg, problem))
		v->stopped = true;
}

void verify_problem(struct verifier *v, enum vole_map_problem_kind kind,
		    uint64_t addr, const char *fmt, ...)
{
	struct vole_map_problem problem = { .kind = kind, .addr = addr };
	va_list args;

	problem.possible = v->map->writing || kind == VOLE_MAP_BAD_MEMORY ||
			   (kind == VOLE_MAP_BAD_COUNT && v->damaged);
	va_start(args, fmt);
	vsnprintf(problem.text, sizeof(problem.text), fmt, args);
	va_end(args);
	tell(v, &problem);
}

void verify_key_problem(struct verifier *v, const struct vole_map_slot *slot,
			const char *fmt, ...)
{
	struct vole_map_problem problem = {
		.kind = VOLE_MAP_BAD_KEY,
		.possible = v->map->writing,
		.addr = slot->key,
		.key = slot->key,
	};
	struct vole_map_problem *waiting;
	va_list args;
	int len;

	len = snprintf(problem.text, sizeof(problem.text), "slot %u of %s ",
		       slot->index,
		       v->map->ops == &vole_map_classic ? "bucket" : "group");
	va_start(args, fmt);
	vsnprintf(problem.text + len, sizeof(problem.text) - (size_t)len, fmt,
		  args);
	va_end(args);
	v->misplaced++;
	if (v->trusted) {
		tell(v, &problem);
		return;
	}
	if (v->waiting.len == MAX_WAITING)
		return;
	waiting = vole_array_push(&v->waiting);
	if (waiting)
		*waiting = problem;
	else
		v->failed = v->stopped = true;
}

/* The hash is as the process has it: what waited is true. */
static void trust(struct verifier *v)
{
	size_t i;

	v->trusted = true;
	for (i = 0; i < v->waiting.len; i++)
		tell(v, &v->waiting.items[i]);
	v->waiting.len = 0;
}

void verify_key_ok(struct verifier *v, const struct vole_map_slot *slot,
		   uint64_t hash)
{
	if (!v->trusted)
		trust(v);
	verify_same_key(v, slot, hash);
}

/* A key that leads to no memory, or to none that makes sense. */
static void not_hashed(struct verifier *v, const struct vole_map_slot *slot,
		       const struct vole_error *err)
{
	if (!v->verify->unhashed++)
		v->verify->why = *err;
	if (err->code == VOLE_CORRUPT)
		verify_problem(v, VOLE_MAP_BAD_KEY, slot->key, "slot %u: %s",
			       slot->index, err->text);
	else if (err->code == VOLE_UNREADABLE)
		verify_problem(v, VOLE_MAP_BAD_MEMORY, slot->key, "slot %u: %s",
			       slot->index, err->text);
}

bool verify_hash(struct verifier *v, const struct vole_map_unit *unit,
		 unsigned index, struct vole_map_slot *ret_slot,
		 uint64_t *ret_hash)
{
	struct vole_map_verify *verify = v->verify;
	struct vole_key_hash hash;
	struct vole_error err;

	if (!vole_map_slot_of(v->map, unit->addr, index, ret_slot, &err)) {
		verify_problem(v,
			       err.code == VOLE_UNREADABLE ?
				       VOLE_MAP_BAD_MEMORY :
				       VOLE_MAP_BAD_KEY,
			       unit->addr, "slot %u: %s", index, err.text);
		return false;
	}
	if (!v->hashes)
		return false;
	if (!vole_keyhash_at(&v->keyhash, ret_slot->key, &hash, &err)) {
		not_hashed(v, ret_slot, &err);
		return false;
	}
	if (hash.random) {
		verify->random++;
		return false;
	}
	verify->hashed++;
	*ret_hash = hash.bits;
	return true;
}

static struct verifier *verifier_of(struct vole_map_visitor *visitor)
{
	return (struct verifier *)visitor;
}

static bool on_table(struct vole_map_visitor *visitor,
		     const struct vole_map_table *table)
{
	verify_swiss_table(verifier_of(visitor), table);
	return !verifier_of(visitor)->stopped;
}

/* Strings lie all over the memory: have all eight on their way at once. */
static void prefetch(struct verifier *v, const struct vole_map_unit *unit)
{
	const struct vole_map_shape *shape = &v->map->shape;
	unsigned i;

	if (!v->hashes || shape->indirect_key)
		return;
	for (i = 0; i < VOLE_MAP_SLOTS; i++)
		if (unit->state[i] == VOLE_MAP_OTHER)
			vole_keyhash_prefetch(&v->keyhash,
					      unit->addr + shape->keys_off +
						      i * shape->key_stride);
}

bool verify_go_on(struct verifier *v)
{
	struct vole_map_verify *verify = v->verify;

	if (v->asked++ % ASK_EVERY == 0 && verify->interrupted &&
	    verify->interrupted(verify->arg, verify->entries))
		v->stopped = true;
	return !v->stopped;
}

static bool on_unit(struct vole_map_visitor *visitor,
		    const struct vole_map_unit *unit)
{
	struct verifier *v = verifier_of(visitor);

	v->verify->units++;
	(void)verify_go_on(v);
	prefetch(v, unit);
	if (v->map->ops == &vole_map_classic)
		verify_classic_unit(v, unit);
	else
		verify_swiss_unit(v, unit);
	return !v->stopped;
}

static bool on_table_end(struct vole_map_visitor *visitor,
			 const struct vole_map_table *table)
{
	verify_swiss_table_end(verifier_of(visitor), table);
	return !verifier_of(visitor)->stopped;
}

static bool on_broken(struct vole_map_visitor *visitor,
		      const struct vole_error *err)
{
	struct verifier *v = verifier_of(visitor);
	enum vole_map_problem_kind kind = VOLE_MAP_BAD_MEMORY;

	v->damaged = true;
	if (err->code == VOLE_NOMEM)
		v->failed = v->stopped = true;
	if (err->code == VOLE_CORRUPT)
		kind = v->map->ops == &vole_map_classic ? VOLE_MAP_BAD_CHAIN :
							  VOLE_MAP_BAD_TABLE;
	verify_problem(v, kind, err->has_addr ? err->addr : v->map->addr, "%s",
		       err->text);
	return !v->stopped;
}

/* Keys that wait: none was where its hash leads. */
static void judge_hash(struct verifier *v)
{
	struct vole_map_verify *verify = v->verify;

	if (v->trusted || v->stopped)
		return;
	if (v->misplaced < MANY) {
		trust(v);
		return;
	}
	verify_problem(v, VOLE_MAP_BAD_SEED, v->map->addr,
		       "none of %" PRIu64
		       " keys is where its hash leads: the seed 0x%" PRIx64
		       " has changed, or all keys have",
		       verify->hashed, v->map->seed);
}

static void check_count(struct verifier *v)
{
	const struct vole_map *map = v->map;

	if (v->verify->entries != map->count && !v->stopped)
		verify_problem(v, VOLE_MAP_BAD_COUNT, map->addr,
			       "the map says %" PRIu64 " entries, %" PRIu64
			       " are there%s",
			       map->count, v->verify->entries,
			       v->damaged ? " in what could be read" : "");
}

static void run(struct verifier *v)
{
	bool classic = v->map->ops == &vole_map_classic;

	if (classic)
		verify_classic_header(v);
	else
		verify_swiss_header(v);
	verify_same_begin(v);
	if (!v->stopped)
		vole_map_visit(v->map, &v->visitor);
	judge_hash(v);
	check_count(v);
	if (v->stopped)
		return;
	if (classic)
		verify_classic_end(v);
	else
		verify_swiss_end(v);
}

bool vole_map_verify(struct vole_map_verify *verify, struct vole_error *err)
{
	struct verifier v = {
		.visitor = { on_table, on_unit, on_table_end, on_broken },
		.verify = verify,
		.map = verify->map,
	};

	v.hashes = vole_keyhash_open(verify->map, &v.keyhash, &verify->why);
	run(&v);
	if (v.hashes)
		vole_keyhash_close(&v.keyhash);
	else
		verify->unhashed = verify->entries;
	if (!verify->unhashed)
		verify->why.code = VOLE_OK;
	verify_same_end(&v);
	vole_array_free(&v.waiting);
	vole_hash_free(&v.chained);
	return v.failed ? vole_fail_nomem(err) : true;
}
