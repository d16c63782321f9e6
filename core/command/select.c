#include "command/select.h"

#include <stdio.h>
#include <stdlib.h>

void vole_selection_choose(struct vole_selection *selection, uint64_t id)
{
	*selection = (struct vole_selection){
		.chosen = true,
		.goroutine = id,
		.changes = selection->changes + 1,
	};
}

void vole_selection_clear(struct vole_selection *selection)
{
	*selection = (struct vole_selection){
		.changes = selection->changes + selection->chosen,
	};
}

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
