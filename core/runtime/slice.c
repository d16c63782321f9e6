#include "runtime/slice.h"

#include "base/checked.h"

bool vole_slice_open(const struct vole_runtime *rt,
		     const struct vole_type *type, const uint64_t *words,
		     struct vole_slice *ret, struct vole_error *err)
{
	if (type->kind == VOLE_KIND_STRING) {
		*ret = (struct vole_slice){ words[0], words[1], words[1], 1,
					    NULL };
		return true;
	}
	if (type->kind != VOLE_KIND_SLICE)
		return vole_fail(err, VOLE_USAGE, VOLE_NOWHERE,
				 "a value of kind %s is no slice",
				 vole_kind_name(type->kind));
	if (!vole_type_load(rt->types, type->elem, err))
		return false;
	*ret = (struct vole_slice){ words[0], words[1], words[2],
				    type->elem->size, type->elem };
	return true;
}

bool vole_slice_check(const struct vole_slice *slice, struct vole_error *err)
{
	uint64_t size;

	if (slice->len > INT64_MAX || slice->cap > INT64_MAX)
		return vole_fail(err, VOLE_CORRUPT, slice->data,
				 "invalid length %" PRId64
				 " or capacity %" PRId64,
				 (int64_t)slice->len, (int64_t)slice->cap);
	if (slice->len > slice->cap)
		return vole_fail(err, VOLE_CORRUPT, slice->data,
				 "invalid length %" PRIu64
				 " over capacity %" PRIu64,
				 slice->len, slice->cap);
	if (!slice->data && slice->cap)
		return vole_fail(err, VOLE_CORRUPT, slice->data,
				 "invalid length %" PRIu64
				 " and capacity %" PRIu64 " at nil",
				 slice->len, slice->cap);
	if (__builtin_mul_overflow(slice->cap, slice->elem_size, &size) ||
	    !vole_range_ok(slice->data, size))
		return vole_fail(err, VOLE_CORRUPT, slice->data,
				 "invalid length %" PRIu64
				 " past the end of memory",
				 slice->cap);
	return true;
}
