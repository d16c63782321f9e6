#include "runtime/iface.h"

#include "base/checked.h"
#include "runtime/rtype.h"

enum { SIZE_WORD = 8 };

/*
 * Descriptor of the dynamic type by its itab. Two things tell an itab from a
 * stray pointer: it begins with an interface type, and its hash is the dynamic
 * type's. Itabs made at run time have hash 0, as no type switch asks them.
 * src/internal/abi/iface.go, src/runtime/iface.go: getitab().
 */
static bool read_tab(const struct vole_runtime *rt, uint64_t tab,
		     struct vole_rtype *ret, struct vole_error *err)
{
	struct vole_view t = vole_runtime_view(rt, tab, err);
	uint64_t inter = vole_get(&t, VOLE_ITAB_INTER);
	uint64_t type = vole_get(&t, VOLE_ITAB_TYPE);
	uint32_t hash = (uint32_t)vole_get(&t, VOLE_ITAB_HASH);

	if (!t.ok || !vole_rtype_read(rt, inter, ret, err))
		return vole_fail_in(err, "itab of an interface");
	if (ret->kind != VOLE_KIND_INTERFACE)
		return vole_fail(err, VOLE_CORRUPT, tab,
				 "itab of a type of kind %s, not interface",
				 vole_kind_name(ret->kind));
	if (!vole_rtype_read(rt, type, ret, err))
		return vole_fail_in(err, "dynamic type of an interface");
	if (hash && ret->hash != hash)
		return vole_fail(err, VOLE_CORRUPT, tab,
				 "itab with hash 0x%08" PRIx32
				 " of a type with hash 0x%08" PRIx32,
				 hash, ret->hash);
	return true;
}

bool vole_iface_open(const struct vole_runtime *rt,
		     const struct vole_type *type, const uint64_t words[2],
		     uint64_t addr, struct vole_iface *ret,
		     struct vole_error *err)
{
	struct vole_iface iface = { .tab = type->is_eface ? 0 : words[0] };
	struct vole_rtype rtype;

	/*
	 * Whatever its data: a type assertion that fails leaves the data of
	 * its operand, and comparisons with nil look at the type alone.
	 */
	if (!words[0]) {
		*ret = (struct vole_iface){ .nil = true };
		return true;
	}
	if (!(type->is_eface ? vole_rtype_read(rt, words[0], &rtype, err) :
			       read_tab(rt, words[0], &rtype, err)) ||
	    !vole_rtype_type(rt, rtype.addr, &iface.type, err))
		return false;
	iface.rtype = rtype.addr;
	iface.direct = rtype.direct;
	iface.addr = words[1];
	if (rtype.direct && rtype.size > SIZE_WORD)
		return vole_fail(err, VOLE_CORRUPT, rtype.addr,
				 "type of %" PRIu64
				 " bytes in one interface word",
				 rtype.size);
	if (rtype.direct && !vole_at(addr, 1, SIZE_WORD, &iface.addr))
		return vole_fail(err, VOLE_CORRUPT, addr,
				 "interface at the end of memory");
	*ret = iface;
	return true;
}
