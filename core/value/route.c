#include "value/route.h"

#include "base/checked.h"
#include "runtime/iface.h"
#include "value/part.h"

enum { WORD = 8, MAX_TEXT = 1024 };

/* What a pointer leads to, and whether the text is still that pointer. */
struct target {
	struct vole_type *type;
	uint64_t base;
	bool is_pointer;
};

static bool load(struct vole_route *r, struct vole_type *type)
{
	struct vole_error unused;

	return type && vole_type_load(r->rt->types, type, &unused);
}

/* "(*text)": selectors and indexes look through a pointer, nothing else does. */
static void look_through(struct vole_strbuf *text)
{
	struct vole_strbuf inner = *text;

	*text = (struct vole_strbuf){ 0 };
	vole_strbuf_printf(text, "(*%s)", vole_strbuf_text(&inner));
	vole_strbuf_free(&inner);
}

/* "text[:cap(text)]": elements behind its length can be had by that. */
static void reslice(struct vole_strbuf *text)
{
	struct vole_strbuf inner = *text;
	const char *whole = vole_strbuf_text(&inner);

	*text = (struct vole_strbuf){ 0 };
	vole_strbuf_printf(text, "%s[:cap(%s)]", whole, whole);
	vole_strbuf_free(&inner);
}

/* Down to the word at @p addr: a pointer, or the first of a header. */
static bool go_to_word(struct vole_route *r, const struct target *to,
		       uint64_t addr)
{
	struct vole_type *type = to->type;
	uint64_t offset = addr - to->base;
	struct vole_error unused;
	bool whole = type->kind != VOLE_KIND_STRUCT &&
		     type->kind != VOLE_KIND_ARRAY;

	if (addr < to->base || offset >= type->size)
		return false;
	if (to->is_pointer && whole)
		look_through(&r->text);
	r->in = NULL;
	if (!vole_part_leaf_in(r->rt, &type, &offset, &r->text, &r->in) ||
	    !vole_value_at(r->rt, type, addr - offset, &r->value, &unused))
		return false;
	r->offset = offset;
	return offset == (type->kind == VOLE_KIND_INTERFACE ? WORD : 0) &&
	       r->text.len <= MAX_TEXT && !r->text.failed;
}

/* Through a slice whose data begins at @p data, to the element at @p addr. */
static bool through_slice(struct vole_route *r, uint64_t data, uint64_t addr,
			  struct target *ret)
{
	struct vole_type *elem = r->value.type->elem;
	struct vole_error unused;
	uint64_t len, cap, index;

	if (!vole_value_word(r->rt, &r->value, WORD, &len, &unused) ||
	    !load(r, elem) || !elem->size || addr < data)
		return false;
	index = (addr - data) / elem->size;
	/* Where the cap is not known there is nothing to reslice to. */
	if (!vole_value_word(r->rt, &r->value, 2 * WORD, &cap, &unused))
		cap = len;
	if (index >= cap)
		return false;
	if (index >= len)
		reslice(&r->text);
	vole_strbuf_printf(&r->text, "[%" PRIu64 "]", index);
	*ret = (struct target){ .type = elem };
	return vole_at(data, index, elem->size, &ret->base);
}

/* Through an interface to what its data word @p data leads to. */
static bool through_interface(struct vole_route *r, uint64_t data,
			      struct target *ret)
{
	struct vole_iface iface;
	struct vole_error unused;
	uint64_t words[2];

	if (!vole_value_read(r->rt, &r->value, 0, words, sizeof(words),
			     &unused) ||
	    !vole_iface_open(r->rt, r->value.type, words, r->value.addr, &iface,
			     &unused) ||
	    iface.nil)
		return false;
	vole_strbuf_printf(&r->text, ".(%s)", iface.type->name);
	*ret = (struct target){ .type = iface.type, .base = data };
	if (!iface.direct)
		return load(r, iface.type);
	ret->type = iface.type->elem;
	ret->is_pointer = true;
	return iface.type->kind == VOLE_KIND_PTR && load(r, ret->type);
}

bool vole_route_begin(struct vole_route *r, const struct vole_runtime *rt,
		      const char *name, struct vole_type *type, uint64_t base,
		      uint64_t addr)
{
	const struct target to = { .type = type, .base = base };

	*r = (struct vole_route){ .rt = rt };
	vole_strbuf_add(&r->text, name);
	return go_to_word(r, &to, addr);
}

bool vole_route_begin_at(struct vole_route *r, const struct vole_runtime *rt,
			 const char *text, const struct vole_value *value,
			 uint64_t offset, const struct vole_type *in)
{
	*r = (struct vole_route){
		.rt = rt, .value = *value, .offset = offset, .in = in
	};
	vole_strbuf_add(&r->text, text);
	return offset == (value->type->kind == VOLE_KIND_INTERFACE ? WORD : 0);
}

bool vole_route_follow(struct vole_route *r, uint64_t to, uint64_t addr)
{
	struct target target = { .type = r->value.type->elem,
				 .base = to,
				 .is_pointer = true };

	switch (r->value.type->kind) {
	case VOLE_KIND_PTR:
		return load(r, target.type) && go_to_word(r, &target, addr);
	case VOLE_KIND_SLICE:
		return through_slice(r, to, addr, &target) &&
		       go_to_word(r, &target, addr);
	case VOLE_KIND_INTERFACE:
		return through_interface(r, to, &target) &&
		       go_to_word(r, &target, addr);
	default:
		return false;
	}
}
