/* What names in a command's expression mean. */
#include "command/select.h"
#include "runtime/call.h"
#include "value/local.h"

#include <string.h>

/* The frame is looked for when a name asks for it: most expressions do not. */
struct frame_scope {
	struct vole_scope scope; /* first: cast back */
	struct vole_context *ctx;
	bool tried;
	const struct vole_frame_reader *variables; /* or NULL */
};

static bool stopped(void *arg)
{
	return vole_sink_stopped(arg);
}

static bool open_frame(struct frame_scope *fs, struct vole_error *err)
{
	struct vole_context *ctx = fs->ctx;
	const struct vole_frame_reader *variables;
	const struct vole_call *call;
	struct vole_frame_at *at;
	struct vole_goroutine g;

	at = vole_arena_alloc(ctx->arena, sizeof(*at));
	if (!at)
		return vole_fail_nomem(err);
	if (!vole_context_frame(ctx, &g, at, err))
		return false;
	call = vole_frame_call(at);
	if (call)
		fs->scope.package = vole_arena_copy(
			ctx->arena, call->name, vole_package_len(call->name));
	if (vole_locals_open(ctx->rt, ctx->arena, at, &variables, err)) {
		fs->variables = variables;
		return true;
	}
	/* A frame that nothing is known of still has a package. */
	return err->code == VOLE_NO_DEBUG_INFO;
}

static bool read_local(const struct vole_scope *scope, const char *name,
		       struct vole_local *ret)
{
	struct frame_scope *fs = (struct frame_scope *)(uintptr_t)scope;
	struct vole_error unused;

	if (!fs->tried) {
		fs->tried = true;
		if (!open_frame(fs, &unused))
			fs->variables = NULL;
	}
	return fs->variables && vole_local_read(fs->variables, name, ret);
}

static bool has(const struct vole_scope *scope, const char *name,
		const struct vole_type **ret_type)
{
	struct vole_local local;

	if (!read_local(scope, name, &local))
		return false;
	*ret_type = local.value.type;
	return true;
}

static bool find(const struct vole_scope *scope, const char *name,
		 struct vole_value *ret, struct vole_error *err)
{
	const struct frame_scope *fs = (const struct frame_scope *)scope;
	struct vole_local local;

	if (!read_local(scope, name, &local))
		return vole_fail(err, VOLE_NOT_FOUND, VOLE_NOWHERE,
				 "the frame has no variable %s", name);
	if (local.value.where == VOLE_IN_NOTHING)
		return vole_fail(err, VOLE_UNREADABLE, VOLE_NOWHERE,
				 "%s has no value here: %s", name,
				 local.value.why);
	if (local.unused)
		vole_sink_warn(fs->ctx->sink,
			       "%s is no longer used here: what it leads to "
			       "may have been freed",
			       name);
	*ret = local.value;
	return true;
}

bool vole_context_evaluator(struct vole_context *ctx, struct vole_eval *ret,
			    struct vole_error *err)
{
	struct frame_scope *fs = vole_arena_alloc(ctx->arena, sizeof(*fs));

	if (!fs)
		return vole_fail_nomem(err);
	fs->scope.find = find;
	fs->scope.has = has;
	fs->ctx = ctx;
	if (ctx->args.goroutine || ctx->args.frame ||
	    ctx->selection->has_frame) {
		fs->tried = true;
		if (!open_frame(fs, err))
			return false;
	}
	*ret = (struct vole_eval){ .rt = ctx->rt,
				   .arena = ctx->arena,
				   .scope = &fs->scope,
				   .interrupted = stopped,
				   .interrupted_arg = ctx->sink };
	return true;
}

bool vole_context_eval(struct vole_context *ctx, struct vole_value *ret,
		       struct vole_error *err)
{
	struct vole_eval eval;

	ctx->expression = ctx->args.text;
	return vole_context_evaluator(ctx, &eval, err) &&
	       vole_eval(&eval, ctx->args.text, ret, err);
}

void vole_context_locals(struct vole_context *ctx,
			 void (*each)(void *arg, const char *name), void *arg)
{
	const struct vole_frame_reader *variables;
	struct vole_locals locals;
	struct vole_frame_at at;
	struct vole_goroutine g;
	struct vole_error unused;
	size_t i;

	if (!vole_context_frame(ctx, &g, &at, &unused) ||
	    !vole_locals_open(ctx->rt, ctx->arena, &at, &variables, &unused) ||
	    !vole_locals_read(variables, &locals, &unused))
		return;
	for (i = 0; i < locals.len; i++)
		if (!locals.items[i].hidden)
			each(arg, locals.items[i].name);
}
