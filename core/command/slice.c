#include "runtime/slice.h"

#include "command/slice_aliases.h"

#include "base/checked.h"
#include "check/region.h"
#include "command/region.h"
#include "runtime/growslice.h"
#include "runtime/rtype.h"

/* The header of a slice or string; of an array the one it would have. */
static bool open_header(struct vole_context *ctx,
			const struct vole_value *value, struct vole_slice *ret,
			struct vole_error *err)
{
	const struct vole_type *type = value->type;
	uint64_t words[3] = { 0 };

	switch (type->kind) {
	case VOLE_KIND_STRING:
		if (value->where == VOLE_IN_TEXT)
			return vole_fail(err, VOLE_SYNTAX, VOLE_NOWHERE,
					 "this string was made by the "
					 "expression: it has no header");
		return vole_value_read(ctx->rt, value, 0, words, 16, err) &&
		       vole_slice_open(ctx->rt, type, words, ret, err);
	case VOLE_KIND_SLICE:
		return vole_value_read(ctx->rt, value, 0, words, 24, err) &&
		       vole_slice_open(ctx->rt, type, words, ret, err);
	case VOLE_KIND_ARRAY:
		if (value->where != VOLE_IN_MEMORY)
			break;
		*ret = (struct vole_slice){ .data = value->addr,
					    .len = type->len,
					    .cap = type->len,
					    .elem = type->elem };
		if (!vole_type_load(ctx->rt->types, type->elem, err))
			return false;
		ret->elem_size = type->elem->size;
		return true;
	default:
		break;
	}
	return vole_fail(err, VOLE_SYNTAX, VOLE_NOWHERE,
			 "the expression is a %s, not a slice, string or array",
			 type->name);
}

/* The expression's value; what an interface holds, or a pointer leads to. */
static bool eval_header(struct vole_context *ctx, struct vole_value *ret,
			struct vole_error *err)
{
	struct vole_type *elem = NULL;
	uint64_t addr;
	bool nil;

	if (!vole_context_eval(ctx, ret, err) ||
	    (ret->type->kind == VOLE_KIND_INTERFACE &&
	     !vole_value_dynamic(ctx->rt, ret, &nil, ret, err)))
		return false;
	if (ret->type->kind == VOLE_KIND_PTR)
		elem = ret->type->elem;
	if (!elem)
		return true;
	if (!vole_type_load(ctx->rt->types, elem, err) ||
	    !vole_value_word(ctx->rt, ret, 0, &addr, err))
		return false;
	if (!addr ||
	    (elem->kind != VOLE_KIND_ARRAY && elem->kind != VOLE_KIND_SLICE &&
	     elem->kind != VOLE_KIND_STRING))
		return true;
	return vole_value_at(ctx->rt, elem, addr, ret, err);
}

static void problem(struct vole_context *ctx, const char *text)
{
	vole_sink_row(ctx->sink);
	vole_sink_text(ctx->sink, "message", VOLE_STYLE_BAD, text);
	vole_sink_end(ctx->sink);
}

/* Can the last byte of [data, data + count * size) be read? */
static bool reaches(struct vole_context *ctx, const struct vole_slice *s,
		    uint64_t count)
{
	uint64_t end;

	if (!count || !s->elem_size)
		return true;
	return vole_at(s->data, count, s->elem_size, &end) &&
	       vole_memory_readable(ctx->rt->mem, s->data) &&
	       vole_memory_readable(ctx->rt->mem, end - 1);
}

/* --- the array behind it --------------------------------------------------- */

/* Has an element pointers? False: it is not known. */
static bool has_pointers(struct vole_context *ctx, const struct vole_backing *b,
			 bool *ret)
{
	struct vole_error unused;
	struct vole_rtype rtype;
	uint64_t addr;

	if (vole_rtype_of(ctx->rt, b->slice->elem, &addr, &unused) &&
	    vole_rtype_read(ctx->rt, addr, &rtype, &unused)) {
		*ret = rtype.ptr_bytes > 0;
		return true;
	}
	*ret = false;
	return b->kind == VOLE_BACKING_OBJECT && b->object.noscan;
}

/* An element is written behind the last: where it can be, over what is there. */
static void put_in_place(struct vole_context *ctx, const struct vole_backing *b)
{
	const struct vole_slice *s = b->slice;
	uint64_t at = s->data + s->len * s->elem_size;
	/* Of an array that was not found nothing is said. */
	bool inside = !b->size ||
		      (at >= b->addr && at + s->elem_size <= b->addr + b->size);
	const char *how = inside ? "in-place" : "past-end", *but = "";
	struct vole_region region;

	vole_region_at(ctx->rt, ctx->sink->ui, at, &region);
	if (vole_region_is_read_only(ctx->rt, &region, at)) {
		how = "read-only";
		but = ", which is read-only: it crashes";
	} else if (!inside) {
		but = ", which is not of its array";
	}
	vole_sink_text(ctx->sink, "append", VOLE_STYLE_HIDDEN, how);
	vole_sink_cell_printf(ctx->sink, "next append",
			      *but ? VOLE_STYLE_BAD : VOLE_STYLE_PLAIN,
			      "in place, at 0x%" PRIx64 "%s", at, but);
}

/*
 * Code from Go 1.26 on may have the array of a variable in its frame. One that
 * is elsewhere is appended to as ever.
 */
static bool may_be_in_frame(struct vole_context *ctx,
			    const struct vole_backing *b)
{
	const struct vole_slice *s = b->slice;
	struct vole_region region = { .kind = VOLE_REGION_UNKNOWN };

	if (!vole_growslice_may_be_in_frame(ctx->rt, s->len + 1, s->elem_size))
		return false;
	if (b->self)
		vole_region_at(ctx->rt, ctx->sink->ui, b->self, &region);
	return region.kind != VOLE_REGION_HEAP &&
	       region.kind != VOLE_REGION_VARIABLE;
}

/* What `append(s, x)` would do. */
static void put_append(struct vole_context *ctx, const struct vole_backing *b)
{
	const struct vole_slice *s = b->slice;
	struct vole_sink *sink = ctx->sink;
	struct vole_error unused;
	uint64_t cap;
	bool pointers;

	if (!s->elem)
		return;
	if (s->len < s->cap && s->elem_size) {
		put_in_place(ctx, b);
		return;
	}
	if (s->len < s->cap) {
		vole_sink_text(sink, "append", VOLE_STYLE_HIDDEN, "in-place");
		vole_sink_cell(sink, "next append", VOLE_STYLE_PLAIN,
			       "in place: its elements have no bytes");
		return;
	}
	if (may_be_in_frame(ctx, b)) {
		vole_sink_text(sink, "append", VOLE_STYLE_HIDDEN,
			       "new-array-or-frame");
		vole_sink_cell(sink, "next append", VOLE_STYLE_PLAIN,
			       "a new array, or what the compiler keeps for it "
			       "in the frame");
		return;
	}
	vole_sink_text(sink, "append", VOLE_STYLE_HIDDEN, "new-array");
	/* The first array of a slice may be the compiler's own. */
	if (!s->cap || !has_pointers(ctx, b, &pointers) ||
	    !vole_growslice(ctx->rt, s->cap, s->len + 1, s->elem_size,
			    !pointers, &cap, &unused)) {
		vole_sink_cell(sink, "next append", VOLE_STYLE_PLAIN,
			       "a new array");
		return;
	}
	vole_sink_number_json(sink, "append_cap", (int64_t)cap);
	vole_sink_cell_printf(sink, "next append", VOLE_STYLE_PLAIN,
			      "a new array of cap %" PRIu64, cap);
}

/* --- all ------------------------------------------------------------------- */

/* What is wrong with the header, if anything. */
struct judgement {
	struct vole_error sound;
	bool possible, len_ok, cap_ok, aligned, inside;
	bool has_bytes; /* in that memory */
	struct vole_region region;
	char words[160];
};

static void judge_memory(struct vole_context *ctx, const struct vole_slice *s,
			 struct judgement *j)
{
	j->has_bytes = s->data && s->cap && s->elem_size;
	if (!j->has_bytes)
		return;
	vole_region_at(ctx->rt, ctx->sink->ui, s->data, &j->region);
	vole_region_words(&j->region, j->words, sizeof(j->words));
}

static struct judgement judge(struct vole_context *ctx,
			      const struct vole_slice *s)
{
	struct judgement j = { .inside = true };

	judge_memory(ctx, s, &j);
	j.possible = vole_slice_check(s, &j.sound);
	j.len_ok = j.possible && reaches(ctx, s, s->len);
	j.cap_ok = j.possible && reaches(ctx, s, s->cap);
	j.aligned = !s->elem || !s->cap ||
		    !(s->data % vole_type_align(ctx->rt->types, s->elem));
	return j;
}

/* Where it is, when the object or variable that it is of does not say so. */
static void put_memory(struct vole_context *ctx, const struct judgement *j,
		       bool known)
{
	if (!j->has_bytes)
		return;
	vole_put_region(ctx->sink, &j->region);
	vole_sink_text(ctx->sink, "text", VOLE_STYLE_HIDDEN, j->words);
	if (!known)
		vole_sink_cell(ctx->sink, "memory", VOLE_STYLE_PLAIN, j->words);
}

static void put_problems(struct vole_context *ctx, const struct judgement *j)
{
	bool freed = j->has_bytes && vole_region_is_freed(&j->region);

	vole_sink_flag(ctx->sink, "ok",
		       j->possible && j->len_ok && j->cap_ok && j->aligned &&
			       j->inside && !freed);
	vole_sink_items(ctx->sink, "problems");
	if (!j->possible)
		problem(ctx, j->sound.text);
	else if (!j->len_ok)
		problem(ctx, "its elements cannot all be read");
	else if (!j->cap_ok)
		problem(ctx, "the room behind its elements cannot be read");
	else if (!j->inside)
		problem(ctx, "it reaches past the end of its object");
	else if (freed)
		problem(ctx, "its memory is no longer its own");
	if (!j->aligned)
		problem(ctx, "data is not aligned as its elements must be");
	vole_sink_end(ctx->sink);
}

static void put_header(struct vole_context *ctx, const struct vole_type *type,
		       const struct vole_slice *s, bool possible)
{
	struct vole_sink *sink = ctx->sink;

	vole_sink_text(sink, "type", VOLE_STYLE_TYPE, type->name);
	vole_sink_address(sink, "data", s->data);
	vole_sink_number(sink, "len", (int64_t)s->len);
	vole_sink_number(sink, "cap", (int64_t)s->cap);
	vole_sink_number(sink, "element_size", (int64_t)s->elem_size);
	if (s->elem)
		vole_sink_text(sink, "element", VOLE_STYLE_TYPE, s->elem->name);
	if (possible && s->cap > s->len)
		vole_sink_number(sink, "room", (int64_t)(s->cap - s->len));
}

static bool put_aliases(struct vole_context *ctx, struct vole_backing *backing,
			struct vole_error *err)
{
	struct vole_aliases aliases;
	bool ok;

	if (!vole_backing_widen(ctx, backing, err))
		return false;
	ok = vole_aliases_find(ctx, backing, &aliases, err) &&
	     vole_put_aliases(&aliases, err);
	vole_aliases_close(&aliases);
	return ok;
}

static bool run(struct vole_context *ctx, struct vole_error *err)
{
	struct vole_backing backing = { .slice = NULL };
	struct vole_value value;
	struct vole_slice s;
	struct judgement j;
	bool found = false;

	if (!eval_header(ctx, &value, err) ||
	    !open_header(ctx, &value, &s, err))
		return false;
	j = judge(ctx, &s);
	backing.slice = &s;
	if (j.possible)
		found = vole_backing_find(ctx, &s, &backing);
	if (found)
		j.inside = vole_backing_holds(&backing);
	if (value.where == VOLE_IN_MEMORY &&
	    value.type->kind != VOLE_KIND_ARRAY)
		backing.self = value.addr;
	put_header(ctx, value.type, &s, j.possible);
	if (found)
		vole_put_backing(ctx, &backing);
	put_memory(ctx, &j, found && backing.kind != VOLE_BACKING_BARE);
	if (j.possible)
		put_append(ctx, &backing);
	put_problems(ctx, &j);
	if (found && !s.elem &&
	    !vole_put_writers(ctx, &backing, &j.region, err))
		return false;
	if (!vole_args_has(ctx, "--aliases"))
		return true;
	if (found)
		return put_aliases(ctx, &backing, err);
	vole_sink_say(ctx->sink, VOLE_STYLE_FAINT,
		      "it has no array that could be shared");
	return true;
}

static const struct vole_option options[] = {
	{ "--aliases", NULL, "who else leads into the same array" },
	VOLE_OPTION_LIMIT,
	{ NULL, NULL, NULL },
};

const struct vole_command vole_cmd_slice = {
	.name = "slice",
	.args = "EXPR",
	.summary =
		"Show a slice, string or array: header, backing array, aliases.",
	.detail = "Says whether the header is sound by itself: 0 <= len <= "
		  "cap, data set when there\nis a capacity, [data, data + "
		  "cap * element size) readable at both ends, inside its\n"
		  "object, and not freed; what the object has before and "
		  "behind it; and what the\nnext append of one element "
		  "does. --aliases finds every slice, string and pointer\n"
		  "into the array, in variables, objects and frames, and "
		  "draws what each covers: #\nits elements, - its room, or "
		  "of a pointer without a type what it may lead to;\nbytes "
		  "that none of them covers are unreachable. Of a string it "
		  "is told who can\nwrite its bytes, which unsafe code "
		  "makes possible.",
	.example = "slice main.recent",
	.json = "`type`, `data`, `len`, `cap`, `element_size`, `element`, "
		"`room`, " VOLE_BACKING_JSON ", " VOLE_REGION_JSON " of `data`"
		", `append` (`in-place`, `past-end` of its array, "
		"`read-only`: in place where nobody can write, "
		"`new-array`, `new-array-or-frame`: code from Go 1.26 on "
		"may keep up to 32 bytes in its frame), `append_cap`, `ok`, `problems`: objects of "
		"`message`; of a string " VOLE_WRITERS_JSON
		"; with --aliases " VOLE_ALIASES_JSON ".",
	.takes = VOLE_TAKES_EXPR,
	.options = options,
	.run = run,
};
