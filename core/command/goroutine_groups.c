#include "command/goroutine_groups.h"

#include "base/array.h"
#include "base/hash.h"
#include "runtime/labels.h"
#include "runtime/place.h"

#include <string.h>

enum { SHOWN = 8, POLL = 1024 };

struct group {
	const char *key; /* in the command's arena */
	size_t num;
	size_t first, last; /* members, by index in `next` */
};

struct groups {
	struct vole_context *ctx;
	const struct vole_goroutine_ref *refs;
	const char *by;
	const char *label; /* of "label:KEY" */
	VOLE_ARRAY(struct group) items;
	struct vole_hash by_key; /* hash of the key to index + 1 */
	size_t *next; /* by index of a goroutine: the next of its group + 1 */
};

static const char *call_key(const struct vole_call *call, bool with_line)
{
	if (!call)
		return "(not known)";
	return with_line ? call->where : call->name;
}

static const char *label_key(struct groups *groups,
			     const struct vole_goroutine *g)
{
	struct vole_labels labels;
	size_t i;

	if (!vole_labels_read(groups->ctx->rt, g, &labels))
		return "(no label)";
	for (i = 0; i < labels.len; i++)
		if (!strcmp(labels.items[i].key, groups->label))
			return vole_arena_string(groups->ctx->arena,
						 labels.items[i].value);
	return "(no label)";
}

/* What @p g is grouped by; NULL: out of memory. */
static const char *key_of(struct groups *groups, const struct vole_goroutine *g)
{
	const struct vole_runtime *rt = groups->ctx->rt;
	struct vole_place_of place;
	const char *reason;

	if (groups->label)
		return label_key(groups, g);
	if (!strcmp(groups->by, "state")) {
		reason = vole_goroutine_wait_reason(rt, g);
		return reason ? reason : vole_goroutine_state(g);
	}
	vole_goroutine_place(rt, g, &place);
	if (!strcmp(groups->by, "user"))
		return call_key(place.user ? place.user : place.top, true);
	if (!strcmp(groups->by, "function"))
		return call_key(place.top, true);
	if (!strcmp(groups->by, "created"))
		return call_key(place.created, true);
	return call_key(place.start, false);
}

static bool find_group(struct groups *groups, const char *key, size_t *ret)
{
	uint64_t hash = vole_hash_bytes(key, strlen(key)), index;
	struct group *added;

	/* Another key of the same hash goes on at the next number. */
	for (; vole_hash_get(&groups->by_key, hash, &index); hash++)
		if (!strcmp(groups->items.items[index].key, key)) {
			*ret = (size_t)index;
			return true;
		}
	*ret = groups->items.len;
	added = vole_array_push(&groups->items);
	if (!added)
		return false;
	added->key = key;
	return vole_hash_put(&groups->by_key, hash, *ret);
}

static bool add(struct groups *groups, size_t index)
{
	struct vole_goroutine g;
	struct vole_error unused;
	struct group *group;
	const char *key;
	size_t at;

	if (!vole_goroutine_read(groups->ctx->rt, groups->refs[index].addr, &g,
				 &unused))
		return true;
	key = key_of(groups, &g);
	if (!key || !find_group(groups, key, &at))
		return false;
	group = &groups->items.items[at];
	if (group->num++)
		groups->next[group->last] = index + 1;
	else
		group->first = index;
	group->last = index;
	return true;
}

/* The largest first. */
static int by_num(const void *a, const void *b)
{
	const struct group *x = a, *y = b;

	if (x->num != y->num)
		return x->num > y->num ? -1 : 1;
	return strcmp(x->key, y->key);
}

static void put_group(struct groups *groups, const struct group *group)
{
	struct vole_sink *sink = groups->ctx->sink;
	struct vole_strbuf text = { 0 };
	size_t at, n;

	vole_sink_row(sink);
	vole_sink_number(sink, "count", (int64_t)group->num);
	vole_sink_text(sink, "key", VOLE_STYLE_NAME, group->key);
	vole_sink_list_json(sink, "goroutines");
	for (n = 0, at = group->first + 1; at; at = groups->next[at - 1], n++) {
		uint64_t id = groups->refs[at - 1].id;

		vole_sink_number_json(sink, NULL, (int64_t)id);
		if (n < SHOWN)
			vole_strbuf_printf(&text, "%s%" PRIu64, n ? ", " : "",
					   id);
	}
	vole_sink_end(sink);
	if (n > SHOWN)
		vole_strbuf_add(&text, ", ...");
	vole_sink_cell(sink, "ids", VOLE_STYLE_PLAIN, vole_strbuf_text(&text));
	vole_sink_end(sink);
	vole_strbuf_free(&text);
}

static bool put(struct groups *groups, size_t len, struct vole_error *err)
{
	static const struct vole_column columns[] = {
		{ "count", NULL, true },
		{ "key", "in common", false },
		{ "ids", "goroutines", false },
	};
	struct vole_context *ctx = groups->ctx;
	uint64_t limit;
	size_t i;

	if (!vole_args_number(ctx, "--limit", ctx->settings->limit, &limit,
			      err))
		return false;
	if (groups->items.len)
		qsort(groups->items.items, groups->items.len,
		      sizeof(struct group), by_num);
	vole_sink_number_json(ctx->sink, "count", (int64_t)len);
	vole_sink_table(ctx->sink, "groups", columns, 3);
	for (i = 0; i < groups->items.len && (!limit || i < limit) &&
		    !vole_sink_stopped(ctx->sink);
	     i++)
		put_group(groups, &groups->items.items[i]);
	vole_sink_end(ctx->sink);
	vole_sink_omitted(ctx->sink, groups->items.len - i);
	return true;
}

static bool check_by(struct groups *groups, struct vole_error *err)
{
	static const char *const known[] = { "state", "user", "function",
					     "created", "start" };
	size_t i;

	if (!strncmp(groups->by, "label:", 6)) {
		groups->label = groups->by + 6;
		return true;
	}
	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (!strcmp(groups->by, known[i]))
			return true;
	return vole_fail(err, VOLE_USAGE, VOLE_NOWHERE,
			 "--group takes state, user, function, created, start "
			 "or label:KEY, not \"%.40s\"",
			 groups->by);
}

bool vole_put_goroutine_groups(struct vole_context *ctx,
			       const struct vole_goroutine_ref *refs,
			       size_t len, const char *by,
			       struct vole_error *err)
{
	struct groups groups = { .ctx = ctx, .refs = refs, .by = by };
	bool ok;
	size_t i;

	if (!check_by(&groups, err))
		return false;
	groups.next = calloc(len + 1, sizeof(*groups.next));
	ok = groups.next || vole_fail_nomem(err);
	for (i = 0; i < len && ok; i++) {
		if (i % POLL == 0) {
			vole_sink_progress(ctx->sink, i, len);
			if (vole_sink_stopped(ctx->sink))
				break;
		}
		ok = add(&groups, i) || vole_fail_nomem(err);
	}
	ok = ok && put(&groups, len, err);
	vole_array_free(&groups.items);
	vole_hash_free(&groups.by_key);
	free(groups.next);
	return ok;
}
