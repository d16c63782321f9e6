/**
 * Standard types as people write them: times, atomic numbers, locks, buffers,
 * network addresses, big integers, errors, contexts.
 * Recognised by the type's full name and by the fields it must have.
 */
#ifndef VOLE_VALUE_PEOPLE_H
#define VOLE_VALUE_PEOPLE_H

#include "base/arena.h"
#include "value/value.h"

/** Text for the number @p value in @p arena, or NULL: it is just a number. */
const char *vole_people_number(const struct vole_runtime *rt,
			       struct vole_arena *arena,
			       const struct vole_value *value, int64_t number);
/** Text for a struct (time.Time, bytes.Buffer), or NULL: show its fields alone. */
const char *vole_people_struct(const struct vole_runtime *rt,
			       struct vole_arena *arena,
			       const struct vole_value *value);

#endif
