#include "vole.h"

#include "base/hash.h"
#include "base/quote.h"
#include "command/command.h"
#include "command/complete.h"
#include "command/help.h"
#include "runtime/call.h"
#include "runtime/runtime.h"
#include "session.h"
#include "target/target.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What one command may keep; a million map entries need far less. */
static const size_t COMMAND_CAP = (size_t)256 << 20;

enum { MAX_LINE = 1 << 20 };

struct vole_session *vole_session_open(struct vole_host *host,
				       vole_debuginfo_open *open_debuginfo)
{
	struct vole_session *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->host = host;
	s->open_debuginfo = open_debuginfo;
	vole_settings_init(&s->settings);
	return s;
}

static void close_target(struct vole_session *s)
{
	vole_runtime_close(s->rt);
	if (s->di)
		s->di->ops->close(s->di);
	vole_target_close(s->target);
	s->rt = NULL;
	s->di = NULL;
	s->target = NULL;
	vole_selection_clear(&s->selection);
}

void vole_session_close(struct vole_session *s)
{
	if (!s)
		return;
	close_target(s);
	free(s);
}

void vole_session_set_force(struct vole_session *s, bool force)
{
	if (s->force != force)
		close_target(s);
	s->force = force;
}

static uint64_t mix(uint64_t hash, const char *text)
{
	return (hash ^ (text ? vole_hash_bytes(text, strlen(text)) : 1)) *
	       0x9e3779b97f4a7c15;
}

/* One number for all that makes a target another one. */
static uint64_t identify(const struct vole_session *s,
			 const struct vole_facts *facts)
{
	uint64_t hash = facts->kind + ((uint64_t)facts->pid << 8) +
			facts->bias * 31 + facts->entry * 37;

	hash = mix(hash, facts->exe);
	hash = mix(hash, facts->core);
	return mix(hash, s->settings.debug_dir);
}

static void open_debuginfo(struct vole_session *s)
{
	struct vole_error err;

	if (!s->target->debug || !s->open_debuginfo)
		return;
	if (s->open_debuginfo(s->target->debug, &s->di, &err)) {
		if (s->di->problem)
			vole_target_problem(s->target, "%s", s->di->problem);
		return;
	}
	s->di = NULL;
	if (err.code != VOLE_NO_DEBUG_INFO)
		vole_target_problem(s->target, "debug information: %s",
				    err.text);
	else
		vole_target_problem(s->target, "%s", err.text);
}

bool vole_session_target(struct vole_session *s, struct vole_error *err)
{
	const struct vole_target_options options = {
		.force = s->force,
		.debug_dir = s->settings.debug_dir[0] ? s->settings.debug_dir :
							NULL,
	};
	uint64_t generation = s->host->generation(s->host);
	struct vole_facts facts;
	uint64_t identity;

	s->host->facts(s->host, &facts);
	if (facts.kind == VOLE_TARGET_NONE) {
		close_target(s);
		return vole_fail(err, VOLE_NOT_FOUND, VOLE_NOWHERE,
				 "there is no core and no process to look at");
	}
	identity = identify(s, &facts);
	if (s->rt && identity == s->identity) {
		if (generation != s->generation)
			vole_runtime_forget(s->rt);
		s->generation = generation;
		return true;
	}
	close_target(s);
	if (!vole_target_open(s->host, &options, &s->target, err))
		return false;
	open_debuginfo(s);
	if (!vole_runtime_open(s->target, s->di, &s->rt, err)) {
		close_target(s);
		return false;
	}
	s->identity = identity;
	s->generation = generation;
	return true;
}

bool vole_session_again(struct vole_session *s, struct vole_error *err)
{
	if (s->rt && s->generation == s->host->generation(s->host))
		return true;
	return vole_session_target(s, err);
}

/* --- running a command ----------------------------------------------------- */

/* "sentence\n    the expression\n         ^" when the error has a column. */
static void explain(const struct vole_context *ctx, struct vole_outcome *ret)
{
	enum { BEFORE = 60, AFTER = 60 };
	const char *text = ctx->expression;
	struct vole_strbuf buf = { 0 };
	size_t column = ret->err.column, len, from, to, width;

	vole_strbuf_add(&buf, ret->err.text);
	if (ret->err.has_addr)
		vole_strbuf_printf(&buf, " (at 0x%" PRIx64 ")", ret->err.addr);
	if (ret->err.has_column && text) {
		len = strlen(text);
		column = column < len ? column : len;
		from = column > BEFORE ? column - BEFORE : 0;
		to = len - column > AFTER ? column + AFTER : len;
		vole_strbuf_add(&buf, "\n    ");
		width = buf.len;
		vole_escape(&buf, text + from, column - from);
		width = vole_text_width(buf.text + width, buf.len - width);
		vole_escape(&buf, text + column, to - column);
		vole_strbuf_add(&buf, "\n    ");
		vole_strbuf_fill(&buf, ' ', width);
		vole_strbuf_add(&buf, "^");
	}
	snprintf(ret->message, sizeof(ret->message), "%s",
		 vole_strbuf_text(&buf));
	vole_strbuf_free(&buf);
}

static struct vole_sink *open_sink(const struct vole_context *ctx,
				   struct vole_ui *ui)
{
	/* docs/json.md is a page, not a document. */
	bool page = vole_args_has(ctx, "--markdown");

	return ctx->args.json && !page ?
		       vole_sink_json_open(ui, ctx->command->name) :
		       vole_sink_text_open(ui, ctx->command->name);
}

static void warn_of_functions(const struct vole_runtime *rt,
			      struct vole_sink *sink)
{
	if (rt->no_functions)
		vole_sink_warn(sink, "%s", rt->no_functions);
	else if (vole_calls_problem(rt))
		vole_sink_warn(sink, "%s", vole_calls_problem(rt));
}

static bool run_command(struct vole_session *s, struct vole_context *ctx,
			struct vole_error *err)
{
	if (!ctx->command->no_target) {
		if (!vole_session_target(s, err))
			return false;
		ctx->rt = s->rt;
	}
	if (!ctx->command->run(ctx, err))
		return false;
	if (ctx->command->on_stacks)
		warn_of_functions(s->rt, ctx->sink);
	if (ctx->sink->out.failed)
		return vole_fail_nomem(err);
	if (ctx->sink->stopped)
		return vole_fail(err, VOLE_INTERRUPTED, VOLE_NOWHERE,
				 "interrupted");
	return true;
}

/* Arguments that do not parse are told as JSON too when it was asked for. */
static bool asks_json(const char *line)
{
	const char *at = strstr(line, "--json");

	return at && (at == line || at[-1] == ' ') && (!at[6] || at[6] == ' ');
}

static void run_line(struct vole_session *s, struct vole_context *ctx,
		     struct vole_ui *ui, const char *args,
		     struct vole_outcome *ret)
{
	bool parsed = vole_args_parse(ctx->command, args, ctx->arena,
				      &ctx->args, &ret->err);
	bool ok;

	if (!parsed)
		ctx->args.json = asks_json(args);
	ctx->sink = open_sink(ctx, ui);
	if (!ctx->sink) {
		vole_fail_nomem(&ret->err);
		return;
	}
	ok = parsed && run_command(s, ctx, &ret->err);
	if (ok)
		ret->err.code = VOLE_OK;
	ctx->sink->ops->finish(ctx->sink, ok ? NULL : &ret->err);
	vole_sink_close(ctx->sink);
}

void vole_session_run(struct vole_session *s, struct vole_ui *ui,
		      const char *line, struct vole_outcome *ret)
{
	struct vole_context ctx = { .session = s,
				    .settings = &s->settings,
				    .selection = &s->selection };
	struct vole_ui own = *ui;
	struct vole_arena arena;
	size_t len;

	*ret = (struct vole_outcome){ 0 };
	line += strspn(line, " \t");
	len = strcspn(line, " \t");
	if (!len)
		return;
	vole_arena_init(&arena, COMMAND_CAP);
	ctx.arena = &arena;
	if (s->settings.color != VOLE_COLOR_AUTO)
		ui->color = s->settings.color == VOLE_COLOR_ON;
	if (strnlen(line, MAX_LINE) == MAX_LINE)
		vole_fail(&ret->err, VOLE_USAGE, VOLE_NOWHERE,
			  "a line of over %d bytes", MAX_LINE);
	else if (vole_command_find(line, len, &ctx.command, &ret->err))
		run_line(s, &ctx, ui, line + len, ret);
	ui->color = own.color;
	ret->exit = vole_code_exit(ret->err.code);
	if (ret->exit)
		explain(&ctx, ret);
	else if (ctx.found_wrong)
		ret->exit = 1;
	vole_arena_clear(&arena);
}

/* --- completion ------------------------------------------------------------ */

struct completion {
	struct vole_session *session;
	void (*each)(void *arg, const char *word);
	void *arg;
};

static struct vole_debuginfo *complete_names(void *arg)
{
	struct vole_session *s = ((struct completion *)arg)->session;
	struct vole_error err;

	return vole_session_target(s, &err) ? s->di : NULL;
}

/* As the command would find them, which says why it finds none. */
static void complete_locals(void *arg, const struct vole_command *command,
			    const char *args,
			    void (*each)(void *word, const char *name),
			    void *word)
{
	struct vole_session *s = ((struct completion *)arg)->session;
	struct vole_ui quiet = vole_ui_quiet();
	struct vole_context ctx = { .session = s,
				    .settings = &s->settings,
				    .selection = &s->selection,
				    .command = command };
	struct vole_arena arena;
	struct vole_error err;

	if (!vole_session_target(s, &err))
		return;
	ctx.rt = s->rt;
	vole_arena_init(&arena, COMMAND_CAP);
	ctx.arena = &arena;
	ctx.sink = vole_sink_text_open(&quiet, command->name);
	if (ctx.sink) {
		/* An expression that has only begun may not parse. */
		(void)!vole_args_parse(command, args, ctx.arena, &ctx.args,
				       &err);
		vole_context_locals(&ctx, each, word);
		vole_sink_close(ctx.sink);
	}
	vole_arena_clear(&arena);
}

static void complete_each(void *arg, const char *word)
{
	struct completion *c = arg;

	c->each(c->arg, word);
}

void vole_session_complete(struct vole_session *s, const char *line,
			   size_t limit,
			   void (*each)(void *arg, const char *word), void *arg)
{
	struct completion c = { s, each, arg };
	const struct vole_completer completer = {
		.names = complete_names,
		.locals = complete_locals,
		.each = complete_each,
		.arg = &c,
		.limit = limit,
	};

	vole_complete(&completer, line);
}

/* --- the table ------------------------------------------------------------- */

size_t vole_num_commands(void)
{
	return vole_commands_len;
}

const char *vole_command_name(size_t index)
{
	return vole_commands[index]->name;
}

const char *vole_command_alias(size_t index, size_t n)
{
	return n < VOLE_MAX_ALIASES ? vole_commands[index]->aliases[n] : NULL;
}

const char *vole_command_summary(size_t index)
{
	return vole_commands[index]->summary;
}

char *vole_command_help(size_t index)
{
	struct vole_strbuf buf = { 0 };

	vole_help_text(vole_commands[index], &buf);
	return buf.text;
}

const char *vole_version(void)
{
	return "0.1.0";
}
