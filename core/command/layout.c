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

static const struct vole_column const_columns[] = {
	{ "id", NULL, false },
	{ "const", NULL, false },
	{ "value", NULL, true },
};

static void put_struct(struct vole_sink *sink, const struct vole_layout *layout,
		       enum vole_struct_id id)
{
	vole_sink_row(sink);
	vole_sink_text(sink, "id", VOLE_STYLE_NAME, vole_struct_rows[id].id);
	if (layout->has[id]) {
		vole_sink_text(sink, "struct", VOLE_STYLE_TYPE,
			       layout->name[id]);
		vole_sink_number(sink, "size", (int64_t)layout->size[id]);
	}
	vole_sink_text(sink, "kind", VOLE_STYLE_PLAIN, "struct");
	vole_sink_text(sink, "source", VOLE_STYLE_FAINT,
		       layout->has[id] ?
			       sources[layout->from[id]] :
			       "absent: this release has no such struct");
	vole_sink_end(sink);
}

static void put_field(struct vole_sink *sink, const struct vole_layout *layout,
		      enum vole_field_id id)
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
		       place->known ? sources[layout->from[row->owner]] :
				      "absent: this release has no such field");
	vole_sink_end(sink);
}

static void put_const(struct vole_sink *sink, const struct vole_layout *layout,
		      enum vole_const_id id)
{
	const struct vole_const_row *row = &vole_const_rows[id];

	vole_sink_row(sink);
	vole_sink_text(sink, "id", VOLE_STYLE_NAME, row->id);
	vole_sink_text(sink, "const", VOLE_STYLE_PLAIN, row->names[0]);
	vole_sink_number(sink, "value", layout->value[id]);
	vole_sink_end(sink);
}

/* What matches the pattern, up to the limit. */
struct shown {
	const char *pattern;
	uint64_t limit, count, left;
};

static bool show(struct shown *shown, const char *id)
{
	if (!vole_pattern_matches(shown->pattern, id))
		return false;
	if (shown->limit && shown->count == shown->limit) {
		shown->left++;
		return false;
	}
	shown->count++;
	return true;
}

/* Each structure, its fields after it. */
static void put_structs(struct vole_sink *sink,
			const struct vole_layout *layout, struct shown *shown)
{
	size_t id, field;

	vole_sink_table(sink, "fields", columns,
			sizeof(columns) / sizeof(columns[0]));
	for (id = 0; id < VOLE_NUM_STRUCTS; id++) {
		if (show(shown, vole_struct_rows[id].id))
			put_struct(sink, layout, id);
		for (field = 0; field < VOLE_NUM_FIELDS; field++)
			if (vole_layout_rows[field].owner == id &&
			    layout->has[id] &&
			    show(shown, vole_layout_rows[field].id))
				put_field(sink, layout, field);
	}
	vole_sink_end(sink);
}

static void put_consts(struct vole_sink *sink, const struct vole_layout *layout,
		       struct shown *shown)
{
	size_t id;

	vole_sink_table(sink, "constants", const_columns,
			sizeof(const_columns) / sizeof(const_columns[0]));
	for (id = 0; id < VOLE_NUM_CONSTS; id++)
		if (layout->has_const[id] &&
		    show(shown, vole_const_rows[id].id))
			put_const(sink, layout, id);
	vole_sink_end(sink);
}

static bool run(struct vole_context *ctx, struct vole_error *err)
{
	const struct vole_layout *layout = &ctx->rt->layout;
	struct shown shown = { .pattern = ctx->args.text };

	/* All of it fits a page or two: no limit unless one is given. */
	if (!vole_args_number(ctx, "--limit", 0, &shown.limit, err))
		return false;
	vole_sink_text(ctx->sink, "source", VOLE_STYLE_HIDDEN,
		       sources[layout->source]);
	put_structs(ctx->sink, layout, &shown);
	put_consts(ctx->sink, layout, &shown);
	vole_sink_omitted(ctx->sink, shown.left);
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
	.detail = "One row for every structure and field that a decoder reads, "
		  "and the constants it\nuses. Decoders follow these, never a "
		  "version number.",
	.example = "layout MAP",
	.json = "`source` (`dwarf`, `table`, `unknown`), `fields`: objects of "
		"`id`, `struct`, `field`, `offset`, `size`, `kind`, `source`, "
		"the structures themselves among them (`kind` is `struct`); "
		"`constants`: objects of `id`, `const`, `value`.",
	.takes = VOLE_TAKES_PATTERN,
	.options = options,
	.run = run,
};
