#include "command/map_show.h"

#include "value/map_key.h"

static const char *const state_names[] = {
	[VOLE_MAP_EMPTY] = "empty",	 [VOLE_MAP_EMPTY_REST] = "end",
	[VOLE_MAP_DELETED] = "deleted",	 [VOLE_MAP_MOVED] = "moved",
	[VOLE_MAP_OTHER] = "other-hash",
};

/* What a lookup came to. */
struct find {
	struct vole_context *ctx;
	const struct vole_map *map;
	struct vole_eval eval;
	struct vole_value key;
	bool hashed;
	struct vole_key_hash hash;
	bool found;
	bool by_hash; /* else reading compares all keys */
	struct vole_map_slot slot; /* when found */
	struct vole_error why; /* why it was not hashed, or not followed */
};

static void hash_key(struct find *f)
{
	struct vole_keyhash keyhash;

	if (!vole_keyhash_open(f->map, &keyhash, &f->why))
		return;
	f->hashed = vole_map_key_hash(&f->eval, &keyhash, f->map, &f->key,
				      &f->hash, &f->why);
	vole_keyhash_close(&keyhash);
}

static const char *verdict(struct find *f,
			   const struct vole_map_probe_slot *slot)
{
	struct vole_error err;
	bool equal;

	if (slot->state != VOLE_MAP_MATCH)
		return state_names[slot->state];
	if (!vole_map_key_equal(&f->eval, f->map, slot->slot.key, &f->key,
				&equal, &err)) {
		f->why = err;
		return "unreadable";
	}
	if (!equal)
		return "other-key";
	f->found = true;
	f->slot = slot->slot;
	return "match";
}

static void put_probe(struct find *f, const struct vole_map_probe_slot *slot)
{
	bool classic = f->map->ops == &vole_map_classic;
	const char *word = verdict(f, slot);
	struct vole_sink *sink = f->ctx->sink;

	vole_sink_row(sink);
	vole_sink_number(sink, classic ? "bucket" : "group",
			 (int64_t)slot->number);
	if (classic)
		vole_sink_number(sink, "depth", slot->step);
	vole_sink_number(sink, "slot", slot->slot.index);
	vole_sink_address(sink, "address", slot->slot.unit);
	vole_sink_printf(sink, "control", VOLE_STYLE_PLAIN, "0x%02x",
			 slot->control);
	vole_sink_text(sink, "verdict",
		       f->found ? VOLE_STYLE_NAME : VOLE_STYLE_PLAIN, word);
	vole_sink_end(sink);
}

static const struct vole_column classic_columns[] = {
	{ "bucket", NULL, true },	  { "depth", NULL, true },
	{ "slot", NULL, true },		  { "address", NULL, false },
	{ "control", "top hash", false }, { "verdict", NULL, false },
};
static const struct vole_column swiss_columns[] = {
	{ "group", NULL, true },    { "slot", NULL, true },
	{ "address", NULL, false }, { "control", NULL, false },
	{ "verdict", NULL, false },
};

static void begin_probes(struct find *f)
{
	if (f->map->ops == &vole_map_classic)
		vole_sink_table(f->ctx->sink, "probes", classic_columns, 6);
	else
		vole_sink_table(f->ctx->sink, "probes", swiss_columns, 5);
}

static void put_way(struct find *f, const struct vole_map_probe *probe)
{
	struct vole_sink *sink = f->ctx->sink;

	vole_sink_printf(sink, "wanted", VOLE_STYLE_PLAIN, "0x%02x",
			 probe->control_wanted);
	if (f->map->ops == &vole_map_classic) {
		vole_sink_text(sink, "array", VOLE_STYLE_PLAIN,
			       probe->old ? "old" : "new");
	} else if (probe->table) {
		vole_sink_number(sink, "directory_slot",
				 (int64_t)probe->directory_slot);
		vole_sink_address(sink, "table", probe->table);
	}
}

/* The way of the process itself: slot after slot until it is sure. */
static void follow(struct find *f)
{
	struct vole_map_probe_slot slot;
	struct vole_map_probe probe;

	vole_sink_printf(f->ctx->sink, "hash", VOLE_STYLE_PLAIN,
			 "0x%016" PRIx64, f->hash.bits);
	if (!vole_map_key_begin(f->map, &f->hash, &probe, &f->why)) {
		begin_probes(f);
		vole_sink_end(f->ctx->sink);
		return;
	}
	put_way(f, &probe);
	begin_probes(f);
	while (!f->found && !vole_sink_stopped(f->ctx->sink) &&
	       vole_map_probe_next(&probe, &slot, &f->why))
		put_probe(f, &slot);
	vole_sink_end(f->ctx->sink);
	f->by_hash = f->found && slot.control == probe.control_wanted;
}

static bool put_entry(struct find *f, const char *name,
		      const struct vole_map_slot *slot,
		      const struct vole_walk_limits *limits,
		      struct vole_error *err)
{
	const struct vole_map *map = f->map;
	bool ok;

	vole_sink_object(f->ctx->sink, name);
	vole_sink_address(f->ctx->sink,
			  map->ops == &vole_map_classic ? "bucket" : "group",
			  slot->unit);
	vole_sink_number(f->ctx->sink, "slot", slot->index);
	ok = vole_map_show_part(f->ctx, map->key, slot->key, "key", limits,
				err) &&
	     vole_map_show_part(f->ctx, map->elem, slot->elem, "value", limits,
				err);
	vole_sink_end(f->ctx->sink);
	return ok;
}

/* A lookup of the process would not find it: is it there all the same? */
static bool search(struct find *f, const struct vole_walk_limits *limits,
		   struct vole_error *err)
{
	struct vole_map_slot slot;
	bool found;

	if (!vole_map_key_scan(&f->eval, f->map, &f->key, &found, &slot, err))
		return false;
	vole_sink_flag(f->ctx->sink, "found", found && !f->hashed);
	if (!found)
		return true;
	if (!f->hashed)
		return put_entry(f, "entry", &slot, limits, err);
	f->ctx->found_wrong = true;
	vole_sink_say(f->ctx->sink, VOLE_STYLE_BAD,
		      vole_map_reads_unhashed(f->map, &f->hash) ?
			      "the key is in the map, but its hash does not "
			      "lead there: reads of so small a map may find "
			      "it, writes do not" :
			      "the key is in the map, but no lookup finds it: "
			      "its hash does not lead there");
	return put_entry(f, "misplaced", &slot, limits, err);
}

bool vole_map_show_find(struct vole_context *ctx, const struct vole_map *map,
			const struct vole_walk_limits *limits,
			struct vole_error *err)
{
	struct find f = { .ctx = ctx, .map = map };

	ctx->expression = vole_args_value(ctx, "--find");
	if (!vole_context_evaluator(ctx, &f.eval, err) ||
	    !vole_map_key_eval(&f.eval, map, ctx->expression, &f.key, err))
		return false;
	ctx->expression = NULL;
	hash_key(&f);
	if (f.hashed && !f.hash.random) {
		follow(&f);
	} else {
		begin_probes(&f);
		vole_sink_end(ctx->sink);
	}
	if (f.hash.random)
		vole_sink_text(ctx->sink, "reason", VOLE_STYLE_PLAIN,
			       "a NaN equals no key and hashes to another "
			       "number each time");
	else if (f.why.code != VOLE_OK)
		vole_sink_printf(ctx->sink, "reason", VOLE_STYLE_BAD,
				 "looked at each entry: %s", f.why.text);
	if (!f.found)
		return search(&f, limits, err);
	vole_sink_flag(ctx->sink, "found", true);
	vole_sink_flag_json(ctx->sink, "by_hash", f.by_hash);
	if (!f.by_hash)
		vole_sink_say(
			ctx->sink, VOLE_STYLE_BAD,
			f.hash.fast == VOLE_KEY_FAST_WORD &&
					map->ops == &vole_map_classic ?
				"its top hash is of another key: compiled code "
				"finds it, as it compares such keys only, "
				"but reflection does not" :
				"its hash does not lead there: reads compare "
				"all keys of so small a map, writes do not "
				"find it");
	ctx->found_wrong |= !f.by_hash;
	return put_entry(&f, "entry", &f.slot, limits, err);
}
