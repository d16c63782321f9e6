#include "runtime/chan.h"

#include "base/hash.h"
#include "command/frames.h"
#include "runtime/sudog.h"

static void put_header(struct vole_context *ctx, const struct vole_type *type,
		       const struct vole_chan *chan)
{
	struct vole_sink *sink = ctx->sink;

	vole_sink_text(sink, "type", VOLE_STYLE_TYPE, type->name);
	vole_sink_address(sink, "address", chan->addr);
	if (!chan->addr) {
		vole_sink_flag(sink, "nil", true);
		vole_sink_say(sink, VOLE_STYLE_FAINT,
			      "who sends or receives here waits forever");
	}
	vole_sink_number(sink, "len", (int64_t)chan->len);
	vole_sink_number(sink, "cap", (int64_t)chan->cap);
	vole_sink_flag(sink, "closed", chan->closed);
	if (chan->timer)
		vole_sink_address(sink, "timer", chan->timer);
}

/* The elements in the buffer, or one on its way into it. */
static bool put_value(struct vole_context *ctx, struct vole_type *type,
		      uint64_t addr, const char *key, struct vole_error *err)
{
	struct vole_walk_limits limits;
	struct vole_value value;

	if (!vole_context_limits(ctx, &limits, err) ||
	    !vole_value_at(ctx->rt, type, addr, &value, err))
		return false;
	vole_context_value(ctx, key, &value, &limits);
	ctx->sink->ops->value_end(ctx->sink);
	return true;
}

static bool put_elements(struct vole_context *ctx, struct vole_type *type,
			 const struct vole_chan *chan, struct vole_error *err)
{
	uint64_t limit, i, addr;
	bool ok = true;

	if (!vole_args_number(ctx, "--limit", ctx->settings->limit, &limit,
			      err))
		return false;
	if (!limit || limit > chan->len)
		limit = chan->len;
	if (limit)
		vole_sink_say(ctx->sink, VOLE_STYLE_LABEL,
			      "buffer, what is received next first");
	vole_sink_items(ctx->sink, "elements");
	for (i = 0; i < limit && ok && !vole_sink_stopped(ctx->sink); i++) {
		vole_sink_progress(ctx->sink, i, limit);
		ok = vole_chan_elem(chan, i, &addr, err) &&
		     put_value(ctx, type, addr, NULL, err);
	}
	vole_sink_end(ctx->sink);
	vole_sink_omitted(ctx->sink, chan->len - i);
	return ok;
}

static bool put_waiter(struct vole_context *ctx, struct vole_type *type,
		       const struct vole_sudog *sudog, bool sends,
		       struct vole_error *err)
{
	struct vole_sink *sink = ctx->sink;
	struct vole_place_of place;
	struct vole_goroutine g;
	bool ok = true;

	if (!vole_goroutine_read(ctx->rt, sudog->g, &g, err))
		return false;
	vole_goroutine_place(ctx->rt, &g, &place);
	vole_sink_row(sink);
	vole_sink_number(sink, "goroutine", (int64_t)g.id);
	vole_sink_flag_json(sink, "select", sudog->is_select);
	vole_put_user_code(sink, &place);
	if (sends && sudog->elem)
		ok = put_value(ctx, type, sudog->elem, "value", err);
	vole_sink_end(sink);
	return ok;
}

/* The queue from sudog @p at on, who waits longest first. */
static void put_queue(struct vole_context *ctx, struct vole_type *type,
		      uint64_t at, bool sends)
{
	const char *key = sends ? "senders" : "receivers";
	struct vole_hash seen = { 0 };
	struct vole_error err = { 0 };
	struct vole_sudog sudog;
	uint64_t limit, n = 0;

	if (!vole_args_number(ctx, "--limit", ctx->settings->limit, &limit,
			      &err))
		limit = 0;
	if (at)
		vole_sink_say(ctx->sink, VOLE_STYLE_LABEL,
			      "%s, who waits longest first", key);
	vole_sink_items(ctx->sink, key);
	for (; at && !vole_sink_stopped(ctx->sink); at = sudog.next) {
		if (vole_hash_get(&seen, at, NULL)) {
			(void)vole_fail(&err, VOLE_CORRUPT, at,
					"the queue leads back to itself");
			break;
		}
		if (!vole_hash_put(&seen, at, 1) ||
		    !vole_sudog_read(ctx->rt, at, &sudog, &err))
			break;
		if ((!limit || n < limit) &&
		    !put_waiter(ctx, type, &sudog, sends, &err))
			break;
		n++;
	}
	vole_sink_end(ctx->sink);
	vole_sink_omitted(ctx->sink, limit && n > limit ? n - limit : 0);
	if (err.code != VOLE_OK)
		vole_sink_warn(ctx->sink, "%s: %s", key, err.text);
	vole_hash_free(&seen);
}

static bool run(struct vole_context *ctx, struct vole_error *err)
{
	struct vole_value value;
	struct vole_chan chan;
	uint64_t addr;

	if (!vole_context_eval(ctx, &value, err))
		return false;
	if (value.type->kind != VOLE_KIND_CHAN)
		return vole_fail(err, VOLE_SYNTAX, VOLE_NOWHERE,
				 "the expression is a %s, not a channel",
				 value.type->name);
	if (!vole_value_word(ctx->rt, &value, 0, &addr, err) ||
	    !vole_chan_open(ctx->rt, value.type, addr, &chan, err))
		return false;
	put_header(ctx, value.type, &chan);
	if (!put_elements(ctx, value.type->elem, &chan, err))
		return false;
	put_queue(ctx, value.type->elem, chan.senders, true);
	put_queue(ctx, value.type->elem, chan.receivers, false);
	return true;
}

static const struct vole_option options[] = {
	{ "--depth", "N", "levels of each element to show" },
	{ "--limit", "N", "elements and waiters to show; 0 shows all" },
	{ NULL, NULL, NULL },
};

const struct vole_command vole_cmd_chan = {
	.name = "chan",
	.args = "EXPR",
	.summary = "Show a channel: its buffer in order, and who waits at it.",
	.detail = "The buffer's elements come as they will be received. A "
		  "sender is shown with what\nit sends.",
	.example = "chan main.jobs",
	.json = "`type`, `address`, `nil`, `len`, `cap`, `closed`, `timer` "
		"(that it is the C of), `elements`: values; `senders` and "
		"`receivers`, who waits longest first: objects of "
		"`goroutine`, `select` (it waits for others, too), "
		"`user_function`, `user_file`, `user_line`, of senders "
		"`value`.",
	.takes = VOLE_TAKES_EXPR,
	.options = options,
	.run = run,
};
