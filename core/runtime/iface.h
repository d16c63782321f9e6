/**
 * Interfaces: which dynamic type, and where its value is. runtime.iface,
 * runtime.eface, internal/abi.ITab.
 */
#ifndef VOLE_RUNTIME_IFACE_H
#define VOLE_RUNTIME_IFACE_H

#include "runtime/runtime.h"

struct vole_iface {
	bool nil; /* its type word is zero */
	uint64_t tab; /* itab (0 for an empty interface) */
	uint64_t rtype; /* descriptor of the dynamic type */
	struct vole_type *type; /* loaded */
	uint64_t addr; /* where the value is: the data word itself when direct */
	bool direct; /* the data word is the value */
};

/**
 * Decode the two words at @p words (host copy) of an interface of @p type
 * that lie at @p addr in the target; @p addr is what iface->addr is computed
 * from when the value is direct. VOLE_CORRUPT: the type word leads nowhere.
 */
VOLE_CHECKED bool vole_iface_open(const struct vole_runtime *rt,
				  const struct vole_type *type,
				  const uint64_t words[2], uint64_t addr,
				  struct vole_iface *ret,
				  struct vole_error *err);

#endif
