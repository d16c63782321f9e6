#include "command/map_show.h"

#include "command/region.h"

#include <stdio.h>

void vole_map_show_watch(struct vole_sink *sink, const char *key,
			 const char *label, unsigned size, uint64_t addr)
{
	char text[96], lldb_key[32];

	/* gdb reads this in Go's, C's and assembly's language. */
	snprintf(text, sizeof(text), "watch {uint%u}0x%" PRIx64, size * 8,
		 addr);
	vole_sink_text(sink, key, VOLE_STYLE_HIDDEN, text);
	vole_sink_cell(sink, label, VOLE_STYLE_FAINT, text);
	/* lldb's own command reads an address in the frame's language: Go. */
	snprintf(text, sizeof(text),
		 "script lldb.target.WatchAddress(0x%" PRIx64
		 ", %u, False, True, lldb.SBError())",
		 addr, size);
	snprintf(lldb_key, sizeof(lldb_key), "%s_lldb", key);
	vole_sink_text(sink, lldb_key, VOLE_STYLE_HIDDEN, text);
	vole_sink_cell(sink, "  in lldb", VOLE_STYLE_FAINT, text);
}

/* Where memory of the map is: "header", "buckets". */
static void put_region(struct vole_context *ctx, const char *key,
		       const char *label, uint64_t addr)
{
	struct vole_sink *sink = ctx->sink;
	struct vole_region region;
	char text[160];

	if (!addr)
		return;
	vole_region_at(ctx->rt, sink->ui, addr, &region);
	vole_region_words(&region, text, sizeof(text));
	vole_sink_object_json(sink, key);
	vole_sink_address_json(sink, "address", addr);
	vole_put_region(sink, &region);
	vole_sink_text(sink, "text", VOLE_STYLE_HIDDEN, text);
	vole_sink_end(sink);
	vole_sink_cell_printf(sink, label,
			      vole_region_is_freed(&region) ? VOLE_STYLE_BAD :
							      VOLE_STYLE_PLAIN,
			      "0x%" PRIx64 ": %s", addr, text);
}

static void put_regions(struct vole_context *ctx, const struct vole_map *map)
{
	bool classic = map->ops == &vole_map_classic;

	put_region(ctx, "header_lives", "header", map->addr);
	if (classic) {
		put_region(ctx, "buckets_live", "buckets", map->buckets);
		put_region(ctx, "old_buckets_live", "old buckets",
			   map->old_buckets);
	} else {
		put_region(ctx, "buckets_live",
			   map->dir_len ? "directory" : "group", map->dir);
	}
}

void vole_map_show_header(struct vole_context *ctx, const struct vole_map *map,
			  bool regions)
{
	struct vole_sink *sink = ctx->sink;

	vole_sink_text(sink, "impl", VOLE_STYLE_PLAIN, map->ops->name);
	vole_sink_address(sink, "address", map->addr);
	vole_sink_number(sink, "count", (int64_t)map->count);
	if (map->ops == &vole_map_classic) {
		vole_sink_number(sink, "bucket_count",
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
			"the first %" PRIu64 " of %" PRIu64 " old buckets, "
			"others as they are written to%s",
			map->nevacuate,
			UINT64_C(1) << (map->b - !map->same_size_growth),
			map->same_size_growth ? ", growing at the same size" :
						"");
	vole_sink_flag(sink, "writing", map->writing);
	if (regions)
		put_regions(ctx, map);
	vole_map_show_watch(sink, "watch", "watch", 8, map->addr);
}

bool vole_map_show_part(struct vole_context *ctx, struct vole_type *type,
			uint64_t addr, const char *key,
			const struct vole_walk_limits *limits,
			struct vole_error *err)
{
	struct vole_value value;

	if (!vole_value_at(ctx->rt, type, addr, &value, err))
		return false;
	vole_context_value(ctx, key, &value, limits);
	ctx->sink->ops->value_end(ctx->sink);
	return true;
}
