#include "target/layout.h"

#include "command/command.h"

static const struct vole_column columns[] = {
	{ "id", NULL, false },	   { "struct", NULL, false },
	{ "field", NULL, false },  { "offset", NULL, true },
	{ "size", NULL, true },	   { "kind", NULL, false },
	{ "source", NULL, false },
};

static const char *const sources[] = {
	[VOLE_LAYOUT_NONE] = "unknown",
	[VOLE_LAYOUT_DEBUGINFO] = "dwarf",
	[VOLE_LAYOUT_TABLE] = "table",
};

static void put_row(struct vole_sink *sink, const struct vole_layout *layout,
		    size_t id)
{
	const struct vole_layout_row *row = &vole_layout_rows[id];
	const struct vole_place *place = &layout->place[id];

	vole_sink_row(sink);
	vole_sink_text(sink, "id", VOLE_STYLE_NAME, row->id);
	vole_sink_text(sink, "struct", VOLE_STYLE_TYPE,
		       layout->name[row->owner]);
	if (place->known) {
		vole_sink_text(sink, "field", VOLE_STYLE_PLAIN, place->path);
		vole_sink_number(sink, "offset", place->offset);
		vole_sink_number(sink, "size", place->size);
	}
	vole_sink_text(sink, "kind", VOLE_STYLE_PLAIN,
		       vole_field_kind_name(row->kind));
	vole_sink_text(sink, "source", VOLE_STYLE_FAINT,
		       place->known ?
			       sources[layout->source] :
		       layout->has[row->owner] ?
			       "absent: this release has no such field" :
			       "absent: this release has no such struct");
	vole_sink_end(sink);
}

static bool run(struct vole_context *ctx, struct vole_error *err)
{
	const struct vole_layout *layout = &ctx->rt->layout;
	const char *pattern = ctx->args.text;
	uint64_t limit, shown = 0, left = 0;
	size_t id;

	/* All of it fits a page or two: no limit unless one is given. */
	if (!vole_args_number(ctx, "--limit", 0, &limit, err))
		return false;
	vole_sink_text(ctx->sink, "source", VOLE_STYLE_HIDDEN,
		       sources[layout->source]);
	vole_sink_table(ctx->sink, "fields", columns,
			sizeof(columns) / sizeof(columns[0]));
	for (id = 0; id < VOLE_NUM_FIELDS; id++)
		if (!vole_pattern_matches(pattern, vole_layout_rows[id].id)) {
			continue;
		} else if (limit && shown == limit) {
			left++;
		} else {
			put_row(ctx->sink, layout, id);
			shown++;
		}
	vole_sink_end(ctx->sink);
	vole_sink_omitted(ctx->sink, left);
	return true;
}

static const struct vole_option options[] = {
	VOLE_OPTION_LIMIT,
	{ NULL, NULL, NULL },
};

const struct vole_command vole_cmd_layout = {
	.name = "layout",
	.args = "[PATTERN]",
	.summary = "Show where the runtime's structures lie and how that is "
		   "known.",
	.detail = "One row for every field that a decoder reads. Decoders "
		  "follow these places, never\na version number.",
	.example = "layout MAP",
	.json = "`source` (`dwarf`, `table`, `unknown`), `fields`: objects of "
		"`id`, `struct`, `field`, `offset`, `size`, `kind`, `source`.",
	.takes = VOLE_TAKES_PATTERN,
	.options = options,
	.run = run,
};
