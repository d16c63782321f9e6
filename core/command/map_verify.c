#include "runtime/map_verify.h"

#include "command/map_objects.h"
#include "command/map_show.h"

struct shown {
	struct vole_context *ctx;
	const struct vole_map *map;
	uint64_t limit, count;
};

static void put_problem(struct shown *s, const struct vole_map_problem *p)
{
	struct vole_sink *sink = s->ctx->sink;
	struct vole_value key;
	struct vole_error ignored;

	vole_sink_row(sink);
	vole_sink_text(sink, "certainty", VOLE_STYLE_BAD,
		       p->possible ? "possible" : "certain");
	vole_sink_text(sink, "kind", VOLE_STYLE_NAME,
		       vole_map_problem_name(p->kind));
	vole_sink_address(sink, "address", p->addr);
	if (p->key &&
	    vole_value_at(s->ctx->rt, s->map->key, p->key, &key, &ignored))
		vole_sink_text(sink, "key", VOLE_STYLE_PLAIN,
			       vole_context_text(s->ctx, &key));
	vole_sink_text(sink, "message", VOLE_STYLE_PLAIN, p->text);
	vole_sink_end(sink);
}

static bool on_problem(void *arg, const struct vole_map_problem *problem)
{
	struct shown *s = arg;

	if (!s->limit || s->count < s->limit)
		put_problem(s, problem);
	s->count++;
	return true;
}

static bool interrupted(void *arg, uint64_t entries)
{
	struct shown *s = arg;

	vole_sink_progress(s->ctx->sink, entries, s->map->count);
	return vole_sink_stopped(s->ctx->sink);
}

static void put_result(struct vole_context *ctx,
		       const struct vole_map_verify *verify)
{
	struct vole_sink *sink = ctx->sink;

	vole_sink_flag(sink, "ok", !ctx->found_wrong);
	vole_sink_number(sink, "entries_seen", (int64_t)verify->entries);
	vole_sink_number(sink, "keys_hashed", (int64_t)verify->hashed);
	if (verify->random)
		vole_sink_number(sink, "keys_with_nan",
				 (int64_t)verify->random);
	if (!verify->unhashed)
		return;
	vole_sink_number(sink, "keys_not_hashed", (int64_t)verify->unhashed);
	vole_sink_warn(sink, "%" PRIu64 " keys were not checked: %s",
		       verify->unhashed, verify->why.text);
}

static const struct vole_column columns[] = {
	{ "certainty", NULL, false }, { "kind", NULL, false },
	{ "address", NULL, false },   { "key", NULL, false },
	{ "message", NULL, false },
};

bool vole_map_show_verify(struct vole_context *ctx, const struct vole_map *map,
			  uint64_t limit, struct vole_error *err)
{
	struct shown shown = { ctx, map, limit, 0 };
	struct vole_map_verify verify = { .map = map,
					  .problem = on_problem,
					  .interrupted = interrupted,
					  .arg = &shown };
	struct vole_heap *heap = NULL;
	struct vole_error why;
	bool ok;

	/* Without the heap the rest holds all the same. */
	if (vole_heap_get(ctx->rt, ctx->sink->ui, &heap, &why)) {
		verify.room = vole_map_room(map, heap, map->buckets);
		verify.old_room = vole_map_room(map, heap, map->old_buckets);
	}
	vole_sink_table(ctx->sink, "problems", columns, 5);
	ok = vole_map_verify(&verify, err);
	if (ok && heap && !vole_sink_stopped(ctx->sink))
		vole_map_check_objects(map, heap, on_problem, &shown);
	else if (ok && !heap)
		vole_sink_warn(ctx->sink,
			       "whether its memory is its own was not checked: "
			       "%s",
			       why.text);
	vole_sink_end(ctx->sink);
	if (!ok)
		return false;
	ctx->found_wrong = shown.count > 0;
	if (limit && shown.count > limit)
		vole_sink_omitted(ctx->sink, shown.count - limit);
	/* What was not looked at is not ok. */
	if (!vole_sink_stopped(ctx->sink))
		put_result(ctx, &verify);
	return true;
}

void vole_map_show_bad_header(struct vole_context *ctx, uint64_t addr,
			      const struct vole_error *why)
{
	bool writing = vole_map_may_be_written(ctx->rt, addr);
	struct vole_sink *sink = ctx->sink;

	vole_sink_table(sink, "problems", columns, 5);
	vole_sink_row(sink);
	vole_sink_text(sink, "certainty", VOLE_STYLE_BAD,
		       why->code == VOLE_CORRUPT && !writing ? "certain" :
							       "possible");
	vole_sink_text(sink, "kind", VOLE_STYLE_NAME,
		       vole_map_problem_name(VOLE_MAP_BAD_HEADER));
	if (why->has_addr)
		vole_sink_address(sink, "address", why->addr);
	vole_sink_text(sink, "message", VOLE_STYLE_PLAIN, why->text);
	vole_sink_end(sink);
	vole_sink_end(sink);
	vole_sink_flag(sink, "writing", writing);
	vole_sink_flag(sink, "ok", false);
	ctx->found_wrong = true;
}
