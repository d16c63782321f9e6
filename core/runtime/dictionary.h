/**
 * Dictionaries of generic code: cmd/compile makes one function for all types
 * of a shape and hands it a table of what the types really are.
 */
#ifndef VOLE_RUNTIME_DICTIONARY_H
#define VOLE_RUNTIME_DICTIONARY_H

#include "runtime/runtime.h"
#include "target/variable.h"

/**
 * Put the real type of @p variable in place of its shape, @p type, which is
 * loaded; @p dict is the address of the function's dictionary, 0 when it is
 * not known. A type that is in no dictionary stays.
 */
void vole_dictionary_type(const struct vole_runtime *rt, uint64_t dict,
			  const struct vole_variable *variable,
			  struct vole_type **type);

#endif
