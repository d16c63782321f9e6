/**
 * runtime.allgs in a program without symbols.
 */
#ifndef VOLE_RUNTIME_GOROUTINE_SEARCH_H
#define VOLE_RUNTIME_GOROUTINE_SEARCH_H

#include "runtime/runtime.h"

/**
 * Address of runtime.allgs: the slice in the data segments whose elements
 * are goroutines; the longest one. false: none.
 */
bool vole_goroutines_search(const struct vole_runtime *rt, uint64_t *ret);

#endif
