/**
 * Variables of the runtime in a program without symbols, known by what they
 * hold.
 */
#ifndef VOLE_RUNTIME_SEARCH_H
#define VOLE_RUNTIME_SEARCH_H

#include "runtime/runtime.h"

/**
 * Address of the variable @p name: runtime.allgs, runtime.allp,
 * runtime.sched, runtime.mheap_ or runtime.waitReasonStrings. What was found
 * is kept for the session. false: another one, or the data segments have
 * nothing like it.
 */
bool vole_runtime_search(const struct vole_runtime *rt, const char *name,
			 uint64_t *ret);

#endif
