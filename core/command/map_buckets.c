#include "command/map_show.h"
#include "command/map_stats.h"

#include <stdio.h>

/* Lists the units of a map, after its statistics. */
struct listing {
	struct vole_map_visitor visitor; /* first: cast back */
	struct vole_context *ctx;
	const struct vole_map *map;
	uint64_t limit, shown, all;
	bool in_row; /* a table's row is open */
};

static struct listing *listing_of(struct vole_map_visitor *visitor)
{
	return (struct listing *)visitor;
}

/*
 * Control bytes for people: entries in hex, marks as signs that the legend
 * explains.
 */
static const char *signs(const struct listing *l,
			 const struct vole_map_unit *unit, char text[32])
{
	bool classic = l->map->ops == &vole_map_classic;
	static const char *const moved[] = { "<<", ">>", "xx" };
	size_t len = 0;
	unsigned i;

	for (i = 0; i < VOLE_MAP_SLOTS; i++) {
		uint8_t control = unit->control[i];
		const char *sign = "..";
		char hex[4];

		snprintf(hex, sizeof(hex), "%02x", control);
		if (unit->state[i] == VOLE_MAP_OTHER)
			sign = hex;
		else if (unit->state[i] == VOLE_MAP_DELETED)
			sign = "xx";
		else if (unit->state[i] == VOLE_MAP_MOVED)
			sign = moved[(control - 2) % 3];
		else if (classic && unit->state[i] == VOLE_MAP_EMPTY_REST)
			sign = "--";
		len += (size_t)snprintf(text + len, 32 - len, "%s%s",
					i ? " " : "", sign);
	}
	return text;
}

static void put_control_json(struct listing *l,
			     const struct vole_map_unit *unit)
{
	unsigned i;

	vole_sink_list_json(l->ctx->sink, "control");
	for (i = 0; i < VOLE_MAP_SLOTS; i++)
		vole_sink_number_json(l->ctx->sink, NULL, unit->control[i]);
	vole_sink_end(l->ctx->sink);
}

static void put_bucket(struct listing *l, const struct vole_map_unit *unit)
{
	bool moved = unit->old && !unit->depth &&
		     unit->state[0] == VOLE_MAP_MOVED;
	struct vole_sink *sink = l->ctx->sink;
	char text[32];

	vole_sink_row(sink);
	vole_sink_text(sink, "array", VOLE_STYLE_PLAIN,
		       unit->old ? "old" : "new");
	vole_sink_number(sink, "bucket", (int64_t)unit->number);
	vole_sink_number(sink, "depth", unit->depth);
	vole_sink_address(sink, "address", unit->addr);
	vole_sink_number(sink, "entries", unit->used);
	vole_sink_text(sink, "slots", VOLE_STYLE_PLAIN, signs(l, unit, text));
	put_control_json(l, unit);
	if (unit->overflow)
		vole_sink_address(sink, "overflow", unit->overflow);
	if (moved)
		vole_sink_text(sink, "state", VOLE_STYLE_FAINT, "moved");
	vole_sink_end(sink);
}

static void put_group(struct listing *l, const struct vole_map_unit *unit)
{
	struct vole_sink *sink = l->ctx->sink;
	char text[32];

	vole_sink_row(sink);
	vole_sink_number(sink, "group", (int64_t)unit->number);
	vole_sink_address(sink, "address", unit->addr);
	vole_sink_number(sink, "entries", unit->used);
	vole_sink_text(sink, "slots", VOLE_STYLE_PLAIN, signs(l, unit, text));
	put_control_json(l, unit);
	vole_sink_end(sink);
}

static bool full(struct listing *l)
{
	return (l->limit && l->shown >= l->limit) ||
	       vole_sink_stopped(l->ctx->sink);
}

static bool on_unit(struct vole_map_visitor *visitor,
		    const struct vole_map_unit *unit)
{
	struct listing *l = listing_of(visitor);

	if (full(l))
		return false;
	l->shown++;
	vole_sink_progress(l->ctx->sink, l->shown, l->all);
	if (l->map->ops == &vole_map_classic)
		put_bucket(l, unit);
	else
		put_group(l, unit);
	return true;
}

static bool on_broken(struct vole_map_visitor *visitor,
		      const struct vole_error *err)
{
	vole_sink_warn(listing_of(visitor)->ctx->sink, "%s", err->text);
	return true;
}

static const struct vole_column bucket_columns[] = {
	{ "array", NULL, false },    { "bucket", NULL, true },
	{ "depth", NULL, true },     { "address", NULL, false },
	{ "entries", NULL, true },   { "slots", "top hashes", false },
	{ "overflow", NULL, false }, { "state", NULL, false },
};
static const struct vole_column group_columns[] = {
	{ "group", NULL, true },
	{ "address", NULL, false },
	{ "entries", NULL, true },
	{ "slots", "control bytes", false },
};

static void begin_groups(struct listing *l)
{
	vole_sink_table(l->ctx->sink, "groups", group_columns, 4);
}

static bool on_table(struct vole_map_visitor *visitor,
		     const struct vole_map_table *table)
{
	struct listing *l = listing_of(visitor);
	struct vole_sink *sink = l->ctx->sink;

	if (full(l))
		return false;
	vole_sink_row(sink);
	vole_sink_number_json(sink, "directory_slot", (int64_t)table->slot);
	vole_sink_number_json(sink, "directory_slots",
			      (int64_t)table->num_slots);
	vole_sink_address_json(sink, "address", table->addr);
	vole_sink_number_json(sink, "local_depth", (int64_t)table->depth);
	vole_sink_number_json(sink, "capacity", (int64_t)table->capacity);
	vole_sink_number_json(sink, "entries", (int64_t)table->used);
	vole_sink_number_json(sink, "growth_left", (int64_t)table->growth_left);
	vole_sink_say(sink, VOLE_STYLE_LABEL,
		      "directory slot %" PRIu64 ": table 0x%" PRIx64
		      ", local depth %" PRIu64 " (%" PRIu64
		      " slot%s of the directory), %" PRIu64
		      " entr%s, room for %" PRIu64 " before it grows",
		      table->slot, table->addr, table->depth, table->num_slots,
		      table->num_slots == 1 ? "" : "s", table->used,
		      table->used == 1 ? "y" : "ies", table->growth_left);
	begin_groups(l);
	l->in_row = true;
	return true;
}

static void end_table(struct listing *l)
{
	if (!l->in_row)
		return;
	l->in_row = false;
	vole_sink_end(l->ctx->sink);
	vole_sink_end(l->ctx->sink);
}

static bool on_table_end(struct vole_map_visitor *visitor,
			 const struct vole_map_table *table)
{
	(void)table;
	end_table(listing_of(visitor));
	return true;
}

static void list_tables(struct listing *l)
{
	struct vole_sink *sink = l->ctx->sink;

	vole_sink_say(sink, VOLE_STYLE_FAINT,
		      "control bytes: seven bits of the hash, .. empty, xx "
		      "deleted");
	vole_sink_items(sink, "tables");
	if (!l->map->dir_len && l->map->dir) {
		vole_sink_row(sink);
		vole_sink_number_json(sink, "capacity", VOLE_MAP_SLOTS);
		vole_sink_number_json(sink, "entries", (int64_t)l->map->count);
		begin_groups(l);
		l->in_row = true;
	}
	vole_map_visit(l->map, &l->visitor);
	end_table(l);
	vole_sink_end(sink);
}

static void list_buckets(struct listing *l)
{
	vole_sink_say(l->ctx->sink, VOLE_STYLE_FAINT,
		      "top hashes: .. empty, -- empty and nothing follows, << "
		      "moved to the same number, >> to the upper half, xx was "
		      "empty");
	vole_sink_table(l->ctx->sink, "buckets", bucket_columns, 8);
	vole_map_visit(l->map, &l->visitor);
	vole_sink_end(l->ctx->sink);
}

/* --- statistics -------------------------------------------------------------- */

/* A line of a histogram: "     3     120  ####". */
static void put_bar(struct vole_sink *sink, uint64_t what, uint64_t count,
		    uint64_t most)
{
	static const char bar[] = "########################################";
	size_t width = sizeof(bar) - 1;
	size_t len =
		most ? (size_t)((double)count / (double)most * (double)width) :
		       0;

	if (count && !len)
		len = 1;
	vole_sink_say(sink, VOLE_STYLE_PLAIN, "%7" PRIu64 "  %9" PRIu64 "%s%s",
		      what, count, len ? "  " : "", bar + width - len);
}

static uint64_t most_of(const uint64_t *counts, size_t num)
{
	uint64_t most = 0;
	size_t i;

	for (i = 0; i < num; i++)
		most = counts[i] > most ? counts[i] : most;
	return most;
}

static void put_numbers_json(struct vole_sink *sink, const char *key,
			     const uint64_t *numbers, size_t num)
{
	size_t i;

	vole_sink_list_json(sink, key);
	for (i = 0; i < num; i++)
		vole_sink_number_json(sink, NULL, (int64_t)numbers[i]);
	vole_sink_end(sink);
}

static void put_fill(struct vole_context *ctx, const struct vole_map_stats *s)
{
	uint64_t most = most_of(s->fill, VOLE_MAP_SLOTS + 1);
	unsigned i;

	put_numbers_json(ctx->sink, "fill", s->fill, VOLE_MAP_SLOTS + 1);
	vole_sink_say(ctx->sink, VOLE_STYLE_LABEL, "entries  %9s",
		      s->map->ops == &vole_map_classic ? "buckets" : "groups");
	for (i = 0; i <= VOLE_MAP_SLOTS; i++)
		put_bar(ctx->sink, i, s->fill[i], most);
}

static void put_probes(struct vole_context *ctx, const struct vole_map_stats *s)
{
	uint64_t most = most_of(s->probes, VOLE_MAP_STATS_PROBES);
	unsigned num = VOLE_MAP_STATS_PROBES, i;

	while (num && !s->probes[num - 1])
		num--;
	put_numbers_json(ctx->sink, "probe_lengths", s->probes, num);
	vole_sink_say(ctx->sink, VOLE_STYLE_LABEL,
		      "%s  %9s of which a lookup looks at so many",
		      s->map->ops == &vole_map_classic ? "buckets" : " groups",
		      "entries");
	for (i = 0; i < num; i++)
		put_bar(ctx->sink, i + 1, s->probes[i], most);
	if (s->unknown)
		vole_sink_number(ctx->sink, "probe_length_unknown",
				 (int64_t)s->unknown);
}

/* GOEXPERIMENT=mapsplitgroup */
static void put_group_form(struct vole_sink *sink,
			   const struct vole_map_shape *shape)
{
	bool split = shape->elems_off >=
		     shape->keys_off + VOLE_MAP_SLOTS * shape->key_stride;

	vole_sink_text(sink, "group_form", VOLE_STYLE_PLAIN,
		       split ? "split: eight keys, then eight elements" :
			       "eight slots of key and element");
}

static void put_stats(struct vole_context *ctx, const struct vole_map_stats *s)
{
	struct vole_sink *sink = ctx->sink;
	char text[400];

	vole_sink_text(sink, "state", VOLE_STYLE_PLAIN,
		       vole_map_stats_words(s, text, sizeof(text)));
	if (s->map->ops == &vole_map_classic) {
		vole_sink_text(sink, "flags", VOLE_STYLE_PLAIN,
			       vole_map_stats_flags(s, text, sizeof(text)));
		vole_map_show_watch(sink, "watch_flags", "watch flags", 8,
				    s->watch[0]);
		vole_map_show_watch(sink, "watch_buckets", "watch buckets", 8,
				    s->watch[1]);
		vole_map_show_watch(sink, "watch_oldbuckets",
				    "watch oldbuckets", 8, s->watch[2]);
		if (s->moved)
			vole_sink_text(sink, "moved_buckets", VOLE_STYLE_PLAIN,
				       vole_map_stats_moved(s, text,
							    sizeof(text)));
	} else {
		put_group_form(sink, &s->map->shape);
		if (s->slots)
			vole_sink_printf(sink, "load", VOLE_STYLE_PLAIN, "%.2f",
					 (double)s->entries / (double)s->slots);
		vole_sink_number(sink, "tombstones", (int64_t)s->deleted);
		vole_map_show_watch(sink, "watch_writing", "watch writing", 1,
				    s->watch[0]);
		vole_map_show_watch(sink, "watch_directory", "watch directory",
				    8, s->watch[1]);
	}
	vole_sink_number(sink, "slots", (int64_t)s->slots);
	vole_sink_number(sink, "bytes", (int64_t)s->bytes);
	if (s->map->count)
		vole_sink_printf(sink, "bytes_per_entry", VOLE_STYLE_PLAIN,
				 "%.1f",
				 (double)s->bytes / (double)s->map->count);
	vole_sink_number(sink, "wasted_bytes", (int64_t)s->wasted);
	put_fill(ctx, s);
	put_probes(ctx, s);
}

static bool stopped(void *arg)
{
	return vole_sink_stopped(arg);
}

bool vole_map_show_buckets(struct vole_context *ctx, const struct vole_map *map,
			   uint64_t limit, struct vole_error *err)
{
	struct listing l = {
		.visitor = { on_table, on_unit, on_table_end, on_broken },
		.ctx = ctx,
		.map = map,
		.limit = limit,
	};
	struct vole_map_stats stats;
	struct vole_heap *heap;
	struct vole_error why;

	(void)err;
	if (!vole_heap_get(ctx->rt, ctx->sink->ui, &heap, &why)) {
		vole_sink_warn(ctx->sink,
			       "what waits behind the buckets is not counted: "
			       "%s",
			       why.text);
		heap = NULL;
	}
	vole_map_stats_take(map, heap, stopped, ctx->sink, &stats);
	put_stats(ctx, &stats);
	l.all = stats.units;
	if (map->ops == &vole_map_classic)
		list_buckets(&l);
	else
		list_tables(&l);
	if (stats.units > l.shown)
		vole_sink_omitted(ctx->sink, stats.units - l.shown);
	return true;
}
