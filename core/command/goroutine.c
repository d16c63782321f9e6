#include "command/frames.h"
#include "command/panics.h"
#include "command/select.h"
#include "runtime/clock.h"
#include "runtime/labels.h"
#include "runtime/place.h"

#include <stdlib.h>
#include <string.h>

static void put_call(struct vole_sink *sink, const char *label,
		     const char *const keys[3], const struct vole_call *call)
{
	if (!call)
		return;
	vole_sink_text(sink, keys[0], VOLE_STYLE_HIDDEN, call->name);
	vole_sink_text(sink, keys[1], VOLE_STYLE_HIDDEN, call->file);
	vole_sink_number_json(sink, keys[2], call->line);
	vole_sink_cell_printf(sink, label, VOLE_STYLE_NAME, "%s at %s:%" PRId32,
			      call->name, call->file, call->line);
}

static void put_stack(struct vole_context *ctx, const struct vole_goroutine *g)
{
	struct vole_sink *sink = ctx->sink;
	struct vole_stack stack;
	struct vole_frame frame;
	uint64_t sp = 0;

	/* Of a running goroutine only its thread knows. */
	vole_stack_begin(&stack, ctx->rt, g);
	while (!sp && vole_stack_next(&stack, &frame))
		if (frame.sp > g->stack_lo && frame.sp <= g->stack_hi)
			sp = frame.sp;
	vole_sink_object(sink, "stack");
	vole_sink_address(sink, "lo", g->stack_lo);
	vole_sink_address(sink, "hi", g->stack_hi);
	if (sp) {
		vole_sink_address(sink, "sp", sp);
		vole_sink_number(sink, "used", (int64_t)(g->stack_hi - sp));
		vole_sink_number(sink, "room", (int64_t)(sp - g->stack_lo));
	}
	vole_sink_end(sink);
}

static void put_sched(struct vole_context *ctx, const struct vole_goroutine *g)
{
	struct vole_sink *sink = ctx->sink;

	vole_sink_object(sink, "sched");
	vole_sink_address(sink, "pc", g->sched_pc);
	vole_sink_address(sink, "sp", g->sched_sp);
	vole_sink_address(sink, "bp", g->sched_bp);
	if (g->syscall_sp) {
		vole_sink_address(sink, "syscall_pc", g->syscall_pc);
		vole_sink_address(sink, "syscall_sp", g->syscall_sp);
	}
	vole_sink_end(sink);
	if (g->status == VOLE_GSTATUS_RUNNING)
		vole_sink_say(sink, VOLE_STYLE_FAINT,
			      "it runs: these are of the last time that it "
			      "did not");
}

static void put_thread(struct vole_context *ctx, const struct vole_goroutine *g)
{
	const struct vole_ms *ms;
	struct vole_error unused;
	const struct vole_m *m;

	if (!vole_ms_get(ctx->rt, &ms, &unused))
		return;
	m = vole_m_of(ms, g);
	if (!m)
		return;
	vole_sink_number(ctx->sink, "m", m->id);
	if (m->tid)
		vole_sink_number(ctx->sink, "thread", (int64_t)m->tid);
	if (g->locked_m)
		vole_sink_flag(ctx->sink, "locked_to_thread", true);
}

static void put_labels(struct vole_context *ctx, const struct vole_goroutine *g)
{
	struct vole_labels labels;
	size_t i;

	if (!vole_labels_read(ctx->rt, g, &labels) || !labels.len)
		return;
	vole_sink_object(ctx->sink, "labels");
	for (i = 0; i < labels.len; i++)
		vole_sink_text(ctx->sink, labels.items[i].key,
			       VOLE_STYLE_STRING, labels.items[i].value);
	vole_sink_end(ctx->sink);
}

static void put_state(struct vole_context *ctx, const struct vole_goroutine *g)
{
	int64_t waited = vole_waited(g, vole_clock_newest(ctx->rt));
	struct vole_sink *sink = ctx->sink;
	struct vole_strbuf text = { 0 };

	vole_sink_text(sink, "state", VOLE_STYLE_PLAIN,
		       vole_goroutine_state(g));
	vole_sink_text(sink, "wait_reason", VOLE_STYLE_PLAIN,
		       vole_goroutine_wait_reason(ctx->rt, g));
	if (!waited)
		return;
	vole_duration_add(&text, waited);
	vole_sink_number_json(sink, "wait_ns", waited);
	vole_sink_cell_printf(sink, "waits", VOLE_STYLE_PLAIN,
			      "since %s or longer", vole_strbuf_text(&text));
	vole_strbuf_free(&text);
}

static void put(struct vole_context *ctx, const struct vole_goroutine *g)
{
	static const char *const top[] = { "function", "file", "line" };
	static const char *const user[] = { "user_function", "user_file",
					    "user_line" };
	static const char *const by[] = { "created_by", "created_file",
					  "created_line" };
	static const char *const start[] = { "start_function", "start_file",
					     "start_line" };
	struct vole_sink *sink = ctx->sink;
	struct vole_place_of place;

	vole_goroutine_place(ctx->rt, g, &place);
	vole_sink_number(sink, "id", (int64_t)g->id);
	vole_sink_address(sink, "address", g->addr);
	put_state(ctx, g);
	vole_sink_flag(sink, "system", place.system);
	put_call(sink, "at", top, place.top);
	put_call(sink, "user code", user, place.user);
	put_call(sink, "created by", by, place.created);
	if (g->parent)
		vole_sink_number(sink, "parent", (int64_t)g->parent);
	put_call(sink, "started in", start, place.start);
	put_thread(ctx, g);
	put_labels(ctx, g);
	put_stack(ctx, g);
	put_sched(ctx, g);
	vole_put_panics(ctx, g);
	vole_put_defers(ctx, g);
	if (place.end) {
		vole_sink_text(sink, "end", VOLE_STYLE_HIDDEN, place.end);
		vole_sink_say(sink, VOLE_STYLE_BAD,
			      "its stack could not be followed: %s", place.end);
	}
}

static bool run(struct vole_context *ctx, struct vole_error *err)
{
	struct vole_selection *selection = ctx->selection;
	const char *text = ctx->args.text;
	struct vole_goroutine g;

	if (!strcmp(text, "-")) {
		vole_selection_clear(selection);
		text = "";
	}
	if (!vole_context_goroutine(ctx, text, &g, err))
		return false;
	if (*text)
		vole_selection_choose(selection, g.id);
	put(ctx, &g);
	return true;
}

const struct vole_command vole_cmd_goroutine = {
	.name = "goroutine",
	.aliases = { "g", "gr" },
	.args = "[N|-]",
	.summary = "Select goroutine N for what follows, and show it.",
	.detail = "Without a number it shows the selected one; that is the "
		  "one that crashed, or that\nthe debugger's thread runs, "
		  "until another is chosen. `goroutine -` goes back,\nand so "
		  "does running on. In gdb its own bt, frame, up and info "
		  "locals show that\ngoroutine too.",
	.example = "goroutine 1",
	.json = "As one of `goroutines`, and `stack`: `lo`, `hi`, `sp`, "
		"`used`, `room`; `sched`: `pc`, `sp`, `bp`, in a system call "
		"`syscall_pc`, `syscall_sp`; `m`, `thread`, "
		"`locked_to_thread`, `start_function`, `start_file`, "
		"`start_line`; " VOLE_PANICS_JSON ".",
	.takes = VOLE_TAKES_WORDS,
	.on_stacks = true,
	.run = run,
};
