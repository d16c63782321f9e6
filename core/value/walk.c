#include "value/walk.h"

#include "base/checked.h"
#include "runtime/chan.h"
#include "runtime/func.h"
#include "runtime/iface.h"
#include "runtime/map.h"
#include "runtime/slice.h"
#include "value/people.h"

#include <string.h>

enum {
	/* Whatever the user asks: recursion here is host stack. */
	MAX_DEPTH = 100,
	STRING_FACTOR =
		16, /* bytes of a string for each element of the limit */
	DAMAGED_COUNT = 64, /* elements shown of a slice that is cut off */
	MAX_STRING = 64 << 20, /* bytes shown of one string with --limit 0 */
};

/* How much of the walk a value is, all of it being 0 to 1. */
struct share {
	double from, size;
};

struct walk {
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
	} path[MAX_DEPTH + 1];
	unsigned num_path;
	bool stopped;
	struct share share; /* of the value that is walked now */
};

static void walk(struct walk *w, const struct vole_value *value);

static struct vole_value_head head_of(const struct vole_value *value)
{
	const struct vole_type *type = value->type;

	return (struct vole_value_head){
		.type = type->name,
		.kind = vole_kind_name(type->kind),
		.kind_id = type->kind,
		/* Predeclared types are named like their kind. */
		.named = type->named &&
			 strcmp(type->name, vole_kind_name(type->kind)) != 0,
		.has_addr = value->where == VOLE_IN_MEMORY,
		.addr = value->addr,
	};
}

static void broken(struct walk *w, const struct vole_value_head *head,
		   const struct vole_error *err)
{
	w->visitor->ops->broken(w->visitor, head, err);
}

static void scalar(struct walk *w, const struct vole_value_head *head,
		   const struct vole_scalar *s)
{
	w->visitor->ops->scalar(w->visitor, head, s);
}

static void nil(struct walk *w, const struct vole_value_head *head)
{
	const struct vole_scalar s = { .kind = VOLE_SCALAR_NIL };

	scalar(w, head, &s);
}

static void pointer(struct walk *w, const struct vole_value_head *head,
		    uint64_t addr, const char *remark)
{
	const struct vole_scalar s = { .kind = VOLE_SCALAR_POINTER,
				       .u = addr,
				       .remark = remark };

	scalar(w, head, &s);
}

/* Is there a level left below this one? */
static bool may_enter(const struct walk *w)
{
	return w->depth <= w->limits->depth && w->depth < MAX_DEPTH;
}

/* How many of @p count parts are shown. */
static uint64_t shown(const struct walk *w, uint64_t count)
{
	if (w->limits->count && count > w->limits->count)
		return w->limits->count;
	return count;
}

/* On to part @i of @num of a value with the share @whole; false: stop. */
static bool go_on(struct walk *w, const struct share *whole, uint64_t i,
		  uint64_t num)
{
	w->share.size = whole->size / (double)num;
	w->share.from = whole->from + w->share.size * (double)i;
	if (!w->stopped)
		w->stopped = w->visitor->ops->stop(w->visitor, w->share.from);
	return !w->stopped;
}

static void omitted(struct walk *w, uint64_t count,
		    const struct vole_error *err)
{
	if (count || err)
		w->visitor->ops->omitted(w->visitor, count, err);
}

/* The part of @p type at @p addr, or why it is none. */
static void walk_at(struct walk *w, struct vole_type *type, uint64_t addr)
{
	struct vole_value value;
	struct vole_error err;

	if (vole_value_at(w->rt, type, addr, &value, &err)) {
		walk(w, &value);
		return;
	}
	broken(w,
	       &(struct vole_value_head){ .type = type ? type->name : "?",
					  .kind = vole_kind_name(0),
					  .has_addr = true,
					  .addr = addr },
	       &err);
}

/* --- numbers and strings ------------------------------------------------- */

static int64_t extend(uint64_t bits, uint64_t size)
{
	unsigned shift = size < 8 ? 64 - 8 * (unsigned)size : 0;

	return (int64_t)(bits << shift) >> shift;
}

static double float_at(const uint8_t *bytes, unsigned bits)
{
	double d;
	float f;

	if (bits == 32) {
		memcpy(&f, bytes, sizeof(f));
		return (double)f;
	}
	memcpy(&d, bytes, sizeof(d));
	return d;
}

static void walk_number(struct walk *w, const struct vole_value *value,
			struct vole_value_head *head)
{
	enum vole_kind kind = value->type->kind;
	struct vole_scalar s = { .bits = (unsigned)value->type->size * 8 };
	struct vole_error err;
	uint8_t bytes[16] = { 0 };
	uint64_t word;

	if (value->type->size > sizeof(bytes) || !value->type->size) {
		vole_fail(&err, VOLE_CORRUPT, VOLE_NOWHERE,
			  "a number of %" PRIu64 " bytes", value->type->size);
		broken(w, head, &err);
		return;
	}
	if (!vole_value_read(w->rt, value, 0, bytes, value->type->size, &err)) {
		broken(w, head, &err);
		return;
	}
	memcpy(&word, bytes, sizeof(word));
	s.u = word;
	if (kind == VOLE_KIND_BOOL) {
		s.kind = VOLE_SCALAR_BOOL;
	} else if (vole_kind_is_signed(kind)) {
		s.kind = VOLE_SCALAR_INT;
		s.i = extend(word, value->type->size);
	} else if (vole_kind_is_unsigned(kind)) {
		s.kind = VOLE_SCALAR_UINT;
	} else if (vole_kind_is_float(kind)) {
		s.kind = VOLE_SCALAR_FLOAT;
		s.re = float_at(bytes, s.bits);
	} else {
		s.kind = VOLE_SCALAR_COMPLEX;
		s.re = float_at(bytes, s.bits / 2);
		s.im = float_at(bytes + s.bits / 16, s.bits / 2);
	}
	head->text = w->limits->raw ?
			     NULL :
			     vole_people_number(w->arena, value->type, s.i);
	scalar(w, head, &s);
}

static void show_string(struct walk *w, struct vole_value_head *head,
			const char *text, uint64_t len, uint64_t whole)
{
	const struct vole_scalar s = { .kind = VOLE_SCALAR_STRING,
				       .text = text,
				       .text_len = len,
				       .omitted = whole - len };

	head->has_len = true;
	head->len = whole;
	scalar(w, head, &s);
}

static uint64_t string_limit(const struct walk *w, uint64_t len)
{
	uint64_t most = MAX_STRING;

	if (w->limits->count && w->limits->count < MAX_STRING / STRING_FACTOR)
		most = w->limits->count * STRING_FACTOR;
	return len < most ? len : most;
}

static bool open_slice(struct walk *w, const struct vole_value *value,
		       struct vole_slice *ret, struct vole_error *err)
{
	uint64_t words[3] = { 0 };
	size_t len = value->type->kind == VOLE_KIND_STRING ? 16 : 24;

	return vole_value_read(w->rt, value, 0, words, len, err) &&
	       vole_slice_open(w->rt, value->type, words, ret, err);
}

static void walk_string(struct walk *w, const struct vole_value *value,
			struct vole_value_head *head)
{
	struct vole_slice s;
	struct vole_error err;
	const uint8_t *lent;
	size_t have = 0;
	uint64_t len;
	char *text;

	if (value->where == VOLE_IN_TEXT) {
		len = string_limit(w, value->len);
		show_string(w, head, (const char *)value->bytes, len,
			    value->len);
		return;
	}
	if (!open_slice(w, value, &s, &err) || !vole_slice_check(&s, &err)) {
		broken(w, head, &err);
		return;
	}
	len = string_limit(w, s.len);
	lent = len ? vole_memory_borrow(w->rt->mem, s.data, &have) : NULL;
	if (!len || (lent && have >= len)) {
		show_string(w, head, lent ? (const char *)lent : "", len,
			    s.len);
		return;
	}
	/* Prove that the end can be read before room is made for it all. */
	if (!vole_memory_readable(w->rt->mem, s.data + len - 1)) {
		vole_fail(&err, VOLE_UNREADABLE, s.data + len - 1,
			  "a string of %" PRIu64
			  " bytes ends where nothing can be read",
			  s.len);
		broken(w, head, &err);
		return;
	}
	text = vole_arena_alloc(w->arena, len);
	if (!text)
		vole_fail_nomem(&err);
	if (!text || !vole_memory_read_all(w->rt->mem, s.data, text, len, &err))
		broken(w, head, &err);
	else
		show_string(w, head, text, len, s.len);
}

/* --- headers as they are (--raw) ------------------------------------------ */

struct raw_word {
	const char *name;
	bool is_address;
};

/* The words of a header as fields, in place of what they lead to. */
static void walk_words(struct walk *w, const struct vole_value *value,
		       struct vole_value_head *head,
		       const struct raw_word *words, size_t num_words)
{
	const struct vole_visitor_ops *ops = w->visitor->ops;
	struct vole_error err;
	uint64_t all[3] = { 0 };
	size_t i;

	if (!vole_value_read(w->rt, value, 0, all, num_words * 8, &err)) {
		broken(w, head, &err);
		return;
	}
	head->raw = true;
	ops->begin(w->visitor, head);
	for (i = 0; i < num_words; i++) {
		struct vole_value_head h = {
			.type = words[i].is_address ? "unsafe.Pointer" : "int",
			.kind = words[i].is_address ? "unsafe.Pointer" : "int",
			.kind_id = words[i].is_address ?
					   VOLE_KIND_UNSAFE_POINTER :
					   VOLE_KIND_INT,
		};
		struct vole_scalar s = { .kind = VOLE_SCALAR_INT,
					 .bits = 64,
					 .i = (int64_t)all[i] };

		ops->field(w->visitor, words[i].name);
		if (words[i].is_address)
			pointer(w, &h, all[i], NULL);
		else
			scalar(w, &h, &s);
	}
	ops->end(w->visitor);
}

static bool walk_raw(struct walk *w, const struct vole_value *value,
		     struct vole_value_head *head)
{
	static const struct raw_word slice[] = { { "array", true },
						 { "len", false },
						 { "cap", false } };
	static const struct raw_word string[] = { { "str", true },
						  { "len", false } };
	static const struct raw_word iface[] = { { "tab", true },
						 { "data", true } };
	static const struct raw_word eface[] = { { "_type", true },
						 { "data", true } };
	struct vole_error err;
	uint64_t word;

	switch (value->type->kind) {
	case VOLE_KIND_SLICE:
		walk_words(w, value, head, slice, 3);
		return true;
	case VOLE_KIND_STRING:
		if (value->where == VOLE_IN_TEXT)
			return false;
		walk_words(w, value, head, string, 2);
		return true;
	case VOLE_KIND_INTERFACE:
		walk_words(w, value, head,
			   value->type->is_eface ? eface : iface, 2);
		return true;
	case VOLE_KIND_MAP:
	case VOLE_KIND_CHAN:
	case VOLE_KIND_FUNC:
	case VOLE_KIND_PTR:
		if (!vole_value_word(w->rt, value, 0, &word, &err))
			broken(w, head, &err);
		else
			pointer(w, head, word, NULL);
		return true;
	default:
		return false;
	}
}

/* --- composites ----------------------------------------------------------- */

/* A C bit-field: a few bits as a number of the field's type. */
static void walk_bits(struct walk *w, const struct vole_value *value,
		      const struct vole_field *field)
{
	struct vole_value_head head = { .type = field->type->name };
	struct vole_value bits = { .where = VOLE_IN_BYTES };
	unsigned width = field->bit_size, shift = 64 - width;
	uint64_t len = (field->bit_offset + width + 7) / 8, word = 0;
	struct vole_error err;

	head.kind = vole_kind_name(VOLE_KIND_INVALID);
	if (!vole_type_load(w->rt->types, field->type, &err) ||
	    (len > sizeof(word) &&
	     !vole_fail(&err, VOLE_UNSUPPORTED, VOLE_NOWHERE,
			"a C bit-field over %" PRIu64 " bytes", len)) ||
	    !vole_value_read(w->rt, value, field->offset, &word, len, &err)) {
		broken(w, &head, &err);
		return;
	}
	word = word >> field->bit_offset << shift;
	word = vole_kind_is_signed(field->type->kind) ?
		       (uint64_t)((int64_t)word >> shift) :
		       word >> shift;
	bits.type = field->type;
	bits.bytes = (const uint8_t *)&word;
	walk(w, &bits);
}

static void walk_field(struct walk *w, const struct vole_value *value,
		       const struct vole_field *field)
{
	struct vole_value part;
	struct vole_error err;

	w->visitor->ops->field(w->visitor, field->name);
	if (field->bit_size) {
		walk_bits(w, value, field);
		return;
	}
	if (vole_value_part(w->rt, value, field->type, field->offset, &part,
			    &err)) {
		walk(w, &part);
		return;
	}
	broken(w,
	       &(struct vole_value_head){ .type = field->type->name,
					  .kind = vole_kind_name(0) },
	       &err);
}

static void walk_struct(struct walk *w, const struct vole_value *value,
			struct vole_value_head *head)
{
	const struct vole_visitor_ops *ops = w->visitor->ops;
	const struct share whole = w->share;
	const struct vole_type *type = value->type;
	size_t i;

	if (!w->limits->raw)
		head->text = vole_people_struct(w->rt, w->arena, value);
	ops->begin(w->visitor, head);
	if (!may_enter(w)) {
		omitted(w, type->num_fields, NULL);
	} else {
		w->depth++;
		for (i = 0; i < type->num_fields &&
			    go_on(w, &whole, i, type->num_fields);
		     i++)
			walk_field(w, value, &type->fields[i]);
		omitted(w, type->num_fields - i, NULL);
		w->depth--;
	}
	ops->end(w->visitor);
}

static bool is_small_scalar(const struct vole_type *type)
{
	return type && type->loaded &&
	       (vole_kind_is_number(type->kind) ||
		type->kind == VOLE_KIND_BOOL);
}

static void walk_array(struct walk *w, const struct vole_value *value,
		       struct vole_value_head *head)
{
	const struct vole_visitor_ops *ops = w->visitor->ops;
	const struct share whole = w->share;
	struct vole_type *elem = value->type->elem;
	uint64_t len = value->type->len, n, i;
	struct vole_value part;
	struct vole_error err;

	head->has_len = true;
	head->len = len;
	if (!vole_type_load(w->rt->types, elem, &err)) {
		broken(w, head, &err);
		return;
	}
	head->parts_are_scalars = is_small_scalar(elem);
	ops->begin(w->visitor, head);
	n = may_enter(w) ? shown(w, len) : 0;
	w->depth++;
	for (i = 0; i < n && go_on(w, &whole, i, n); i++) {
		if (!vole_value_part(w->rt, value, elem, i * elem->size, &part,
				     &err)) {
			omitted(w, len - i, &err);
			break;
		}
		ops->element(w->visitor);
		walk(w, &part);
	}
	w->depth--;
	omitted(w, len - i, NULL);
	ops->end(w->visitor);
}

static void walk_slice(struct walk *w, const struct vole_value *value,
		       struct vole_value_head *head)
{
	const struct vole_visitor_ops *ops = w->visitor->ops;
	const struct share whole = w->share;
	bool damaged = false;
	struct vole_slice s;
	struct vole_error err;
	uint64_t n, i, addr = 0;

	if (!open_slice(w, value, &s, &err)) {
		broken(w, head, &err);
		return;
	}
	head->has_len = head->has_cap = true;
	head->len = s.len;
	head->cap = s.cap;
	if (!vole_slice_check(&s, &err)) {
		broken(w, head, &err);
		return;
	}
	if (!s.data && !s.cap) {
		nil(w, head);
		return;
	}
	head->parts_are_scalars = is_small_scalar(s.elem);
	ops->begin(w->visitor, head);
	n = may_enter(w) ? shown(w, s.len) : 0;
	/* A length that no memory is behind: its beginning is enough. */
	if (n > DAMAGED_COUNT && s.elem_size &&
	    (!vole_at(s.data, s.len, s.elem_size, &addr) ||
	     !vole_memory_readable(w->rt->mem, addr - 1))) {
		vole_fail(&err, VOLE_UNREADABLE, addr - 1,
			  "%" PRIu64 " elements end where nothing can be read",
			  s.len);
		n = DAMAGED_COUNT;
		damaged = true;
	}
	w->depth++;
	for (i = 0; i < n && go_on(w, &whole, i, n); i++) {
		if (!vole_at(s.data, i, s.elem_size, &addr))
			break;
		/* One line for a run of elements that are not there. */
		if (s.elem_size && !vole_memory_readable(w->rt->mem, addr)) {
			vole_fail(&err, VOLE_UNREADABLE, addr,
				  "%" PRIu64 " elements cannot be read",
				  s.len - i);
			ops->omitted(w->visitor, s.len - i, &err);
			i = s.len;
			break;
		}
		ops->element(w->visitor);
		walk_at(w, s.elem, addr);
	}
	w->depth--;
	omitted(w, s.len - i, damaged && i == n ? &err : NULL);
	ops->end(w->visitor);
}

static void walk_entries(struct walk *w, const struct vole_map *map)
{
	const struct vole_visitor_ops *ops = w->visitor->ops;
	const struct share whole = w->share;
	struct vole_map_walk it;
	struct vole_map_slot slot;
	struct vole_error err = { 0 };
	bool enter = may_enter(w);
	uint64_t n = enter ? shown(w, map->count) : 0, i = 0;

	vole_map_walk_begin(map, &it);
	w->depth++;
	while (i < n && go_on(w, &whole, i, n) &&
	       vole_map_walk_next(&it, &slot, &err)) {
		ops->key(w->visitor);
		walk_at(w, map->key, slot.key);
		ops->element(w->visitor);
		walk_at(w, map->elem, slot.elem);
		i++;
	}
	w->depth--;
	/* What the walk says at its end: does the header's count hold? */
	if (enter && i == map->count && !w->stopped)
		(void)!vole_map_walk_next(&it, &slot, &err);
	vole_map_walk_end(&it);
	if (err.code != VOLE_OK)
		omitted(w, map->count - i, &err);
	else if (i < map->count)
		omitted(w, map->count - i, NULL);
}

static void walk_map(struct walk *w, const struct vole_value *value,
		     struct vole_value_head *head)
{
	struct vole_error err;
	struct vole_map map;
	uint64_t addr;

	if (!vole_value_word(w->rt, value, 0, &addr, &err)) {
		broken(w, head, &err);
		return;
	}
	head->has_value = true;
	head->value = addr;
	if (!addr) {
		nil(w, head);
		return;
	}
	if (!vole_map_open(w->rt, value->type, addr, &map, &err)) {
		broken(w, head, &err);
		return;
	}
	head->has_len = true;
	head->len = map.count;
	w->visitor->ops->begin(w->visitor, head);
	walk_entries(w, &map);
	w->visitor->ops->end(w->visitor);
}

static void walk_chan(struct walk *w, const struct vole_value *value,
		      struct vole_value_head *head)
{
	const struct vole_visitor_ops *ops = w->visitor->ops;
	const struct share whole = w->share;
	struct vole_chan chan;
	struct vole_error err;
	uint64_t addr, n, i;

	if (!vole_value_word(w->rt, value, 0, &addr, &err)) {
		broken(w, head, &err);
		return;
	}
	head->has_value = true;
	head->value = addr;
	if (!addr) {
		nil(w, head);
		return;
	}
	if (!vole_chan_open(w->rt, value->type, addr, &chan, &err)) {
		broken(w, head, &err);
		return;
	}
	head->has_len = head->has_cap = true;
	head->len = chan.len;
	head->cap = chan.cap;
	head->closed = chan.closed;
	head->parts_are_scalars = is_small_scalar(value->type->elem);
	ops->begin(w->visitor, head);
	n = may_enter(w) ? shown(w, chan.len) : 0;
	w->depth++;
	for (i = 0; i < n && go_on(w, &whole, i, n); i++) {
		if (!vole_chan_elem(&chan, i, &addr, &err)) {
			omitted(w, chan.len - i, &err);
			break;
		}
		ops->element(w->visitor);
		walk_at(w, value->type->elem, addr);
	}
	w->depth--;
	omitted(w, chan.len - i, NULL);
	ops->end(w->visitor);
}

/* Why the pointer is not followed, or NULL. */
static const char *obstacle(const struct walk *w, const struct vole_type *elem,
			    uint64_t addr)
{
	unsigned i;

	for (i = 0; i < w->num_path; i++)
		if (w->path[i].addr == addr && w->path[i].type == elem)
			return "cycle";
	return NULL;
}

static void walk_pointer(struct walk *w, const struct vole_value *value,
			 struct vole_value_head *head)
{
	const struct vole_visitor_ops *ops = w->visitor->ops;
	struct vole_type *elem = value->type->elem;
	struct vole_error err;
	const char *why;
	uint64_t addr;

	if (!vole_value_word(w->rt, value, 0, &addr, &err)) {
		broken(w, head, &err);
		return;
	}
	head->has_value = true;
	head->value = addr;
	if (!addr) {
		nil(w, head);
		return;
	}
	if (value->type->kind == VOLE_KIND_UNSAFE_POINTER || !elem ||
	    !may_enter(w) || !vole_type_load(w->rt->types, elem, &err) ||
	    elem->is_void || elem->kind == VOLE_KIND_INVALID) {
		pointer(w, head, addr, NULL);
		return;
	}
	why = obstacle(w, elem, addr);
	if (!why && elem->size && !vole_memory_readable(w->rt->mem, addr))
		why = "unreadable";
	if (why) {
		pointer(w, head, addr, why);
		return;
	}
	w->path[w->num_path].addr = addr;
	w->path[w->num_path++].type = elem;
	ops->begin(w->visitor, head);
	ops->element(w->visitor);
	w->depth++;
	walk_at(w, elem, addr);
	w->depth--;
	ops->end(w->visitor);
	w->num_path--;
}

static void walk_iface(struct walk *w, const struct vole_value *value,
		       struct vole_value_head *head)
{
	const struct vole_visitor_ops *ops = w->visitor->ops;
	struct vole_value dynamic = { .where = VOLE_IN_BYTES };
	struct vole_iface iface;
	struct vole_error err;
	uint64_t words[2];

	if (!vole_value_read(w->rt, value, 0, words, sizeof(words), &err) ||
	    !vole_iface_open(w->rt, value->type, words, value->addr, &iface,
			     &err)) {
		broken(w, head, &err);
		return;
	}
	if (iface.nil) {
		nil(w, head);
		return;
	}
	ops->begin(w->visitor, head);
	if (!may_enter(w)) {
		omitted(w, 1, NULL);
	} else {
		ops->element(w->visitor);
		w->depth++;
		if (iface.direct) {
			dynamic.type = iface.type;
			dynamic.bytes = (const uint8_t *)&words[1];
			walk(w, &dynamic);
		} else {
			walk_at(w, iface.type, iface.addr);
		}
		w->depth--;
	}
	ops->end(w->visitor);
}

static void walk_captures(struct walk *w, struct vole_value_head *head,
			  const struct vole_funcval *func,
			  const struct vole_capture *captures, size_t num)
{
	const struct vole_visitor_ops *ops = w->visitor->ops;
	const struct share whole = w->share;
	struct vole_error err;
	uint64_t addr;
	size_t i;

	head->text = func->func.name;
	ops->begin(w->visitor, head);
	w->depth++;
	for (i = 0; i < num && go_on(w, &whole, i, num); i++) {
		ops->field(w->visitor, captures[i].name);
		if (!vole_at(func->addr, 1, captures[i].offset, &addr))
			continue;
		/* By reference the closure holds where the variable lives. */
		if (captures[i].by_reference &&
		    !vole_memory_uint(w->rt->mem, addr, 8, &addr, &err)) {
			broken(w, head, &err);
			continue;
		}
		walk_at(w, captures[i].type, addr);
	}
	w->depth--;
	ops->end(w->visitor);
}

static void walk_func(struct walk *w, const struct vole_value *value,
		      struct vole_value_head *head)
{
	struct vole_scalar s = { .kind = VOLE_SCALAR_FUNC };
	const struct vole_capture *captures;
	struct vole_funcval func;
	struct vole_error err;
	uint64_t addr;
	size_t num;

	if (!vole_value_word(w->rt, value, 0, &addr, &err)) {
		broken(w, head, &err);
		return;
	}
	head->has_value = true;
	head->value = addr;
	if (!addr) {
		nil(w, head);
		return;
	}
	if (!vole_funcval_open(w->rt, addr, &func, &err)) {
		broken(w, head, &err);
		return;
	}
	if (may_enter(w) &&
	    vole_funcval_captures(w->rt, w->arena, &func, &captures, &num,
				  &err) &&
	    num) {
		walk_captures(w, head, &func, captures, num);
		return;
	}
	s.u = addr;
	s.text = func.func.name;
	s.text_len = strlen(s.text);
	scalar(w, head, &s);
}

static void walk_nothing(struct walk *w, const struct vole_value *value,
			 struct vole_value_head *head)
{
	struct vole_error err;

	(void)value;
	vole_fail(&err, VOLE_UNSUPPORTED, VOLE_NOWHERE,
		  "a type that Go does not have");
	broken(w, head, &err);
}

typedef void walker(struct walk *w, const struct vole_value *value,
		    struct vole_value_head *head);

static walker *const walkers[VOLE_NUM_KINDS] = {
	[VOLE_KIND_INVALID] = walk_nothing,
	[VOLE_KIND_ARRAY] = walk_array,
	[VOLE_KIND_CHAN] = walk_chan,
	[VOLE_KIND_FUNC] = walk_func,
	[VOLE_KIND_INTERFACE] = walk_iface,
	[VOLE_KIND_MAP] = walk_map,
	[VOLE_KIND_PTR] = walk_pointer,
	[VOLE_KIND_SLICE] = walk_slice,
	[VOLE_KIND_STRING] = walk_string,
	[VOLE_KIND_STRUCT] = walk_struct,
	[VOLE_KIND_UNSAFE_POINTER] = walk_pointer,
};

static void walk(struct walk *w, const struct vole_value *value)
{
	struct vole_value_head head = head_of(value);
	walker *fn = walkers[value->type->kind];
	const struct share whole = w->share;
	struct vole_error err;

	if (w->limits->total && !w->left) {
		vole_fail(&err, VOLE_UNSUPPORTED, VOLE_NOWHERE,
			  "more than %" PRIu64 " values; ask for a part",
			  w->limits->total);
		broken(w, &head, &err);
		w->stopped = true;
		return;
	}
	w->left -= w->left > 0;
	if (w->limits->raw && walk_raw(w, value, &head))
		return;
	if (fn)
		fn(w, value, &head);
	else
		walk_number(w, value, &head);
	w->share = whole;
}

void vole_value_walk(const struct vole_runtime *rt, struct vole_arena *arena,
		     const struct vole_value *value,
		     const struct vole_walk_limits *limits,
		     struct vole_visitor *visitor)
{
	/* Not all of it: `path` is large, and a map has a million entries. */
	struct walk w;

	w.rt = rt;
	w.arena = arena;
	w.limits = limits;
	w.visitor = visitor;
	w.left = limits->total;
	w.depth = 0;
	w.num_path = 0;
	w.stopped = false;
	w.share = (struct share){ 0, 1 };
	walk(&w, value);
}
