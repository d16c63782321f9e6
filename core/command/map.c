#include "runtime/map.h"

#include "command/command.h"

static void put_header(struct vole_context *ctx, const struct vole_map *map)
{
	struct vole_sink *sink = ctx->sink;

	vole_sink_text(sink, "impl", VOLE_STYLE_PLAIN, map->ops->name);
	vole_sink_address(sink, "address", map->addr);
	vole_sink_number(sink, "count", (int64_t)map->count);
	if (map->ops == &vole_map_classic) {
		vole_sink_number(sink, "buckets",
				 (int64_t)(UINT64_C(1) << map->b));
		vole_sink_number(sink, "overflow_buckets", map->noverflow);
		vole_sink_printf(sink, "load", VOLE_STYLE_PLAIN, "%.2f",
				 (double)map->count /
					 (double)(UINT64_C(1) << map->b));
	} else if (map->dir_len) {
		vole_sink_number(sink, "directory", (int64_t)map->dir_len);
	} else {
		vole_sink_printf(sink, "form", VOLE_STYLE_PLAIN,
				 "small: one group of 8 slots");
	}
	vole_sink_flag(sink, "growing", map->growing);
	if (map->growing)
		vole_sink_printf(
			sink, "evacuated", VOLE_STYLE_PLAIN,
			"%" PRIu64 " of %" PRIu64 " old buckets%s",
			map->nevacuate,
			UINT64_C(1) << (map->b - !map->same_size_growth),
			map->same_size_growth ? ", growing at the same size" :
						"");
	vole_sink_flag(sink, "writing", map->writing);
	/* gdb reads this in Go's, C's and assembly's language. */
	vole_sink_printf(sink, "watch", VOLE_STYLE_FAINT,
			 "watch {uint64}0x%" PRIx64, map->addr);
}

static bool put_entry(struct vole_context *ctx, struct vole_type *type,
		      uint64_t addr, const char *key,
		      const struct vole_walk_limits *limits,
		      struct vole_error *err)
{
	struct vole_value value;

	if (!vole_value_at(ctx->rt, type, addr, &value, err))
		return false;
	vole_context_value(ctx, key, &value, limits);
	return true;
}

static bool put_entries(struct vole_context *ctx, const struct vole_map *map,
			const struct vole_walk_limits *limits,
			struct vole_error *err)
{
	struct vole_walk_limits each = *limits;
	struct vole_map_walk walk;
	struct vole_map_slot slot;
	uint64_t n = limits->count && map->count > limits->count ?
			     limits->count :
			     map->count;
	uint64_t i = 0;
	bool ok = true;

	*err = (struct vole_error){ 0 };
	vole_map_walk_begin(map, &walk);
	vole_sink_entries(ctx->sink, "entries");
	while (i < n && !vole_sink_stopped(ctx->sink) &&
	       vole_map_walk_next(&walk, &slot, err)) {
		vole_sink_progress(ctx->sink, i, n);
		vole_sink_row(ctx->sink);
		ok = put_entry(ctx, map->key, slot.key, "key", &each, err) &&
		     put_entry(ctx, map->elem, slot.elem, "value", &each, err);
		ctx->sink->ops->value_end(ctx->sink);
		vole_sink_end(ctx->sink);
		if (!ok)
			break;
		i++;
	}
	vole_sink_end(ctx->sink);
	/* What the walk says at its end: does the header's count hold? */
	if (ok && i == map->count && !ctx->sink->stopped)
		(void)!vole_map_walk_next(&walk, &slot, err);
	vole_map_walk_end(&walk);
	if (err->code != VOLE_OK)
		return false;
	vole_sink_omitted(ctx->sink, map->count - i);
	return true;
}

static bool run(struct vole_context *ctx, struct vole_error *err)
{
	struct vole_walk_limits limits;
	struct vole_value value;
	struct vole_map map;
	uint64_t addr;

	if (!vole_context_limits(ctx, &limits, err) ||
	    !vole_context_eval(ctx, &value, err))
		return false;
	if (value.type->kind != VOLE_KIND_MAP)
		return vole_fail(err, VOLE_SYNTAX, VOLE_NOWHERE,
				 "the expression is a %s, not a map",
				 value.type->name);
	if (!vole_value_word(ctx->rt, &value, 0, &addr, err))
		return false;
	if (addr && !vole_map_open(ctx->rt, value.type, addr, &map, err))
		return false;
	vole_sink_text(ctx->sink, "type", VOLE_STYLE_TYPE, value.type->name);
	if (addr) {
		put_header(ctx, &map);
		return put_entries(ctx, &map, &limits, err);
	}
	vole_sink_text(ctx->sink, "impl", VOLE_STYLE_PLAIN, "nil");
	vole_sink_address(ctx->sink, "address", 0);
	vole_sink_number(ctx->sink, "count", 0);
	vole_sink_flag_json(ctx->sink, "growing", false);
	vole_sink_flag_json(ctx->sink, "writing", false);
	vole_sink_entries(ctx->sink, "entries");
	vole_sink_end(ctx->sink);
	return true;
}

static const struct vole_option options[] = {
	{ "--depth", "N", "levels of each key and value to show" },
	{ "--limit", "N", "entries to show; 0 shows all" },
	{ NULL, NULL, NULL },
};

const struct vole_command vole_cmd_map = {
	.name = "map",
	.args = "EXPR",
	.summary = "Show a map: its header and its entries.",
	.detail =
		"Both kinds of Go maps: classic (buckets, to Go 1.23) and swiss "
		"(groups, from\nGo 1.24). Entries come in the order of memory, "
		"each exactly once, also while\nthe map grows.",
	.example = "map main.users",
	.json = "`type`, `impl` (`classic`, `swiss`, `nil`), `address`, "
		"`count`, `growing`, `writing`, `watch`, `entries`: objects of "
		"`key` and `value`; classic: `buckets`, `overflow_buckets`, "
		"`load`, `evacuated`; swiss: `directory` or `form`.",
	.takes = VOLE_TAKES_EXPR,
	.options = options,
	.run = run,
};
