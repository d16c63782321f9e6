#include "command/map_iterator.h"

#include "base/strbuf.h"
#include "command/region.h"
#include "runtime/rtype.h"

static const struct vole_column columns[] = {
	{ "goroutine", NULL, true }, { "function", NULL, false },
	{ "line", NULL, true },	     { "address", "iterator", false },
	{ "key", "at key", false },  { "entries_left", "left", true },
	{ "state", NULL, false },
};

/* What became of the memory that a loop goes through. */
struct memory {
	struct vole_region region;
	bool reused; /* an object is there, but not what the map had */
	bool sure; /* it is what the map has, or had */
	char text[160];
};

void vole_map_iterators_begin(struct vole_context *ctx)
{
	vole_sink_table(ctx->sink, "iterators", columns, 7);
}

static void put_place(struct vole_sink *sink,
		      const struct vole_iterator_place *place)
{
	const struct vole_call *call = place->call;

	if (place->g)
		vole_sink_number(sink, "goroutine", (int64_t)place->g->id);
	if (call) {
		vole_sink_text(sink, "function", VOLE_STYLE_NAME, call->name);
		vole_sink_text(sink, "file", VOLE_STYLE_HIDDEN, call->file);
		vole_sink_number(sink, "line", call->line);
	}
	if (!place->ref)
		return;
	vole_sink_text(sink, "where", VOLE_STYLE_HIDDEN, place->owner->where);
	vole_sink_cell(sink, "function", VOLE_STYLE_PLAIN, place->owner->where);
}

/*
 * Another object may have come where one was freed. One of the same size, as
 * another map of that type has, cannot be told from it.
 */
static bool is_reused(const struct vole_map *map,
		      const struct vole_map_iter *iter,
		      const struct vole_region *region)
{
	const struct vole_object *object = &region->object;
	struct vole_error ignored;
	struct vole_rtype type;

	if (region->kind != VOLE_REGION_HEAP ||
	    region->live != VOLE_LIVE_ALLOCATED)
		return false;
	return object->offset || object->size < iter->array_size ||
	       (object->type &&
		vole_rtype_read(map->rt, object->type, &type, &ignored) &&
		type.size != map->shape.unit_size);
}

static void look_at_memory(struct vole_context *ctx, const struct vole_map *map,
			   const struct vole_map_iter *iter, bool held,
			   struct memory *ret)
{
	vole_region_at(ctx->rt, ctx->sink->ui, iter->array, &ret->region);
	vole_region_words(&ret->region, ret->text, sizeof(ret->text));
	ret->reused = is_reused(map, iter, &ret->region);
	ret->sure = iter->walks != VOLE_MAP_WALKS_FORMER || held;
}

static void put_memory_json(struct vole_sink *sink,
			    const struct vole_map_iter *iter,
			    const struct memory *memory)
{
	vole_sink_text(sink, "walks", VOLE_STYLE_HIDDEN,
		       vole_map_iter_walks_name(iter->walks));
	vole_sink_object_json(sink, "walked");
	vole_sink_address_json(sink, "address", iter->array);
	vole_sink_number_json(sink, "size", (int64_t)iter->array_size);
	vole_put_region(sink, &memory->region);
	if (memory->reused || iter->walks != VOLE_MAP_WALKS_FORMER)
		vole_sink_flag_json(sink, "reused", memory->reused);
	vole_sink_text(sink, "text", VOLE_STYLE_HIDDEN, memory->text);
	vole_sink_end(sink);
}

/* What there was is still there: it can be counted. */
static bool is_intact(const struct memory *memory)
{
	return memory->sure && !memory->reused &&
	       !vole_region_is_freed(&memory->region);
}

static void put_left(struct vole_sink *sink, const struct vole_map *map,
		     const struct vole_map_iter *iter,
		     const struct memory *memory)
{
	if (map->ops == &vole_map_classic)
		vole_sink_number_json(sink, "buckets_left",
				      (int64_t)iter->units_left);
	else if (iter->entries_known)
		vole_sink_number_json(sink, "tables_left",
				      (int64_t)iter->units_left);
	if (!iter->entries_known || !is_intact(memory))
		return;
	vole_sink_number_json(sink, "entries_left",
			      (int64_t)iter->entries_left);
	vole_sink_flag_json(sink, "entries_limit", iter->entries_limit);
	vole_sink_cell_printf(sink, "entries_left", VOLE_STYLE_PLAIN,
			      "%s%" PRIu64, iter->entries_limit ? "<= " : "",
			      iter->entries_left);
}

static void say_grown(struct vole_strbuf *text, const struct vole_map *map,
		      const struct vole_map_iter *iter)
{
	if (map->ops != &vole_map_classic)
		vole_strbuf_add(text, "the map has grown since it began");
	else if (!iter->doublings)
		vole_strbuf_add(text, "the map was copied at the same size "
				      "since it began");
	else if (iter->doublings == 1)
		vole_strbuf_add(text, "the map has doubled since it began");
	else
		vole_strbuf_printf(text,
				   "the map has doubled %u times since it "
				   "began",
				   iter->doublings);
}

static const char *say_whose(const struct memory *memory)
{
	if (memory->reused)
		return "now of another, ";
	if (memory->sure || vole_region_is_freed(&memory->region))
		return "";
	return "maybe of another by now, ";
}

static void say_walks(struct vole_strbuf *text, const struct vole_map *map,
		      const struct vole_map_iter *iter,
		      const struct memory *memory)
{
	bool old = iter->walks == VOLE_MAP_WALKS_OLD;

	vole_strbuf_printf(text,
			   "%sit goes through %" PRIu64 " %s at 0x%" PRIx64
			   " that the map %s: %s%s",
			   text->len ? "; " : "",
			   iter->array_size / map->shape.unit_size,
			   map->ops == &vole_map_classic ? "buckets" : "groups",
			   iter->array, old ? "grows out of" : "had before",
			   say_whose(memory), memory->text);
}

static void put_state(struct vole_sink *sink, const struct vole_map *map,
		      const struct vole_map_iter *iter,
		      const struct memory *memory)
{
	struct vole_strbuf text = { 0 };

	if (iter->cleared)
		vole_strbuf_add(&text, "the map was cleared since it began");
	if (iter->grown && text.len)
		vole_strbuf_add(&text, "; ");
	if (iter->grown)
		say_grown(&text, map, iter);
	if (iter->gone)
		vole_strbuf_printf(&text, "%sits entry is no longer there",
				   text.len ? "; " : "");
	if (iter->walks != VOLE_MAP_WALKS_CURRENT)
		say_walks(&text, map, iter, memory);
	vole_sink_text(sink, "state", VOLE_STYLE_PLAIN,
		       text.len ? vole_strbuf_text(&text) : NULL);
	vole_strbuf_free(&text);
}

void vole_map_iterator_put(struct vole_context *ctx, const struct vole_map *map,
			   const struct vole_map_iter *iter,
			   const struct vole_iterator_place *place)
{
	bool classic = map->ops == &vole_map_classic;
	struct vole_sink *sink = ctx->sink;
	struct vole_error ignored;
	struct memory memory;
	struct vole_value key;

	look_at_memory(ctx, map, iter, place->held, &memory);
	vole_sink_row(sink);
	put_place(sink, place);
	vole_sink_address(sink, "address", iter->addr);
	if (vole_value_at(ctx->rt, map->key, iter->key, &key, &ignored))
		vole_sink_text(sink, "key", VOLE_STYLE_PLAIN,
			       vole_context_text(ctx, &key));
	vole_sink_address_json(sink, classic ? "bucket" : "group", iter->unit);
	if (iter->slot_known)
		vole_sink_number_json(sink, "slot", iter->index);
	put_left(sink, map, iter, &memory);
	if (iter->grown_known)
		vole_sink_flag_json(sink, "grown", iter->grown);
	if (classic)
		vole_sink_number_json(sink, "doublings", iter->doublings);
	if (iter->cleared_known)
		vole_sink_flag_json(sink, "cleared", iter->cleared);
	vole_sink_flag_json(sink, "gone_known", iter->gone_known);
	if (iter->gone_known)
		vole_sink_flag_json(sink, "gone", iter->gone);
	put_memory_json(sink, iter, &memory);
	put_state(sink, map, iter, &memory);
	vole_sink_end(sink);
}
