/**
 * Variables of functions as debug information tells of them: whose they are
 * and where they are at one pc. What their bytes mean is not its business.
 */
#ifndef VOLE_TARGET_VARIABLE_H
#define VOLE_TARGET_VARIABLE_H

#include "base/arena.h"
#include "target/registers.h"

/** What a variable is to its function. */
enum vole_role {
	VOLE_ROLE_LOCAL,
	VOLE_ROLE_PARAMETER, /* receivers too */
	VOLE_ROLE_RESULT,
};

/** What is told of a variable's place at the pc. */
enum vole_located {
	VOLE_LOCATED_NOWHERE, /* no code has it: optimised away */
	VOLE_LOCATED_HERE, /* vole_debuginfo_ops.locate tells where */
	/* The same, but code by code: maybe not here. Where told, it is set. */
	VOLE_LOCATED_LISTED,
	VOLE_LOCATED_CONSTANT, /* it has no place, its value is known */
};

struct vole_variable {
	const char *name; /* "&x": a pointer to x, which went to the heap */
	uint64_t type_ref;
	enum vole_role role;
	uint32_t line; /* of the declaration; 0 not recorded */
	uint32_t depth; /* of the block that declares it; inner ones hide */
	uint64_t block; /* where that block's code begins (link address) */
	bool in_dictionary; /* a generic type: word dict_index of .dict */
	bool captured; /* of the closure's object, at closure_offset */
	uint64_t dict_index;
	uint64_t closure_offset;
	enum vole_located located;
	int64_t constant;
	const uint8_t *expr; /* opaque, as what follows: for locate() */
	uint64_t expr_len;
	uint64_t list;
	bool list_is_index;
	uint64_t pc;
	const void *unit;
};

/** A function, or a call that was inlined into it, at a pc. */
struct vole_code_scope {
	const char *name; /* NULL not recorded */
	bool is_go;
	bool optimized; /* by Go's compiler */
	struct vole_variable *variables;
	size_t num_variables;
	const uint8_t *base; /* opaque: what frame offsets count from */
	uint64_t base_len;
	const void *unit;
};

enum vole_spot_kind {
	VOLE_SPOT_LOST, /* told to be nowhere */
	VOLE_SPOT_MEMORY, /* at address `at` */
	VOLE_SPOT_REGISTER, /* number `at` */
	VOLE_SPOT_VALUE, /* nowhere, but its value is `at` */
	VOLE_SPOT_BYTES, /* nowhere, but its bytes are these */
};

/** Where a piece of a variable is. */
struct vole_spot {
	enum vole_spot_kind kind;
	uint64_t size; /* bytes of the piece; 0: this is all of the variable */
	uint64_t at;
	const uint8_t *bytes;
	uint64_t bytes_len;
};

enum { VOLE_MAX_SPOTS = 64 };

struct vole_spots {
	struct vole_spot items[VOLE_MAX_SPOTS]; /* from offset 0 on */
	size_t len;
};

/** What places are worked out from. */
struct vole_frame_state {
	bool has_cfa;
	uint64_t cfa; /* canonical frame address: sp after return */
	uint64_t bias;
	const struct vole_registers *regs; /* those that are known */
	/** A word of the target; false when it cannot be read. */
	bool (*read)(void *arg, uint64_t addr, uint64_t *ret);
	void *arg;
};

#endif
