#include "command/select.h"

#include <stdio.h>
#include <stdlib.h>

static bool parse_id(const char *text, uint64_t *ret, struct vole_error *err)
{
	char *end;

	if (*text >= '0' && *text <= '9') {
		*ret = strtoull(text, &end, 0);
		if (!*end)
			return true;
	}
	return vole_fail(err, VOLE_USAGE, VOLE_NOWHERE,
			 "a goroutine is named by its number, not \"%.40s\"",
			 text);
}

/* The one on the thread that the debugger's user has selected. */
static bool on_thread(struct vole_context *ctx, struct vole_goroutine *ret)
{
	struct vole_host *host = ctx->rt->target->host;
	const struct vole_m *m;
	const struct vole_ms *ms;
	struct vole_error unused;
	struct vole_regs regs;

	if (!host || !host->selected || !host->selected(host, &regs) ||
	    !vole_ms_get(ctx->rt, &ms, &unused))
		return false;
	m = vole_m_of_thread(ms, regs.tid);
	return m && m->curg &&
	       vole_goroutine_read(ctx->rt, m->curg, ret, &unused);
}

bool vole_context_goroutine(struct vole_context *ctx, const char *text,
			    struct vole_goroutine *ret, struct vole_error *err)
{
	const struct vole_selection *selection = ctx->selection;
	bool live = ctx->rt->target->kind == VOLE_TARGET_LIVE;
	struct vole_error unused;
	uint64_t id = 0;

	if (*text)
		return parse_id(text, &id, err) &&
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

void vole_state_text(const struct vole_runtime *rt,
		     const struct vole_goroutine *g, char *buf, size_t room)
{
	const char *reason = vole_goroutine_wait_reason(rt, g);

	snprintf(buf, room, "%s%s%s", vole_goroutine_state(g),
		 reason ? ": " : "", reason ? reason : "");
}

void vole_duration_text(int64_t ns, char *buf, size_t room)
{
	int64_t s = ns / 1000000000;

	if (ns < 1000000)
		snprintf(buf, room, "%" PRId64 "us", ns / 1000);
	else if (s < 1)
		snprintf(buf, room, "%" PRId64 "ms", ns / 1000000);
	else if (s < 60)
		snprintf(buf, room, "%" PRId64 ".%" PRId64 "s", s,
			 ns / 100000000 % 10);
	else if (s < 3600)
		snprintf(buf, room, "%" PRId64 "m%" PRId64 "s", s / 60, s % 60);
	else
		snprintf(buf, room, "%" PRId64 "h%" PRId64 "m", s / 3600,
			 s / 60 % 60);
}

int64_t vole_waited(const struct vole_goroutine *g, int64_t now)
{
	bool waits = g->status == VOLE_GSTATUS_WAITING ||
		     g->status == VOLE_GSTATUS_LEAKED;

	return waits && g->wait_since > 0 && now > g->wait_since ?
		       now - g->wait_since :
		       0;
}
