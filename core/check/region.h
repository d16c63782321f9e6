/**
 * Where an address lies, and whether what is there is still somebody's: an
 * object of the heap, a frame of a goroutine, a variable, or none of these.
 */
#ifndef VOLE_CHECK_REGION_H
#define VOLE_CHECK_REGION_H

#include "heap/object.h"
#include "runtime/goroutine.h"
#include "runtime/package_var.h"

enum vole_region_kind {
	VOLE_REGION_NIL,
	VOLE_REGION_HEAP,
	VOLE_REGION_STACK, /* of a goroutine, or of a thread's g0 or gsignal */
	VOLE_REGION_VARIABLE, /* a package variable */
	VOLE_REGION_PROGRAM, /* its code, constants and data besides those */
	VOLE_REGION_OTHER, /* memory that Go's runtime does not manage */
	VOLE_REGION_UNMAPPED,
	VOLE_REGION_UNKNOWN, /* the heap could not be read */
};

enum vole_live {
	VOLE_LIVE_ALLOCATED, /* an object that is in use */
	VOLE_LIVE_GARBAGE, /* an object that is about to be freed */
	VOLE_LIVE_FREE, /* a slot without an object */
	VOLE_LIVE_FREE_SPAN, /* pages of the heap that are no span's */
	VOLE_LIVE_PAST_END, /* behind the objects of a span */
	VOLE_LIVE_FRAME, /* of a call that has not returned */
	VOLE_LIVE_RETURNED_FRAME, /* below its stack's pointer */
	VOLE_LIVE_DEAD_STACK, /* of a goroutine that has ended, or of none */
	VOLE_LIVE_MAPPED, /* nothing ends it */
	VOLE_LIVE_NONE, /* nil, unmapped, unknown */
};

struct vole_region {
	enum vole_region_kind kind;
	enum vole_live live;
	struct vole_object object; /* ALLOCATED, GARBAGE, FREE; else no span */
	uint64_t goroutine; /* STACK: its goid, or 0 */
	uint64_t thread; /* STACK: of a system stack, or 0 */
	const char *function; /* FRAME: as the runtime has it, or NULL */
	struct vole_package_var variable; /* VARIABLE */
	struct vole_error unknown; /* UNKNOWN: why */
};

/** Never fails: what cannot be told is UNKNOWN. @p ui may be NULL. */
void vole_region_at(const struct vole_runtime *rt, struct vole_ui *ui,
		    uint64_t addr, struct vole_region *ret);

/** Is it known that no code can write at @p addr, which is in @p region? */
bool vole_region_is_read_only(const struct vole_runtime *rt,
			      const struct vole_region *region, uint64_t addr);

/** Is it memory that nobody may use any more? */
bool vole_region_is_freed(const struct vole_region *region);

/** Words of lists that are closed: "heap", "allocated". */
const char *vole_region_name(enum vole_region_kind kind);
const char *vole_live_name(enum vole_live live);

/** In words, for a person: "heap, an object of 48 bytes". */
void vole_region_words(const struct vole_region *region, char *ret,
		       size_t size);

/** What JSON says of one, for the commands' help. */
#define VOLE_REGION_JSON                                                     \
	"`region` (`nil`, `heap`, `stack`, `variable`, `program`, `other`, " \
	"`unmapped`, `unknown`), `live` (`allocated`, `garbage`, `free`, "   \
	"`free-span`, `past-end`, `frame`, `returned-frame`, `dead-stack`, " \
	"`mapped`), `text`"

#endif
