/* Names out of type descriptors. src/internal/abi/type.go: Name, Uncommon. */
#include "runtime/rtype_private.h"

#include "base/checked.h"
#include "base/quote.h"
#include "runtime/map.h"

#include <string.h>

enum {
	NAME_HAS_TAG = 2,
	NAME_EMBEDDED = 8,
	TFLAG_UNCOMMON = 1,
	TFLAG_EXTRA_STAR = 2,
	TFLAG_NAMED = 4,
	FUNC_VARIADIC = 0x8000,
	MAX_DEPTH = 16, /* of composed names */
	MAX_NAME = 256 << 10,
};

/* A length and as many bytes; moves @p at behind them. */
static bool read_text(const struct vole_runtime *rt, uint64_t *at,
		      struct vole_arena *arena, char **ret, uint64_t *ret_len,
		      struct vole_error *err)
{
	uint64_t from = *at, len;
	char *text;

	if (!vole_memory_uvarint(rt->mem, at, &len, err))
		return false;
	if (len > MAX_NAME)
		return vole_fail(err, VOLE_CORRUPT, from,
				 "a name of %" PRIu64 " bytes", len);
	text = vole_arena_alloc(arena, len + 1);
	if (!text)
		return vole_fail_nomem(err);
	if (!vole_memory_read_all(rt->mem, *at, text, len, err))
		return false;
	*at += len;
	*ret = text;
	*ret_len = len;
	return true;
}

bool rtype_read_name(const struct vole_runtime *rt, uint64_t addr,
		     struct vole_arena *arena, struct rtype_name *ret,
		     struct vole_error *err)
{
	uint64_t flags, len, at = addr + 1;
	char *text;

	if (!vole_memory_uint(rt->mem, addr, 1, &flags, err) ||
	    !read_text(rt, &at, arena, &text, &len, err))
		return false;
	*ret = (struct rtype_name){ .text = text,
				    .embedded = flags & NAME_EMBEDDED,
				    .tag = (flags & NAME_HAS_TAG) ? at : 0 };
	return true;
}

bool rtype_read_tag(const struct vole_runtime *rt,
		    const struct rtype_name *name, struct vole_arena *arena,
		    const char **ret, struct vole_error *err)
{
	struct vole_strbuf quoted = { 0 };
	uint64_t at = name->tag, len;
	char *text;

	*ret = "";
	if (!at)
		return true;
	if (!read_text(rt, &at, arena, &text, &len, err))
		return false;
	vole_strbuf_add_char(&quoted, ' ');
	vole_quote(&quoted, text, len);
	*ret = vole_arena_string(arena, vole_strbuf_text(&quoted));
	vole_strbuf_free(&quoted);
	return *ret ? true : vole_fail_nomem(err);
}

/* reflectOffs.m: map[int32]unsafe.Pointer, of names and types made at run time. */
static bool reflected(const struct vole_runtime *rt, int32_t offset,
		      uint64_t *ret, struct vole_error *err)
{
	struct vole_symbol symbol;
	struct vole_symbol_info info;
	const struct vole_field *field;
	struct vole_type *type;
	struct vole_map_walk walk;
	struct vole_map_slot slot;
	struct vole_map map;
	uint64_t addr, key, header;
	bool found = false;

	if (!rt->di ||
	    !rt->di->ops->find(rt->di, VOLE_SYMBOL_VAR, "runtime.reflectOffs",
			       &symbol, err) ||
	    !rt->di->ops->info(rt->di, &symbol, &info, err) ||
	    !vole_types_get(rt->types, VOLE_TYPE_DEBUGINFO, info.type_ref,
			    &type, err))
		return vole_fail(err, VOLE_NO_DEBUG_INFO, VOLE_NOWHERE,
				 "names of types made at run time are not "
				 "known without debug information");
	field = vole_type_field(type, "m");
	addr = info.addr + rt->target->bias;
	if (!field || !vole_type_load(rt->types, field->type, err) ||
	    !vole_memory_uint(rt->mem, addr + field->offset, 8, &header, err) ||
	    !vole_map_open(rt, field->type, header, &map, err))
		return false;
	vole_map_walk_begin(&map, &walk);
	while (!found && vole_map_walk_next(&walk, &slot, err))
		found = vole_memory_uint(rt->mem, slot.key, 4, &key, err) &&
			(int32_t)key == offset &&
			vole_memory_uint(rt->mem, slot.elem, 8, ret, err);
	vole_map_walk_end(&walk);
	return found ? true :
		       vole_fail(err, VOLE_CORRUPT, VOLE_NOWHERE,
				 "offset %d is of no type made at run time",
				 offset);
}

bool rtype_resolve(const struct vole_runtime *rt, uint64_t from, int32_t offset,
		   uint64_t *ret, struct vole_error *err)
{
	const struct vole_module *module = vole_module_of_type(rt, from);

	if (!module)
		return reflected(rt, offset, ret, err);
	if (offset < 0 || (uint64_t)offset >= module->etypes - module->types)
		return vole_fail(err, VOLE_CORRUPT, from,
				 "type data at offset %d lies outside its "
				 "module",
				 offset);
	*ret = module->types + (uint64_t)offset;
	return true;
}

uint64_t rtype_tail_size(const struct vole_runtime *rt, enum vole_kind kind)
{
	switch (kind) {
	case VOLE_KIND_ARRAY:
		return 72;
	case VOLE_KIND_CHAN:
		return 64;
	case VOLE_KIND_FUNC:
	case VOLE_KIND_PTR:
	case VOLE_KIND_SLICE:
		return 56;
	case VOLE_KIND_INTERFACE:
	case VOLE_KIND_STRUCT:
		return 80;
	case VOLE_KIND_MAP:
		return rt->map == &vole_map_swiss ?
			       rt->layout.size[VOLE_STRUCT_SWISS_MAPTYPE] :
			       rt->layout.size[VOLE_STRUCT_CLASSIC_MAPTYPE];
	default:
		return RTYPE_TAIL;
	}
}

static bool pkg_path(const struct vole_runtime *rt,
		     const struct vole_rtype *type, struct vole_arena *arena,
		     const char **ret, struct vole_error *err)
{
	uint64_t at = type->addr + rtype_tail_size(rt, type->kind);
	struct rtype_name name;
	uint64_t offset, addr;

	*ret = "";
	if (!(type->tflag & TFLAG_UNCOMMON))
		return true;
	if (!vole_memory_uint(rt->mem, at, 4, &offset, err))
		return false;
	if (!offset)
		return true;
	if (!rtype_resolve(rt, type->addr, (int32_t)offset, &addr, err) ||
	    !rtype_read_name(rt, addr, arena, &name, err))
		return false;
	*ret = name.text;
	return true;
}

bool rtype_short_name(const struct vole_runtime *rt,
		      const struct vole_rtype *type, struct vole_arena *arena,
		      const char **ret, struct vole_error *err)
{
	struct vole_view v = vole_runtime_view(rt, type->addr, err);
	int32_t offset = (int32_t)vole_get(&v, VOLE_TYPE_STR);
	struct rtype_name name;
	uint64_t addr;

	if (!v.ok || !rtype_resolve(rt, type->addr, offset, &addr, err) ||
	    !rtype_read_name(rt, addr, arena, &name, err))
		return false;
	*ret = name.text +
	       ((type->tflag & TFLAG_EXTRA_STAR) && name.text[0] == '*');
	return true;
}

static bool named_name(const struct vole_runtime *rt,
		       const struct vole_rtype *type, struct vole_arena *arena,
		       const char **ret, struct vole_error *err)
{
	const char *text, *path, *at, *bracket;

	if (!rtype_short_name(rt, type, arena, &text, err) ||
	    !pkg_path(rt, type, arena, &path, err))
		return false;
	*ret = text;
	if (!*path)
		return true;
	/* The last dot before type arguments parts package and name. */
	bracket = strchr(text, '[');
	at = bracket ? bracket : text + strlen(text);
	while (at > text && at[-1] != '.')
		at--;
	*ret = vole_arena_printf(arena, "%s.%s", path, at);
	return *ret ? true : vole_fail_nomem(err);
}

/* A name that is put together of others. */
struct naming {
	const struct vole_runtime *rt;
	struct vole_arena *arena; /* for the parts */
	struct vole_strbuf text;
	unsigned depth;
};

static bool add_name(struct naming *n, uint64_t addr, struct vole_error *err);

/* The name of the type whose descriptor the word at @p at points to. */
static bool add_child(struct naming *n, uint64_t at, struct vole_error *err)
{
	uint64_t child;
	bool ok;

	n->depth++;
	ok = vole_memory_uint(n->rt->mem, at, 8, &child, err) &&
	     add_name(n, child, err);
	n->depth--;
	return ok;
}

/* The last argument, a slice, of a variadic function. */
static bool add_rest(struct naming *n, uint64_t at, struct vole_error *err)
{
	struct vole_rtype type;
	uint64_t addr;

	if (!vole_memory_uint(n->rt->mem, at, 8, &addr, err) ||
	    !vole_rtype_read(n->rt, addr, &type, err))
		return false;
	if (type.kind != VOLE_KIND_SLICE || (type.tflag & TFLAG_NAMED))
		return add_child(n, at, err);
	vole_strbuf_add(&n->text, "...");
	return add_child(n, addr + RTYPE_TAIL, err);
}

static bool add_func(struct naming *n, const struct vole_rtype *type,
		     struct vole_error *err)
{
	uint64_t in, out, at, i;
	bool variadic, ok = true;

	if (!vole_memory_uint(n->rt->mem, type->addr + 48, 2, &in, err) ||
	    !vole_memory_uint(n->rt->mem, type->addr + 50, 2, &out, err))
		return false;
	variadic = out & FUNC_VARIADIC;
	out &= FUNC_VARIADIC - 1;
	at = type->addr + 56 + (type->tflag & TFLAG_UNCOMMON ? 16 : 0);
	vole_strbuf_add(&n->text, "func(");
	for (i = 0; ok && i < in; i++) {
		vole_strbuf_add(&n->text, i ? ", " : "");
		ok = variadic && i + 1 == in ? add_rest(n, at + i * 8, err) :
					       add_child(n, at + i * 8, err);
	}
	vole_strbuf_add(&n->text, !out ? ")" : out > 1 ? ") (" : ") ");
	for (i = 0; ok && i < out; i++) {
		vole_strbuf_add(&n->text, i ? ", " : "");
		ok = add_child(n, at + (in + i) * 8, err);
	}
	vole_strbuf_add(&n->text, out > 1 ? ")" : "");
	return ok;
}

static bool add_struct(struct naming *n, const struct vole_rtype *type,
		       struct vole_error *err)
{
	struct rtype_field field;
	uint64_t num, i;
	bool ok = true;

	if (!rtype_num_fields(n->rt, type->addr, &num, err))
		return false;
	vole_strbuf_add(&n->text, "struct {");
	for (i = 0; ok && i < num; i++) {
		if (!rtype_field_at(n->rt, type->addr, i, n->arena, &field,
				    err))
			return false;
		vole_strbuf_add(&n->text, i ? "; " : " ");
		if (!field.embedded)
			vole_strbuf_printf(&n->text, "%s ", field.name);
		n->depth++;
		ok = add_name(n, field.type, err);
		n->depth--;
		vole_strbuf_add(&n->text, field.tag);
	}
	vole_strbuf_add(&n->text, num ? " }" : "}");
	return ok;
}

static bool add_map(struct naming *n, const struct vole_rtype *type,
		    struct vole_error *err)
{
	vole_strbuf_add(&n->text, "map[");
	if (!add_child(n, type->addr + 48, err))
		return false;
	vole_strbuf_add_char(&n->text, ']');
	return add_child(n, type->addr + 56, err);
}

/* What stands before the one type that a name is made of. */
static bool add_prefix(struct naming *n, const struct vole_rtype *type,
		       struct vole_error *err)
{
	static const char *const dirs[] = { "chan ", "<-chan ", "chan<- ",
					    "chan " };
	uint64_t word;

	switch (type->kind) {
	case VOLE_KIND_ARRAY:
		if (!vole_memory_uint(n->rt->mem, type->addr + 64, 8, &word,
				      err))
			return false;
		vole_strbuf_printf(&n->text, "[%" PRIu64 "]", word);
		return true;
	case VOLE_KIND_CHAN:
		if (!vole_memory_uint(n->rt->mem, type->addr + 56, 8, &word,
				      err))
			return false;
		vole_strbuf_add(&n->text, dirs[word & 3]);
		return true;
	default:
		vole_strbuf_add(&n->text,
				type->kind == VOLE_KIND_PTR ? "*" : "[]");
		return true;
	}
}

static bool add_composed(struct naming *n, const struct vole_rtype *type,
			 struct vole_error *err)
{
	const char *text;

	switch (type->kind) {
	case VOLE_KIND_FUNC:
		return add_func(n, type, err);
	case VOLE_KIND_STRUCT:
		return add_struct(n, type, err);
	case VOLE_KIND_MAP:
		return add_map(n, type, err);
	case VOLE_KIND_ARRAY:
	case VOLE_KIND_CHAN:
	case VOLE_KIND_PTR:
	case VOLE_KIND_SLICE:
		return add_prefix(n, type, err) &&
		       add_child(n, type->addr + RTYPE_TAIL, err);
	default:
		if (!rtype_short_name(n->rt, type, n->arena, &text, err))
			return false;
		vole_strbuf_add(&n->text, text);
		return true;
	}
}

static bool add_name(struct naming *n, uint64_t addr, struct vole_error *err)
{
	struct vole_rtype type;
	const char *text;

	if (!vole_rtype_read(n->rt, addr, &type, err))
		return false;
	if (n->text.len > MAX_NAME)
		return vole_fail(err, VOLE_CORRUPT, addr,
				 "a type whose name is over %d bytes long",
				 MAX_NAME);
	if (!(type.tflag & TFLAG_NAMED) && n->depth <= MAX_DEPTH)
		return add_composed(n, &type, err);
	if (!(type.tflag & TFLAG_NAMED ?
		      named_name(n->rt, &type, n->arena, &text, err) :
		      rtype_short_name(n->rt, &type, n->arena, &text, err)))
		return false;
	vole_strbuf_add(&n->text, text);
	return true;
}

bool vole_rtype_name(const struct vole_runtime *rt, uint64_t addr,
		     struct vole_arena *arena, const char **ret,
		     struct vole_error *err)
{
	struct naming n = { .rt = rt, .arena = arena };
	bool ok = add_name(&n, addr, err);

	if (ok) {
		*ret = n.text.failed ?
			       NULL :
			       vole_arena_string(arena,
						 vole_strbuf_text(&n.text));
		ok = *ret || vole_fail_nomem(err);
	}
	vole_strbuf_free(&n.text);
	return ok;
}
