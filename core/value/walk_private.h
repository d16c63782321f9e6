/**
 * What the files that walk a value share: one walker for each kind, and what
 * they say to the visitor.
 */
#ifndef VOLE_VALUE_WALK_PRIVATE_H
#define VOLE_VALUE_WALK_PRIVATE_H

#include "runtime/slice.h"
#include "value/walk.h"

/** Whatever the user asks: recursion here is host stack. */
enum { VOLE_WALK_MAX_DEPTH = 100 };

/* How much of the walk a value is, all of it being 0 to 1. */
struct vole_walk_share {
	double from, size;
};

struct vole_walk {
	const struct vole_runtime *rt;
	struct vole_arena *arena;
	const struct vole_walk_limits *limits;
	struct vole_visitor *visitor;
	uint64_t left; /* of limits->total */
	unsigned depth;
	/* Pointers being followed, to see cycles. */
	struct {
		uint64_t addr;
		const struct vole_type *type;
	} path[VOLE_WALK_MAX_DEPTH + 1];
	unsigned num_path;
	bool stopped;
	struct vole_walk_share share; /* of the value that is walked now */
};

void vole_walk_value(struct vole_walk *w, const struct vole_value *value);
/** The part of @p type at @p addr, or why it is none. */
void vole_walk_at(struct vole_walk *w, struct vole_type *type, uint64_t addr);

/** Walkers: @p head is filled but for what the kind adds. */
void vole_walk_number(struct vole_walk *w, const struct vole_value *value,
		      struct vole_value_head *head);
void vole_walk_string(struct vole_walk *w, const struct vole_value *value,
		      struct vole_value_head *head);
void vole_walk_struct(struct vole_walk *w, const struct vole_value *value,
		      struct vole_value_head *head);
/** A struct that holds others (sync.Map); false: it is none. */
bool vole_walk_container(struct vole_walk *w, const struct vole_value *value,
			 struct vole_value_head *head);
void vole_walk_array(struct vole_walk *w, const struct vole_value *value,
		     struct vole_value_head *head);
void vole_walk_slice(struct vole_walk *w, const struct vole_value *value,
		     struct vole_value_head *head);
void vole_walk_map(struct vole_walk *w, const struct vole_value *value,
		   struct vole_value_head *head);
void vole_walk_chan(struct vole_walk *w, const struct vole_value *value,
		    struct vole_value_head *head);
void vole_walk_pointer(struct vole_walk *w, const struct vole_value *value,
		       struct vole_value_head *head);
void vole_walk_iface(struct vole_walk *w, const struct vole_value *value,
		     struct vole_value_head *head);
void vole_walk_func(struct vole_walk *w, const struct vole_value *value,
		    struct vole_value_head *head);
/** With --raw: the value's header as it is; false for kinds that have none. */
bool vole_walk_raw(struct vole_walk *w, const struct vole_value *value,
		   struct vole_value_head *head);

/** What is told of a value. */
void vole_walk_broken(struct vole_walk *w, const struct vole_value_head *head,
		      const struct vole_error *err);
void vole_walk_scalar(struct vole_walk *w, const struct vole_value_head *head,
		      const struct vole_scalar *s);
void vole_walk_nil(struct vole_walk *w, const struct vole_value_head *head);
/** The word that a map, channel, pointer or func is; false: told, nil or broken. */
bool vole_walk_word(struct vole_walk *w, const struct vole_value *value,
		    struct vole_value_head *head, uint64_t *ret);
/** An address that is not followed, because of @p remark or NULL. */
void vole_walk_address(struct vole_walk *w, const struct vole_value_head *head,
		       uint64_t addr, const char *remark);
/** Nothing is said of no parts left out for no reason. */
void vole_walk_omitted(struct vole_walk *w, uint64_t count,
		       const struct vole_error *err);

/** Is there a level left below this one? */
bool vole_walk_may_enter(const struct vole_walk *w);
/** How many of @p count parts are shown. */
uint64_t vole_walk_shown(const struct vole_walk *w, uint64_t count);
/** On to part @p i of @p num of a value with the share @p whole; false: stop. */
bool vole_walk_go_on(struct vole_walk *w, const struct vole_walk_share *whole,
		     uint64_t i, uint64_t num);
/** A string's or slice's header, unchecked. */
VOLE_CHECKED bool vole_walk_open_slice(struct vole_walk *w,
				       const struct vole_value *value,
				       struct vole_slice *ret,
				       struct vole_error *err);

#endif
