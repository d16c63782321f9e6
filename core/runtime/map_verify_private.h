/**
 * What the checks of both generations of maps share.
 */
#ifndef VOLE_RUNTIME_MAP_VERIFY_PRIVATE_H
#define VOLE_RUNTIME_MAP_VERIFY_PRIVATE_H

#include "base/array.h"
#include "runtime/map_private.h"
#include "runtime/map_verify.h"

/** Which chains an overflow bucket is in, and whether a list has it. */
enum verify_chain {
	VERIFY_NEW,
	VERIFY_OLD,
	VERIFY_LISTED,
};

/** A key that lies where its hash leads. */
struct verify_key {
	uint64_t hash;
	uint64_t key; /* its address */
	uint64_t part; /* it was seen in; 0: none */
};

/** Those of one chain, table or group, by their hashes. */
struct verify_keys {
	struct verify_key *slots;
	size_t room, len;
	uint64_t part; /* counts from 1 */
};

struct verifier {
	struct vole_map_visitor visitor; /* first: cast back */
	struct vole_map_verify *verify;
	const struct vole_map *map;
	struct vole_keyhash keyhash;
	bool hashes; /* keyhash is open */
	bool stopped;
	uint64_t asked; /* how often verify_go_on() was */
	bool failed; /* out of memory */
	bool damaged; /* parts were not seen: sums cannot hold */
	/*
	 * Until one key is where its hash leads, the hash itself is in doubt
	 * and problems of keys wait.
	 */
	bool trusted;
	uint64_t misplaced;
	VOLE_ARRAY(struct vole_map_problem) waiting;
	struct verify_keys keys;
	/* Classic. */
	uint64_t overflows; /* in the new array's chains */
	uint64_t old_overflows;
	uint64_t kept; /* those of the new array's that lie behind it */
	uint64_t last_kept; /* the last of them, counted from 0 */
	struct vole_hash chained; /* overflow buckets, by enum verify_chain */
	bool rest; /* the chain is over by its marks */
	bool empty; /* the slot before was, by a mark that more follows */
	bool moved; /* the old bucket has been evacuated */
	/* Swiss. */
	uint64_t table_used, table_deleted;
	uint64_t used; /* what the tables say together */
	uint64_t deleted;
};

/** Asked in each round of a long loop: false when the user has had enough. */
bool verify_go_on(struct verifier *v);
/** Tell of a problem; it is possible at most when a writer is inside. */
void verify_problem(struct verifier *v, enum vole_map_problem_kind kind,
		    uint64_t addr, const char *fmt, ...) VOLE_PRINTF(4, 5);
/** The same of the key in @p slot: "slot 3 of bucket " and so on. */
void verify_key_problem(struct verifier *v, const struct vole_map_slot *slot,
			const char *fmt, ...) VOLE_PRINTF(3, 4);
/**
 * The hash of the key of slot @p index, which holds an entry. False when
 * there is none to compare: it was counted.
 */
bool verify_hash(struct verifier *v, const struct vole_map_unit *unit,
		 unsigned index, struct vole_map_slot *ret_slot,
		 uint64_t *ret_hash);
/** The key in @p slot is where its hash leads. */
void verify_key_ok(struct verifier *v, const struct vole_map_slot *slot,
		   uint64_t hash);
/** Another chain, table or group begins. */
void verify_same_begin(struct verifier *v);
/** Tell of a key that the part has already. */
void verify_same_key(struct verifier *v, const struct vole_map_slot *slot,
		     uint64_t hash);
void verify_same_end(struct verifier *v);

void verify_classic_header(struct verifier *v);
void verify_classic_unit(struct verifier *v, const struct vole_map_unit *unit);
void verify_classic_end(struct verifier *v);
/** An overflow bucket of a chain. */
void verify_extra_unit(struct verifier *v, const struct vole_map_unit *unit);
void verify_extra_end(struct verifier *v);
void verify_swiss_header(struct verifier *v);
void verify_swiss_table(struct verifier *v, const struct vole_map_table *table);
void verify_swiss_unit(struct verifier *v, const struct vole_map_unit *unit);
void verify_swiss_table_end(struct verifier *v,
			    const struct vole_map_table *table);
void verify_swiss_end(struct verifier *v);

#endif
