#include "command/select.h"

#include <stdio.h>
#include <stdlib.h>

static void renew(struct vole_selection *selection, bool chosen, uint64_t id)
{
	*selection = (struct vole_selection){
		.chosen = chosen,
		.goroutine = id,
		.changes = selection->changes,
		.frame_changes = selection->frame_changes,
	};
}

void vole_selection_choose(struct vole_selection *selection, uint64_t id)
{
	renew(selection, true, id);
	selection->changes++;
}

void vole_selection_clear(struct vole_selection *selection)
{
	selection->changes += selection->chosen;
	renew(selection, false, 0);
}

void vole_selection_frame(struct vole_selection *selection, uint64_t id,
			  const struct vole_frame_at *at)
{
	if (!selection->chosen || selection->goroutine != id)
		vole_selection_choose(selection, id);
	selection->has_frame = true;
	selection->frame = at->index;
	selection->frame_sp = at->frame.sp;
	selection->frame_entry = at->frame.entry;
	selection->frame_inner = at->inlined;
	selection->frame_changes++;
}

static bool selected(struct vole_host *host, struct vole_regs *ret)
{
	return host && host->selected && host->selected(host, ret) &&
	       ret->have & VOLE_HAVE_SP;
}

static uint32_t selected_inner(struct vole_host *host)
{
	return host->selected_inner ? host->selected_inner(host) : 0;
}

void vole_selection_stand(struct vole_selection *selection,
			  struct vole_host *host)
{
	struct vole_regs regs;
	bool stands = selected(host, &regs);

	selection->stood_sp = stands ? regs.sp : 0;
	selection->stood_inner = stands ? selected_inner(host) : 0;
}

static bool parse_id(const char *what, const char *text, uint64_t *ret,
		     struct vole_error *err)
{
	char *end;

	if (*text >= '0' && *text <= '9') {
		*ret = strtoull(text, &end, 0);
		if (!*end)
			return true;
	}
	return vole_fail(err, VOLE_USAGE, VOLE_NOWHERE,
			 "a %s is named by its number, not \"%.40s\"", what,
			 text);
}

/* The one on the thread whose frame the debugger's user has selected. */
static bool on_frame(struct vole_context *ctx, struct vole_regs *ret_regs,
		     struct vole_goroutine *ret)
{
	struct vole_host *host = ctx->rt->target->host;
	const struct vole_m *m;
	const struct vole_ms *ms;
	struct vole_error unused;

	if (!host || !host->selected || !host->selected(host, ret_regs) ||
	    !vole_ms_get(ctx->rt, &ms, &unused))
		return false;
	m = vole_m_of_thread(ms, ret_regs->tid);
	return m && m->curg &&
	       vole_goroutine_read(ctx->rt, m->curg, ret, &unused);
}

static bool on_thread(struct vole_context *ctx, struct vole_goroutine *ret)
{
	struct vole_regs unused;

	return on_frame(ctx, &unused, ret);
}

bool vole_context_goroutine(struct vole_context *ctx, const char *text,
			    struct vole_goroutine *ret, struct vole_error *err)
{
	const struct vole_selection *selection = ctx->selection;
	bool live = ctx->rt->target->kind == VOLE_TARGET_LIVE;
	struct vole_error unused;
	uint64_t id = 0;

	if (*text)
		return parse_id("goroutine", text, &id, err) &&
		       vole_goroutine_find(ctx->rt, id, ret, err);
	if (selection->chosen)
		return vole_goroutine_find(ctx->rt, selection->goroutine, ret,
					   err);
	if (live && on_thread(ctx, ret))
		return true;
	if (vole_goroutine_crashed(ctx->rt, ret, &unused) ||
	    on_thread(ctx, ret))
		return true;
	return vole_goroutine_find(ctx->rt, 1, ret, err);
}

static bool stopped(void *arg)
{
	return vole_sink_stopped(arg);
}

/* May a frame at @p sp be one of @p g? A walk is long where stacks are deep. */
static bool may_have(struct vole_context *ctx, const struct vole_goroutine *g,
		     const struct vole_regs *regs)
{
	struct vole_goroutine on;
	struct vole_regs unused;

	if (regs->sp > g->stack_lo && regs->sp <= g->stack_hi)
		return true;
	return on_frame(ctx, &unused, &on) && on.addr == g->addr;
}

/* The debugger's own selected frame, unless it is where all begin. */
static bool debuggers_frame(struct vole_context *ctx,
			    const struct vole_goroutine *g,
			    struct vole_frame_at *ret)
{
	const struct vole_selection *selection = ctx->selection;
	struct vole_host *host = ctx->rt->target->host;
	struct vole_error unused;
	struct vole_regs regs;

	if (!selected(host, &regs) || !may_have(ctx, g, &regs))
		return false;
	if (selection->has_frame && regs.sp == selection->stood_sp &&
	    selected_inner(host) == selection->stood_inner)
		return false;
	if (!vole_frame_by_sp(ctx->rt, g, regs.sp, 0, ret, &unused))
		return false;
	if (ret->calls.len > 1 &&
	    !vole_frame_by_sp(ctx->rt, g, regs.sp, selected_inner(host), ret,
			      &unused))
		return false;
	return ret->index || selection->has_frame;
}

/* The frame of `frame K`, unless the program ran on and it is another. */
static bool chosen_frame(struct vole_context *ctx,
			 const struct vole_goroutine *g,
			 struct vole_frame_at *ret)
{
	const struct vole_selection *selection = ctx->selection;
	struct vole_error unused;

	return selection->has_frame && selection->goroutine == g->id &&
	       vole_frame_at(ctx->rt, g, selection->frame, stopped, ctx->sink,
			     ret, &unused) &&
	       ret->frame.sp == selection->frame_sp &&
	       ret->frame.entry == selection->frame_entry;
}

bool vole_context_frame(struct vole_context *ctx,
			struct vole_goroutine *ret_goroutine,
			struct vole_frame_at *ret, struct vole_error *err)
{
	const char *goroutine = ctx->args.goroutine, *frame = ctx->args.frame;
	struct vole_goroutine *g = ret_goroutine;
	uint64_t index = VOLE_FRAME_OF_USER;

	if (!vole_context_goroutine(ctx, goroutine ? goroutine : "", g, err) ||
	    (frame && !parse_id("frame", frame, &index, err)))
		return false;
	if (!frame &&
	    (debuggers_frame(ctx, g, ret) || chosen_frame(ctx, g, ret)))
		return true;
	return vole_frame_at(ctx->rt, g, index, stopped, ctx->sink, ret, err);
}

void vole_state_text(const struct vole_runtime *rt,
		     const struct vole_goroutine *g, char *buf, size_t room)
{
	const char *reason = vole_goroutine_wait_reason(rt, g);

	snprintf(buf, room, "%s%s%s", vole_goroutine_state(g),
		 reason ? ": " : "", reason ? reason : "");
}

void vole_duration_add(struct vole_strbuf *buf, int64_t ns)
{
	static const struct {
		int64_t ns, below, part; /* a unit, up to where, what follows */
		const char *name, *part_name;
	} units[] = {
		{ 1000, 1000000, 0, "us", "" },
		{ 1000000, 1000000000, 0, "ms", "" },
		{ 1000000000, 60000000000, 100000000, ".", "s" },
		{ 60000000000, 3600000000000, 1000000000, "m", "s" },
		{ 3600000000000, INT64_MAX, 60000000000, "h", "m" },
	};
	enum { NUM_UNITS = sizeof(units) / sizeof(units[0]) };
	size_t i = 0;

	while (ns >= units[i].below && i + 1 < NUM_UNITS)
		i++;
	vole_strbuf_add_int(buf, ns / units[i].ns);
	vole_strbuf_add(buf, units[i].name);
	if (!units[i].part)
		return;
	vole_strbuf_add_int(buf, ns % units[i].ns / units[i].part);
	vole_strbuf_add(buf, units[i].part_name);
}

int64_t vole_waited(const struct vole_goroutine *g, int64_t now)
{
	bool waits = g->status == VOLE_GSTATUS_WAITING ||
		     g->status == VOLE_GSTATUS_LEAKED;

	return waits && g->wait_since > 0 && now > g->wait_since ?
		       now - g->wait_since :
		       0;
}

void vole_put_duration(struct vole_sink *sink, const char *key, int64_t ns)
{
	struct vole_strbuf text = { 0 };

	vole_duration_add(&text, ns);
	vole_sink_cell(sink, key, VOLE_STYLE_PLAIN, vole_strbuf_text(&text));
	vole_strbuf_free(&text);
}
