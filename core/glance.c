/**
 * Values for a debugger's own pretty printers: a short text, and parts to go
 * into.
 */
#include "render/literal.h"
#include "render/sink.h"
#include "runtime/chan.h"
#include "runtime/iface.h"
#include "runtime/map.h"
#include "runtime/slice.h"
#include "session.h"
#include "value/walk.h"
#include "vole.h"

#include <string.h>

enum {
	WORD = 8,
	ONE_LINE = 1 << 24,
	KEY_DEPTH = 2,
	KEY_LIMIT = 8,
	KEY_TOTAL = 32,
	ARENA_CAP = 16 << 20,
};

static bool fits(const struct vole_type *type, const struct vole_header *header)
{
	switch (type->kind) {
	case VOLE_KIND_STRING:
	case VOLE_KIND_SLICE:
	case VOLE_KIND_MAP:
	case VOLE_KIND_CHAN:
	case VOLE_KIND_FUNC:
	case VOLE_KIND_INTERFACE:
		return !type->is_c && (type->size == header->num_words * WORD ||
				       !header->num_words);
	default:
		return false;
	}
}

static bool find(struct vole_session *s, const struct vole_header *header,
		 struct vole_value *ret, struct vole_error *err)
{
	struct vole_type *type;

	if (!vole_session_again(s, err) ||
	    !vole_types_find(s->rt->types, header->type, &type, err))
		return false;
	if (!fits(type, header))
		return vole_fail(err, VOLE_NOT_FOUND, VOLE_NOWHERE,
				 "%.80s has no such header", header->type);
	*ret = (struct vole_value){
		.type = type,
		.where = VOLE_IN_BYTES,
		.bytes = (const uint8_t *)header->words,
	};
	return true;
}

bool vole_session_knows(struct vole_session *s,
			const struct vole_header *header)
{
	struct vole_error unused;
	struct vole_value value;

	return find(s, header, &value, &unused);
}

static void show(const struct vole_runtime *rt, struct vole_sink *sink,
		 const struct vole_value *value,
		 const struct vole_walk_limits *limits,
		 enum vole_literal_place known)
{
	struct vole_literal literal = { 0 };
	struct vole_arena arena;

	vole_arena_init(&arena, ARENA_CAP);
	vole_literal_init(&literal, sink);
	literal.pretty.width = ONE_LINE;
	vole_literal_begin(&literal, 0, 0, known);
	vole_value_walk(rt, &arena, value, limits, &literal.visitor);
	vole_literal_end(&literal);
	vole_literal_free(&literal);
	vole_arena_clear(&arena);
}

bool vole_session_show(struct vole_session *s, struct vole_ui *ui,
		       const struct vole_header *header,
		       const struct vole_extent *extent, struct vole_error *err)
{
	const struct vole_walk_limits limits = { .depth = extent->depth,
						 .count = extent->limit,
						 .total = extent->total };
	struct vole_sink *sink;
	struct vole_value value;
	bool ok;

	if (!find(s, header, &value, err))
		return false;
	sink = vole_sink_text_open(ui, "print");
	if (!sink)
		return vole_fail_nomem(err);
	if (header->num_words)
		show(s->rt, sink, &value, &limits, VOLE_PLACE_FREE);
	else
		vole_strbuf_printf(&sink->out,
				   "%s(<unreadable: the debugger does not tell "
				   "what is in its register>)",
				   header->type);
	ok = !sink->out.failed;
	if (ok)
		vole_sink_flush(sink, 1);
	vole_sink_close(sink);
	return ok || vole_fail_nomem(err);
}

/* --- parts ----------------------------------------------------------------- */

struct parts {
	const struct vole_runtime *rt;
	const struct vole_header *header;
	uint64_t limit;
	bool (*each)(void *arg, const struct vole_part *part);
	void *arg;
	struct vole_sink *sink; /* names are written to its buffer */
};

static bool give(struct parts *p, const struct vole_type *type, uint64_t addr)
{
	const struct vole_part part = { .name = vole_strbuf_text(&p->sink->out),
					.addr = addr,
					.size = type->size,
					.type = type->name };
	bool more = p->each(p->arg, &part);

	vole_strbuf_clear(&p->sink->out);
	return more;
}

static bool give_index(struct parts *p, const struct vole_type *type,
		       uint64_t index, uint64_t addr)
{
	vole_strbuf_printf(&p->sink->out, "[%" PRIu64 "]", index);
	return give(p, type, addr);
}

static void name_by_key(struct parts *p, const struct vole_map *map,
			uint64_t addr)
{
	static const struct vole_walk_limits limits = { .depth = KEY_DEPTH,
							.count = KEY_LIMIT,
							.total = KEY_TOTAL };
	struct vole_value key;
	struct vole_error err;

	vole_strbuf_add(&p->sink->out, "[");
	if (vole_value_at(p->rt, map->key, addr, &key, &err))
		show(p->rt, p->sink, &key, &limits, VOLE_PLACE_ELEMENT);
	else
		vole_strbuf_add(&p->sink->out, err.text);
	vole_strbuf_add(&p->sink->out, "]");
}

static bool map_parts(struct parts *p, const struct vole_type *type,
		      struct vole_error *err)
{
	struct vole_map_slot slot;
	struct vole_map_walk walk;
	struct vole_map map;
	uint64_t i;
	bool more = true;

	if (!vole_map_open(p->rt, type, p->header->words[0], &map, err))
		return false;
	vole_map_walk_begin(&map, &walk);
	for (i = 0; more && i < p->limit; i++) {
		more = vole_map_walk_next(&walk, &slot, err);
		if (!more)
			break;
		name_by_key(p, &map, slot.key);
		more = give(p, map.elem, slot.elem);
	}
	vole_map_walk_end(&walk);
	return true;
}

static bool slice_parts(struct parts *p, const struct vole_type *type,
			struct vole_error *err)
{
	struct vole_slice slice;
	uint64_t i;

	if (!vole_slice_open(p->rt, type, p->header->words, &slice, err) ||
	    !vole_slice_check(&slice, err))
		return false;
	for (i = 0; i < slice.len && i < p->limit; i++)
		if (!give_index(p, slice.elem, i,
				slice.data + i * slice.elem_size))
			break;
	return true;
}

static bool chan_parts(struct parts *p, const struct vole_type *type,
		       struct vole_error *err)
{
	struct vole_chan chan;
	uint64_t i, addr;

	if (!vole_type_load(p->rt->types, type->elem, err) ||
	    !vole_chan_open(p->rt, type, p->header->words[0], &chan, err))
		return false;
	for (i = 0; i < chan.len && i < p->limit; i++)
		if (!vole_chan_elem(&chan, i, &addr, err) ||
		    !give_index(p, type->elem, i, addr))
			break;
	return true;
}

static bool iface_part(struct parts *p, const struct vole_type *type,
		       struct vole_error *err)
{
	struct vole_iface iface;
	struct vole_part part;

	if (!vole_iface_open(p->rt, type, p->header->words, 0, &iface, err))
		return false;
	if (iface.nil)
		return true;
	part = (struct vole_part){
		.name = iface.type->name,
		.addr = iface.direct ? p->header->words[1] : iface.addr,
		.size = iface.type->size,
		.type = iface.type->name,
		.direct = iface.direct,
	};
	p->each(p->arg, &part);
	return true;
}

bool vole_session_parts(struct vole_session *s,
			const struct vole_header *header, uint64_t limit,
			bool (*each)(void *arg, const struct vole_part *part),
			void *arg, struct vole_error *err)
{
	struct vole_ui ui = vole_ui_quiet();
	struct parts p = {
		.header = header, .limit = limit, .each = each, .arg = arg
	};
	struct vole_value value;
	bool ok = true;

	if (!header->num_words)
		return true;
	if (!find(s, header, &value, err))
		return false;
	p.rt = s->rt;
	p.sink = vole_sink_text_open(&ui, "print");
	if (!p.sink)
		return vole_fail_nomem(err);
	if (value.type->kind == VOLE_KIND_MAP)
		ok = map_parts(&p, value.type, err);
	else if (value.type->kind == VOLE_KIND_SLICE)
		ok = slice_parts(&p, value.type, err);
	else if (value.type->kind == VOLE_KIND_CHAN)
		ok = chan_parts(&p, value.type, err);
	else if (value.type->kind == VOLE_KIND_INTERFACE)
		ok = iface_part(&p, value.type, err);
	vole_sink_close(p.sink);
	return ok;
}
