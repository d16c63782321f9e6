#include "command/whose.h"

#include "command/object.h"
#include "command/referrer.h"
#include "heap/statics.h"
#include "runtime/package_var.h"
#include "runtime/rtype.h"
#include "value/part.h"
#include "value/route.h"
#include "value/stack_word.h"

#include <stdlib.h>

enum {
	MAX_STEPS = 32, /* of a way that is worth an expression */
	MAX_TRIED = 1 << 14, /* words, for those that are a variable's */
};

struct vole_whose {
	struct vole_context *ctx;
	struct vole_heap *heap;
	struct vole_stack_words *stacks;
	uint64_t num_tried;
	bool has_statics;
	struct vole_statics statics; /* when they were asked for */
};

bool vole_whose_open(struct vole_context *ctx, struct vole_heap *heap,
		     struct vole_whose **ret, struct vole_error *err)
{
	struct vole_whose *w = calloc(1, sizeof(*w));

	if (!w)
		return vole_fail_nomem(err);
	w->ctx = ctx;
	w->heap = heap;
	if (!vole_stack_words_open(ctx->rt, &w->stacks, err)) {
		vole_whose_close(w);
		return false;
	}
	*ret = w;
	return true;
}

void vole_whose_close(struct vole_whose *w)
{
	if (!w)
		return;
	vole_stack_words_close(w->stacks);
	vole_statics_close(&w->statics);
	free(w);
}

/* The text in the command's arena; never NULL. */
static const char *keep(struct vole_whose *w, struct vole_strbuf *text)
{
	const char *ret =
		vole_arena_string(w->ctx->arena, vole_strbuf_text(text));

	vole_strbuf_free(text);
	return ret ? ret : "?";
}

static bool is_of_frames(enum vole_root_kind kind)
{
	return kind == VOLE_ROOT_STACK || kind == VOLE_ROOT_SYSTEM_STACK ||
	       kind == VOLE_ROOT_REGISTERS;
}

/* --- frames ---------------------------------------------------------------- */

static struct vole_stack_place place_of(const struct vole_ref *ref)
{
	return (struct vole_stack_place){ .g = ref->g,
					  .thread = ref->owner,
					  .addr = ref->addr,
					  .number = ref->slot };
}

static void take_frame(struct vole_owner *o, const struct vole_stack_word *word)
{
	o->in_frame = true;
	o->goroutine = word->goroutine;
	o->frame = word->frame;
	o->function = word->function;
	o->no_variable = word->no_variable;
	o->hidden = word->hidden;
	o->reg = word->saved;
}

/* "main.work buf (goroutine 7, frame 2)" */
static void say_variable(struct vole_whose *w, struct vole_owner *o)
{
	struct vole_strbuf text = { 0 };

	vole_strbuf_printf(&text,
			   "%s %s (%s%s%sgoroutine %" PRIu64 ", frame %" PRIu64
			   ")",
			   o->function ? o->function : "C", o->expression,
			   o->hidden ? "hidden, " : "", o->reg ? o->reg : "",
			   o->reg ? ", " : "", o->goroutine, o->frame);
	o->where = keep(w, &text);
}

static void say_frame(struct vole_whose *w, struct vole_owner *o)
{
	struct vole_strbuf text = { 0 };

	vole_strbuf_printf(&text, "%s of %s, goroutine %" PRIu64 "%s",
			   o->reg ? o->reg : "frame",
			   o->function ? o->function : "C", o->goroutine,
			   !o->reg && o->no_variable ? " (spill or dead word)" :
						       "");
	o->where = keep(w, &text);
}

/* --- ways ------------------------------------------------------------------ */

/* Along all steps from number @p i on. */
static bool follow(struct vole_route *route, const struct vole_path *path,
		   size_t i)
{
	for (; i < path->len; i++)
		if (!vole_route_follow(route, path->steps[i - 1].value,
				       path->steps[i].addr))
			return false;
	return true;
}

/* The same way from a variable, when it begins in data without a name. */
static bool name_first(struct vole_whose *w, struct vole_path *path)
{
	struct vole_context *ctx = w->ctx;
	struct vole_path whole, first;
	struct vole_error unused;
	size_t i;

	if (!w->has_statics) {
		w->has_statics = true;
		if (!vole_statics_open(w->heap, ctx->sink->ui, &w->statics,
				       &unused))
			vole_statics_close(&w->statics);
	}
	if (!vole_statics_way(&w->statics, path->steps[0].addr, MAX_STEPS,
			      ctx->arena, &first))
		return false;
	if (!first.len)
		return true;
	whole.len = first.len + path->len;
	whole.steps =
		vole_arena_array(ctx->arena, whole.len, sizeof(*whole.steps));
	if (!whole.steps)
		return false;
	for (i = 0; i < whole.len; i++)
		whole.steps[i] = i < first.len ? first.steps[i] :
						 path->steps[i - first.len];
	*path = whole;
	return true;
}

static bool from_package(struct vole_whose *w, const struct vole_path *from,
			 struct vole_route *route)
{
	struct vole_path way = *from, *path = &way;
	struct vole_package_var var;
	struct vole_error unused;

	return name_first(w, path) &&
	       vole_package_var_at(w->ctx->rt, path->steps[0].addr, &var,
				   &unused) &&
	       vole_route_begin(route, w->ctx->rt, var.name, var.type, var.addr,
				path->steps[0].addr) &&
	       follow(route, path, 1);
}

/* From the variable that has the first word. */
static bool from_slot(struct vole_whose *w, const struct vole_path *path,
		      struct vole_route *route, struct vole_owner *o)
{
	struct vole_stack_place place = place_of(&path->steps[0]);
	struct vole_stack_word word;

	if (!vole_stack_word_at(w->stacks, &place, &word))
		return false;
	take_frame(o, &word);
	o->exact = word.exact;
	return word.name &&
	       vole_route_begin_at(route, w->ctx->rt, word.name, &word.value,
				   word.offset, word.in) &&
	       follow(route, path, 1);
}

/* From one that escaped, or that a closure has: the second word is in there. */
static bool from_behind(struct vole_whose *w, const struct vole_path *path,
			struct vole_route *route, struct vole_owner *o)
{
	struct vole_stack_place place = place_of(&path->steps[0]);
	struct vole_stack_word word;

	if (path->len < 2 ||
	    !vole_stack_word_behind(w->stacks, &place, path->steps[1].addr,
				    &word) ||
	    !vole_route_begin_at(route, w->ctx->rt, word.name, &word.value,
				 word.offset, word.in) ||
	    !follow(route, path, 2))
		return false;
	take_frame(o, &word);
	o->exact = word.exact;
	return true;
}

static bool from_frame(struct vole_whose *w, const struct vole_path *path,
		       struct vole_route *route, struct vole_owner *o)
{
	if (from_behind(w, path, route, o))
		return true;
	vole_strbuf_free(&route->text);
	return from_slot(w, path, route, o);
}

/* The way as an expression, if there is one. */
static bool take_route(struct vole_whose *w, const struct vole_path *path,
		       struct vole_owner *o)
{
	const struct vole_ref *first = &path->steps[0];
	struct vole_route route = { 0 };
	bool ok = false;

	if (path->len > MAX_STEPS || first->in_object)
		return false;
	if (first->kind == VOLE_ROOT_DATA)
		ok = from_package(w, path, &route);
	else if (is_of_frames(first->kind))
		ok = from_frame(w, path, &route, o);
	if (ok) {
		o->value = route.value;
		o->offset = route.offset;
		o->in = route.in;
		o->expression = keep(w, &route.text);
	}
	vole_strbuf_free(&route.text);
	return ok;
}

/* --- what has no expression ------------------------------------------------ */

/* "main.name + 4" */
static void say_package(struct vole_whose *w, const struct vole_ref *ref,
			struct vole_owner *o)
{
	struct vole_strbuf text = { 0 };
	struct vole_package_var var;
	struct vole_error unused;
	uint64_t offset;

	if (!vole_package_var_at(w->ctx->rt, ref->addr, &var, &unused)) {
		o->where = "a package variable without a name";
		return;
	}
	offset = ref->addr - var.addr;
	vole_strbuf_add(&text, var.name);
	vole_part_leaf(w->ctx->rt, &var.type, &offset, &text);
	vole_strbuf_printf(&text, " + %" PRIu64, offset);
	o->where = keep(w, &text);
}

/* "object 0x.. + 24, type main.node"; of a known type what is there. */
static void say_object(struct vole_whose *w, const struct vole_ref *ref,
		       struct vole_owner *o)
{
	struct vole_runtime *rt = w->ctx->rt;
	struct vole_strbuf text = { 0 };
	struct vole_object object;
	struct vole_error unused;
	struct vole_type *type;
	uint64_t offset;
	const char *name;

	vole_object_of(w->heap, ref->span, ref->slot, &object);
	name = vole_object_type_name(w->ctx, &object);
	vole_strbuf_printf(&text, "object 0x%" PRIx64 " + %" PRIu64 "%s%s",
			   object.base, ref->addr - object.base,
			   name ? ", type " : "", name ? name : "");
	o->where = keep(w, &text);
	if (!object.type || !vole_rtype_type(rt, object.type, &type, &unused) ||
	    !type->size)
		return;
	/* An array of it, when it is larger. */
	offset = (ref->addr - object.base) % type->size;
	if (vole_part_leaf_in(rt, &type, &offset, &text, &o->in) &&
	    vole_value_at(rt, type, ref->addr - offset, &o->value, &unused))
		o->offset = offset;
	vole_strbuf_free(&text);
}

static void say_root(struct vole_whose *w, const struct vole_ref *ref,
		     struct vole_owner *o)
{
	struct vole_strbuf text = { 0 };

	switch (ref->kind) {
	case VOLE_ROOT_STACK:
		vole_strbuf_printf(&text, "stack of goroutine %" PRIu64,
				   ref->owner);
		break;
	case VOLE_ROOT_SYSTEM_STACK:
		vole_strbuf_printf(&text, "system stack of thread %" PRIu64,
				   ref->owner);
		break;
	case VOLE_ROOT_REGISTERS:
		o->reg = vole_register_name(ref->slot);
		vole_strbuf_printf(&text, "%s of thread %" PRIu64,
				   vole_register_name(ref->slot), ref->owner);
		break;
	case VOLE_ROOT_SPECIAL:
		vole_strbuf_printf(&text,
				   "finalizer or cleanup of object 0x%" PRIx64,
				   ref->owner);
		break;
	default:
		vole_strbuf_add(&text, vole_root_kind_name(ref->kind));
	}
	o->where = keep(w, &text);
}

/* --- all ------------------------------------------------------------------- */

void vole_whose_word(struct vole_whose *w, const struct vole_path *path,
		     struct vole_owner *ret)
{
	const struct vole_ref *last = &path->steps[path->len - 1];
	struct vole_owner owner = { .exact = last->exact };
	bool said = take_route(w, path, &owner);
	bool sure = owner.exact;

	/* What is in an object is what it is, however it is come by. */
	if (last->in_object)
		owner.exact = last->exact;
	if (said && owner.in_frame)
		say_variable(w, &owner);
	else if (said)
		owner.where = owner.expression;
	else if (last->in_object)
		say_object(w, last, &owner);
	else if (last->kind == VOLE_ROOT_DATA)
		say_package(w, last, &owner);
	else if (owner.in_frame)
		say_frame(w, &owner);
	else
		say_root(w, last, &owner);
	/* What may not be set, is not used or means another is not to be pasted. */
	if (owner.in_frame && (!sure || owner.hidden))
		owner.expression = NULL;
	if (!said && last->in_object)
		owner.in_frame = false;
	*ret = owner;
}

bool vole_whose_is_sure(void *whose, const struct vole_ref *ref)
{
	struct vole_whose *w = whose;
	struct vole_stack_place place = place_of(ref);
	struct vole_stack_word word;

	return is_of_frames(ref->kind) && w->num_tried++ < MAX_TRIED &&
	       vole_stack_word_at(w->stacks, &place, &word) && word.exact;
}

bool vole_owner_leads(struct vole_context *ctx, const struct vole_owner *owner,
		      uint64_t value)
{
	struct vole_context in_frame = *ctx;
	struct vole_error unused;
	struct vole_value result;
	struct vole_eval eval;
	uint64_t addr, len;

	if (!owner->expression)
		return false;
	in_frame.args.goroutine = NULL;
	in_frame.args.frame = NULL;
	if (owner->in_frame) {
		in_frame.args.goroutine = vole_arena_printf(
			ctx->arena, "%" PRIu64, owner->goroutine);
		in_frame.args.frame =
			vole_arena_printf(ctx->arena, "%" PRIu64, owner->frame);
		if (!in_frame.args.goroutine || !in_frame.args.frame)
			return false;
	}
	return vole_context_evaluator(&in_frame, &eval, &unused) &&
	       vole_eval(&eval, owner->expression, &result, &unused) &&
	       vole_value_address(ctx, &result, &addr, &len, &unused) &&
	       addr == value;
}

void vole_put_owner_frame(struct vole_context *ctx,
			  const struct vole_owner *owner)
{
	struct vole_sink *sink = ctx->sink;

	if (owner->in_frame) {
		vole_sink_number_json(sink, "goroutine",
				      (int64_t)owner->goroutine);
		vole_sink_number_json(sink, "frame", (int64_t)owner->frame);
		vole_sink_text(sink, "function", VOLE_STYLE_HIDDEN,
			       owner->function);
	}
	vole_sink_text(sink, "register", VOLE_STYLE_HIDDEN, owner->reg);
}
