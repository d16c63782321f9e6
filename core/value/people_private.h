/**
 * What the files that write standard types as people do share.
 */
#ifndef VOLE_VALUE_PEOPLE_PRIVATE_H
#define VOLE_VALUE_PEOPLE_PRIVATE_H

#include "base/strbuf.h"
#include "value/people.h"

/** A value that is to be written, and where to. */
struct vole_people {
	const struct vole_runtime *rt;
	struct vole_arena *arena;
	const struct vole_value *value;
	/** The value whose text this one is part of, or NULL. */
	const struct vole_people *outer;
	unsigned *left; /* how many parts all of that text may still have */
};

/** @p value as part of the text of @p outer. */
struct vole_people vole_people_inside(const struct vole_people *outer,
				      const struct vole_value *value);
/**
 * One part more, unless that is too much: values and errors in each other may
 * be a ring, or many in many. Bounds the host's stack, too.
 */
bool vole_people_may_go_on(const struct vole_people *p);
/** As vole_people_struct(): the text of a struct, or NULL. */
const char *vole_people_text(const struct vole_people *p);
/** The text, now in the arena, or NULL where it failed; frees @p text. */
const char *vole_people_keep(const struct vole_people *p,
			     struct vole_strbuf *text);
/**
 * Any value on one line, as a literal of which not everything is shown: few
 * fields, no elements.
 */
void vole_people_brief(const struct vole_people *p, struct vole_strbuf *out);

/**
 * The integer at @p path of the struct ("mu.state"), or false. Wrappers of
 * sync/atomic are looked through.
 */
bool vole_people_int(const struct vole_people *p, const char *path,
		     uint64_t *ret);
/** The part of the struct at @p path, or false. */
bool vole_people_part(const struct vole_people *p, const char *path,
		      struct vole_value *ret);

/** What a pointer or interface leads to; false: it is nil or leads nowhere. */
bool vole_people_behind(const struct vole_people *p,
			const struct vole_value *value, struct vole_value *ret);
/** The bytes of a string, if there are no more than @p most of them. */
bool vole_people_string(const struct vole_people *p,
			const struct vole_value *value, size_t most,
			struct vole_strbuf *out);
/** `"quoted"... +N more`: bytes for people. */
void vole_people_quote(struct vole_strbuf *out, const char *bytes, size_t len,
		       size_t most);
/**
 * What the method Error of @p p's value would return. False where that is not
 * certain, because the method is none that is known here.
 */
bool vole_people_message(const struct vole_people *p, struct vole_strbuf *out);
/** "1h2m3.5s", as time.Duration.String. */
const char *vole_people_duration(struct vole_arena *arena, int64_t ns);
/** Go's text for an error number of the system; NULL: it has none. */
const char *vole_people_errno(uint64_t number);
/** The context.emptyCtx (to Go 1.20) that @p value is; NULL: not known. */
const char *vole_people_empty_context(const struct vole_runtime *rt,
				      const struct vole_value *value);
/**
 * Address and port of a net.TCPAddr or UDPAddr, or NULL when they are not as
 * they should be.
 */
const char *vole_people_ip_port(const struct vole_people *p);

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
const char *vole_people_waitgroup(const struct vole_people *p);
const char *vole_people_cond(const struct vole_people *p);
const char *vole_people_atomic_value(const struct vole_people *p);
const char *vole_people_weak(const struct vole_people *p);
const char *vole_people_reflect_value(const struct vole_people *p);
const char *vole_people_rtype(const struct vole_people *p);
const char *vole_people_error(const struct vole_people *p);
const char *vole_people_context(const struct vole_people *p);

#endif
