/**
 * One table of commands makes gdb's, lldb's and vole's, the help, completion
 * and docs/commands.md. A command is one file: its row and its run function,
 * which looks at the model and sends events to a sink.
 */
#ifndef VOLE_COMMAND_COMMAND_H
#define VOLE_COMMAND_COMMAND_H

#include "base/arena.h"
#include "command/settings.h"
#include "render/sink.h"
#include "runtime/runtime.h"
#include "value/expr.h"
#include "value/visit.h"

enum { VOLE_MAX_OPTIONS = 12, VOLE_MAX_ALIASES = 2 };

struct vole_option {
	const char *name; /* "--limit" */
	const char *arg; /* "N"; NULL: a flag; EXPR and KEY keep their quotes */
	const char *help;
};

/** What a command was given, after its options were taken out. */
struct vole_args {
	const char *text; /* the rest of the line, trimmed; "" none */
	bool json;
	bool given[VOLE_MAX_OPTIONS]; /* by index in the command's options */
	const char *value[VOLE_MAX_OPTIONS];
	const char *goroutine, *frame; /* where names are looked up; or NULL */
};

struct vole_selection;
struct vole_session;

/** All that a running command has. Lives as long as the command. */
struct vole_context {
	struct vole_session *session;
	struct vole_runtime *rt; /* NULL when the command needs no target */
	struct vole_arena *arena;
	struct vole_sink *sink;
	struct vole_settings *settings;
	struct vole_selection *selection;
	const struct vole_command *command;
	struct vole_args args;
	const char *expression; /* the text errors with a column point into */
	bool found_wrong; /* answered, and found something wrong: exit 1 */
};

enum vole_takes {
	VOLE_TAKES_NOTHING,
	VOLE_TAKES_EXPR, /* needs one expression */
	VOLE_TAKES_PATTERN, /* may have a pattern or a name */
	VOLE_TAKES_WORDS, /* splits the text itself */
};

struct vole_command {
	const char *name;
	/*
	 * Shorter names; what merely begins one name is a second one's too as
	 * soon as there is such a command.
	 */
	const char *aliases[VOLE_MAX_ALIASES + 1]; /* end with NULL */
	const char *args; /* "EXPR", "[PATTERN]", "" */
	const char *summary; /* one sentence */
	const char *detail; /* paragraphs of help, or NULL */
	const char *example; /* a command and what it prints, from a real run */
	const char *json; /* what `result` holds, for docs/json.md */
	enum vole_takes takes;
	bool no_target; /* runs without one */
	bool on_stacks; /* warns when functions are not known */
	bool in_frame; /* is about a frame, as all that take expressions */
	const struct vole_option *options; /* ends with a NULL name; or NULL */
	bool (*run)(struct vole_context *ctx, struct vole_error *err);
};

extern const struct vole_command vole_cmd_bt;
extern const struct vole_command vole_cmd_chan;
extern const struct vole_command vole_cmd_down;
extern const struct vole_command vole_cmd_frame;
extern const struct vole_command vole_cmd_funcs;
extern const struct vole_command vole_cmd_goroutine;
extern const struct vole_command vole_cmd_goroutines;
extern const struct vole_command vole_cmd_heap;
extern const struct vole_command vole_cmd_help;
extern const struct vole_command vole_cmd_info;
extern const struct vole_command vole_cmd_layout;
extern const struct vole_command vole_cmd_locals;
extern const struct vole_command vole_cmd_map;
extern const struct vole_command vole_cmd_pool;
extern const struct vole_command vole_cmd_print;
extern const struct vole_command vole_cmd_refs;
extern const struct vole_command vole_cmd_sched;
extern const struct vole_command vole_cmd_set;
extern const struct vole_command vole_cmd_show;
extern const struct vole_command vole_cmd_slice;
extern const struct vole_command vole_cmd_type;
extern const struct vole_command vole_cmd_types;
extern const struct vole_command vole_cmd_up;
extern const struct vole_command vole_cmd_vars;
extern const struct vole_command vole_cmd_waits;
extern const struct vole_command vole_cmd_why;

extern const struct vole_command *const vole_commands[];
extern const size_t vole_commands_len;
/** Every command takes these: --json. */
extern const struct vole_option vole_common_options[];
/** Those of vole_command_in_frame(): --goroutine, --frame. */
extern const struct vole_option vole_frame_options[];
bool vole_command_in_frame(const struct vole_command *command);

/** By name, alias or unique beginning; VOLE_USAGE names the nearest. */
VOLE_CHECKED bool vole_command_find(const char *name, size_t len,
				    const struct vole_command **ret,
				    struct vole_error *err);

/**
 * Split @p line (after the command's name) into options and text. Options
 * stand anywhere outside quotes; "--" ends them; a pair of single quotes
 * around all of the text is taken off.
 */
VOLE_CHECKED bool vole_args_parse(const struct vole_command *command,
				  const char *line, struct vole_arena *arena,
				  struct vole_args *ret,
				  struct vole_error *err);
/** The option's index in the command's table, for args->given. */
bool vole_args_has(const struct vole_context *ctx, const char *option);
/** Its value, or NULL. */
const char *vole_args_value(const struct vole_context *ctx, const char *option);
/** A number option, else @p fallback. VOLE_USAGE when it is no number. */
VOLE_CHECKED bool vole_args_number(const struct vole_context *ctx,
				   const char *option, uint64_t fallback,
				   uint64_t *ret, struct vole_error *err);

/** Names of the variables of the frame that the command is about. */
void vole_context_locals(struct vole_context *ctx,
			 void (*each)(void *arg, const char *name), void *arg);
/** The command's expression, evaluated. */
VOLE_CHECKED bool vole_context_eval(struct vole_context *ctx,
				    struct vole_value *ret,
				    struct vole_error *err);
/**
 * An evaluator over the command's arena that stops when the user does. Names
 * mean the variables of the command's frame first; when the user asked for a
 * frame that is not there it fails.
 */
VOLE_CHECKED bool vole_context_evaluator(struct vole_context *ctx,
					 struct vole_eval *ret,
					 struct vole_error *err);
/** --limit, --depth, --raw and the settings behind them. */
VOLE_CHECKED bool vole_context_limits(const struct vole_context *ctx,
				      struct vole_walk_limits *ret,
				      struct vole_error *err);
/** Send @p value to the sink under @p key (NULL: as the answer). */
void vole_context_value(struct vole_context *ctx, const char *key,
			const struct vole_value *value,
			const struct vole_walk_limits *limits);
/** The same as text on one line, cut where it is long; in ctx->arena. */
const char *vole_context_text(struct vole_context *ctx,
			      const struct vole_value *value);
/** Does @p name match the user's pattern: part of it, or a glob? */
bool vole_pattern_matches(const char *pattern, const char *name);

#define VOLE_OPTION_LIMIT                                               \
	{                                                               \
		"--limit", "N", "show at most N of a list; 0 shows all" \
	}

#endif
