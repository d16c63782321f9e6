/**
 * What the files that write standard types as people do share.
 */
#ifndef VOLE_VALUE_PEOPLE_PRIVATE_H
#define VOLE_VALUE_PEOPLE_PRIVATE_H

#include "value/people.h"

/** A value that is to be written, and where to. */
struct vole_people {
	const struct vole_runtime *rt;
	struct vole_arena *arena;
	const struct vole_value *value;
};

/**
 * The integer at @p path of the struct ("mu.state"), or false. Wrappers of
 * sync/atomic are looked through.
 */
bool vole_people_int(const struct vole_people *p, const char *path,
		     uint64_t *ret);
/** The part of the struct at @p path, or false. */
bool vole_people_part(const struct vole_people *p, const char *path,
		      struct vole_value *ret);

/** Each gives the text, or NULL when the value is not as it should be. */
const char *vole_people_time(const struct vole_people *p);
const char *vole_people_atomic(const struct vole_people *p);
const char *vole_people_mutex(const struct vole_people *p);
const char *vole_people_rwmutex(const struct vole_people *p);
const char *vole_people_once(const struct vole_people *p);
const char *vole_people_big_int(const struct vole_people *p);
const char *vole_people_bytes_buffer(const struct vole_people *p);
const char *vole_people_builder(const struct vole_people *p);
const char *vole_people_bytes_reader(const struct vole_people *p);
const char *vole_people_strings_reader(const struct vole_people *p);
const char *vole_people_bufio_reader(const struct vole_people *p);
const char *vole_people_bufio_writer(const struct vole_people *p);
const char *vole_people_addr(const struct vole_people *p);
const char *vole_people_addr_port(const struct vole_people *p);
const char *vole_people_prefix(const struct vole_people *p);

#endif
