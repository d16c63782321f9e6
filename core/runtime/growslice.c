#include "runtime/growslice.h"

#include "runtime/pclntab.h"

enum {
	NUM_CLASSES = 68,
	THRESHOLD = 256, /* elements up to which capacity doubles */
	MAX_SMALL = 32768,
	PAGE = 8192,
	HEADER = 8, /* the type in front of an object, since Go 1.22 */
	MIN_FOR_HEADER = 512,
	/* cmd/compile/internal/base: Debug.VariableMakeThreshold */
	MAX_IN_FRAME = 32,
};

/* The address space of a process; no slice is larger. */
static const uint64_t MAX_ALLOC = UINT64_C(1) << 48;

static uint64_t next_cap(uint64_t cap, uint64_t len)
{
	if (len > cap * 2)
		return len;
	if (cap < THRESHOLD)
		return cap * 2;
	while (cap < len)
		cap += (cap + 3 * THRESHOLD) / 4;
	return cap;
}

static bool read_classes(const struct vole_runtime *rt,
			 uint16_t sizes[NUM_CLASSES], struct vole_error *err)
{
	struct vole_error unused;
	uint64_t at;

	/* 1.26 has them in a package of their own. */
	if (!vole_runtime_var(rt, "internal/runtime/gc.SizeClassToSize", &at,
			      &unused) &&
	    !vole_runtime_var(rt, "runtime.class_to_size", &at, err))
		return false;
	return vole_memory_read_all(rt->mem, at, sizes,
				    NUM_CLASSES * sizeof(sizes[0]), err);
}

static bool round_to_class(const struct vole_runtime *rt, uint64_t size,
			   uint64_t *ret, struct vole_error *err)
{
	uint16_t sizes[NUM_CLASSES];
	size_t i;

	if (!read_classes(rt, sizes, err))
		return false;
	for (i = 1; i < NUM_CLASSES; i++)
		if (sizes[i] >= size) {
			*ret = sizes[i];
			return true;
		}
	return vole_fail(err, VOLE_CORRUPT, VOLE_NOWHERE,
			 "no size class holds %" PRIu64 " bytes", size);
}

static bool round_up(const struct vole_runtime *rt, uint64_t size, bool noscan,
		     uint64_t *ret, struct vole_error *err)
{
	bool headers = rt->layout.place[VOLE_MSPAN_LARGE_TYPE].known;
	uint64_t header = 0;

	if (headers ? size > MAX_SMALL - HEADER : size >= MAX_SMALL) {
		*ret = (size + PAGE - 1) / PAGE * PAGE;
		return true;
	}
	if (headers && !noscan && size > MIN_FOR_HEADER)
		header = HEADER;
	if (!round_to_class(rt, size + header, ret, err))
		return false;
	*ret -= header;
	return true;
}

bool vole_growslice(const struct vole_runtime *rt, uint64_t cap, uint64_t len,
		    uint64_t elem_size, bool noscan, uint64_t *ret,
		    struct vole_error *err)
{
	uint64_t size, wanted;

	if (!elem_size) {
		*ret = len;
		return true;
	}
	if (cap > MAX_ALLOC || len > MAX_ALLOC)
		return vole_fail(err, VOLE_CORRUPT, VOLE_NOWHERE,
				 "a slice of %" PRIu64 " elements", len);
	wanted = next_cap(cap, len);
	if (__builtin_mul_overflow(wanted, elem_size, &size) ||
	    size > MAX_ALLOC)
		return vole_fail(err, VOLE_CORRUPT, VOLE_NOWHERE,
				 "a slice of %" PRIu64 " elements", wanted);
	if (!round_up(rt, size, noscan, &size, err))
		return false;
	*ret = size / elem_size;
	return true;
}

bool vole_growslice_may_be_in_frame(const struct vole_runtime *rt, uint64_t len,
				    uint64_t elem_size)
{
	struct vole_error ignored;
	struct vole_func func;

	/* Linked in only when some code calls it. */
	return elem_size && len <= MAX_IN_FRAME / elem_size &&
	       (vole_func_find(rt, "runtime.growsliceBuf", &func, &ignored) ||
		vole_func_find(rt, "runtime.growsliceBufNoAlias", &func,
			       &ignored));
}
