#include "runtime/sudog.h"

enum { SUDOG_BYTES = 128 }; /* 88 to 104 */

bool vole_sudog_read(const struct vole_runtime *rt, uint64_t addr,
		     struct vole_sudog *ret, struct vole_error *err)
{
	struct vole_view v = vole_runtime_view(rt, addr, err);
	uint8_t bytes[SUDOG_BYTES];

	vole_view_load(&v, bytes,
		       rt->layout.size[VOLE_STRUCT_SUDOG] < SUDOG_BYTES ?
			       rt->layout.size[VOLE_STRUCT_SUDOG] :
			       SUDOG_BYTES);
	*ret = (struct vole_sudog){
		.addr = addr,
		.g = vole_get(&v, VOLE_SUDOG_G),
		.next = vole_get(&v, VOLE_SUDOG_NEXT),
		.prev = vole_get(&v, VOLE_SUDOG_PREV),
		.elem = vole_get(&v, VOLE_SUDOG_ELEM),
		.wait_link = vole_get(&v, VOLE_SUDOG_WAIT_LINK),
		.chan = vole_get(&v, VOLE_SUDOG_C),
		.is_select = vole_get(&v, VOLE_SUDOG_IS_SELECT),
	};
	return v.ok || vole_fail_in(err, "reading a wait queue");
}
