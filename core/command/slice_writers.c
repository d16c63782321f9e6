/* Who can write the bytes of a string, which nobody should. */
#include "command/slice_aliases.h"

#include "check/region.h"
#include "target/image.h"

#include <stdio.h>
#include <string.h>

enum {
	ELF_MAGIC = 0x464c457f,
	POLL = 1024, /* aliases between two looks at the user */
};

struct writers {
	const struct vole_aliases *all;
	struct vole_region region;
	const char *how; /* one word, of a closed list */
	const char *why; /* it is unknown */
	uint64_t limit, sent; /* rows */
	uint64_t num, num_sure; /* that write */
	bool truncated; /* there may be more */
	uint64_t num_maybe; /* words that may be pointers there */
};

/* --- what its memory is ---------------------------------------------------- */

struct lookup {
	uint64_t start, end;
	bool found;
};

static bool look_for_code(void *arg, const struct vole_mapping *mapping)
{
	struct lookup *l = arg;

	l->found = mapping->start >= l->start && mapping->end <= l->end &&
		   (mapping->perms & VOLE_PERM_EXEC);
	return !l->found;
}

/* Is it of an ELF file that was loaded: the executable's, or a library's? */
static bool in_image(const struct vole_runtime *rt, uint64_t addr)
{
	struct vole_images *images = vole_runtime_images(rt);
	const struct vole_image *image = images ? vole_image_at(images, addr) :
						  NULL;
	struct vole_error unused;
	struct lookup code;
	uint64_t magic;

	if (!image ||
	    !vole_memory_uint(rt->mem, image->start, 4, &magic, &unused) ||
	    magic != ELF_MAGIC)
		return false;
	code = (struct lookup){ .start = image->start, .end = image->end };
	vole_target_mappings(rt->target, look_for_code, &code);
	return code.found;
}

/* Others than the program's code may change what it only reads. */
static void put_read_only(struct vole_context *ctx,
			  const struct vole_region *region, uint64_t addr)
{
	bool own = region->kind == VOLE_REGION_PROGRAM ||
		   in_image(ctx->rt, addr);

	vole_sink_text(ctx->sink, "written_by", VOLE_STYLE_HIDDEN,
		       own ? "nobody" : "unknown");
	vole_sink_cell(ctx->sink, "written by",
		       own ? VOLE_STYLE_PLAIN : VOLE_STYLE_BAD,
		       own ? "nobody: its memory is read-only" :
			     "unknown: read-only here; its file or another "
			     "mapping may change it");
}

/* --- who ------------------------------------------------------------------- */

static bool covers(const struct vole_slice *s, uint64_t data, uint64_t len)
{
	return data < s->data + s->len && len > 0 &&
	       (data >= s->data || len > s->data - data);
}

/* Bytes that a pointer may lead to, at most. */
static uint64_t reach_of(const struct vole_alias *a)
{
	return a->cap_bytes ? a->cap_bytes : 1;
}

/* By what it can write them; NULL: it can not. */
static const char *by(const struct vole_slice *s, const struct vole_alias *a)
{
	switch (a->kind) {
	case VOLE_ALIAS_STRING:
		/* What only looks like another is a pointer and a number. */
		return !a->exact && (a->data != s->data || a->len != s->len) &&
				       covers(s, a->data, a->len_bytes) ?
			       "pointer" :
			       NULL;
	case VOLE_ALIAS_POINTER:
		return covers(s, a->data, reach_of(a)) ? "pointer" : NULL;
	case VOLE_ALIAS_SLICE:
		break;
	}
	if (!covers(s, a->data, a->cap_bytes))
		return NULL;
	if (a->owner.in && !strcmp(a->owner.in->name, "strings.Builder"))
		return "builder";
	return covers(s, a->data, a->len_bytes) ? "elements" : "room";
}

static const char *note(const char *by, const struct vole_alias *a)
{
	if (!strcmp(by, "builder"))
		return "a strings.Builder, which only adds behind them";
	if (!strcmp(by, "room"))
		return a->exact ?
			       "by append, or by a longer slice of it" :
			       "maybe; by append, or by a longer slice of it";
	if (a->open_end)
		return "maybe; to how much it points is not known";
	return a->exact ? "" : "maybe";
}

static void put_alias(struct writers *w, const struct vole_alias *a,
		      const char *by)
{
	struct vole_context *ctx = w->all->ctx;
	struct vole_sink *sink = ctx->sink;

	if (strcmp(by, "builder")) {
		w->num++;
		w->num_sure += a->exact && !a->open_end;
	}
	w->sent++;
	if (w->limit && w->sent > w->limit)
		return;
	vole_sink_row(sink);
	vole_put_alias(ctx, a);
	vole_sink_text(sink, "by", VOLE_STYLE_HIDDEN, by);
	vole_sink_cell(sink, "note", VOLE_STYLE_PLAIN, note(by, a));
	vole_sink_end(sink);
}

/* What the bytes are of, besides all that points there. */
static void put_owner(struct writers *w, const char *kind, const char *where)
{
	struct vole_sink *sink = w->all->ctx->sink;

	vole_sink_row(sink);
	vole_sink_text(sink, "kind", VOLE_STYLE_PLAIN, kind);
	vole_sink_flag_json(sink, "exact", true);
	vole_sink_text(sink, "where", VOLE_STYLE_NAME, where);
	vole_sink_text(sink, "by", VOLE_STYLE_HIDDEN, kind);
	vole_sink_cell(sink, "note", VOLE_STYLE_PLAIN, "they are its own");
	vole_sink_end(sink);
	w->num++;
	w->num_sure++;
	w->sent++;
}

static void put_table(struct writers *w)
{
	static const struct vole_column columns[] = {
		{ "kind", NULL, false },  { "data", NULL, false },
		{ "len", NULL, true },	  { "cap", NULL, true },
		{ "where", NULL, false }, { "note", "", false },
	};
	const struct vole_slice *s = w->all->backing->slice;
	struct vole_sink *sink = w->all->ctx->sink;
	char words[160];
	size_t i;

	vole_sink_table(sink, "writers", columns, 6);
	vole_region_words(&w->region, words, sizeof(words));
	if (w->region.kind == VOLE_REGION_VARIABLE)
		put_owner(w, "variable", w->region.variable.name);
	else if (w->region.kind == VOLE_REGION_STACK &&
		 !vole_region_is_freed(&w->region))
		put_owner(w, "frame", words);
	for (i = 0; i < w->all->found.len; i++) {
		const struct vole_alias *a = &w->all->found.items[i];
		const char *how = by(s, a);

		if (!(i % POLL) && vole_sink_stopped(sink)) {
			w->truncated = true;
			break;
		}
		/* Any copy of the string's own pointer looks like that. */
		if (how && !a->exact && a->kind != VOLE_ALIAS_SLICE)
			w->num_maybe++;
		else if (how)
			put_alias(w, a, how);
	}
	vole_sink_end(sink);
	if (w->limit && w->sent > w->limit)
		vole_sink_omitted(sink, w->sent - w->limit);
}

/* --- in one word ----------------------------------------------------------- */

/* Is it memory that only Go's code writes, all of whose pointers are known? */
static bool is_gos(const struct writers *w)
{
	switch (w->region.kind) {
	case VOLE_REGION_HEAP:
	case VOLE_REGION_STACK:
	case VOLE_REGION_VARIABLE:
		return true;
	case VOLE_REGION_PROGRAM: /* a literal's array, or C's data */
		return vole_module_of_data(w->all->ctx->rt,
					   w->all->backing->slice->data);
	default:
		return false;
	}
}

static void judge(struct writers *w)
{
	if (!is_gos(w))
		w->why = "Go does not manage its memory, who else does may "
			 "write there";
	else if (vole_region_is_freed(&w->region))
		w->why = "its memory is freed, who has it next may write there";
	else if (!w->num && w->truncated)
		w->why = "not all that leads there was looked at";
	w->how = w->why ? "unknown" : w->num ? "listed" : "none-found";
}

/* Is there C code, whose memory is not looked at? */
static bool has_c(const struct vole_runtime *rt)
{
	struct vole_error unused;
	uint64_t at, is_cgo;

	return vole_runtime_var(rt, "runtime.iscgo", &at, &unused) &&
	       vole_memory_uint(rt->mem, at, 1, &is_cgo, &unused) && is_cgo;
}

static void say_none(const struct writers *w)
{
	struct vole_context *ctx = w->all->ctx;
	bool one = w->num_maybe == 1;
	char maybe[64] = "";

	if (w->num_maybe)
		snprintf(maybe, sizeof(maybe),
			 "; %" PRIu64 " word%s may be %s there", w->num_maybe,
			 one ? "" : "s", one ? "a pointer" : "pointers");
	vole_sink_cell_printf(ctx->sink, "written by", VOLE_STYLE_PLAIN,
			      "nobody that was found%s%s", maybe,
			      has_c(ctx->rt) ? "; C's memory was not searched" :
					       "");
}

static void say(struct writers *w)
{
	struct vole_sink *sink = w->all->ctx->sink;
	const char *maybe = w->num_sure ? "" : "maybe ";

	if (w->why)
		vole_sink_cell_printf(sink, "written by", VOLE_STYLE_BAD,
				      "unknown: %s", w->why);
	else if (w->num == 1)
		vole_sink_cell_printf(sink, "written by", VOLE_STYLE_BAD,
				      "%swhoever has the one above", maybe);
	else if (w->num)
		vole_sink_cell_printf(sink, "written by", VOLE_STYLE_BAD,
				      "%swhoever has one of the %" PRIu64
				      " above",
				      maybe, w->num);
	else
		say_none(w);
}

static bool put_found(struct vole_context *ctx,
		      const struct vole_aliases *found,
		      const struct vole_region *region, struct vole_error *err)
{
	struct writers w = { .all = found,
			     .region = *region,
			     .truncated = found->truncated };

	if (!vole_args_number(ctx, "--limit", ctx->settings->limit, &w.limit,
			      err))
		return false;
	put_table(&w);
	if (w.truncated)
		vole_sink_warn(ctx->sink,
			       "not all that leads into its array was looked "
			       "at");
	judge(&w);
	vole_sink_number_json(ctx->sink, "maybe_pointers",
			      (int64_t)w.num_maybe);
	vole_sink_text(ctx->sink, "written_by", VOLE_STYLE_HIDDEN, w.how);
	say(&w);
	return true;
}

/* Who leads there could not be found out; false: nothing is to be said. */
static bool put_unknown(struct vole_context *ctx, const struct vole_error *err)
{
	if (err->code == VOLE_INTERRUPTED || err->code == VOLE_NOMEM)
		return false;
	vole_sink_warn(ctx->sink, "who leads to its bytes is not known: %s",
		       err->text);
	vole_sink_text(ctx->sink, "written_by", VOLE_STYLE_HIDDEN, "unknown");
	vole_sink_cell(ctx->sink, "written by", VOLE_STYLE_BAD, "unknown");
	return true;
}

bool vole_put_writers(struct vole_context *ctx, struct vole_backing *backing,
		      const struct vole_region *region, struct vole_error *err)
{
	struct vole_aliases aliases;
	bool ok;

	if (vole_region_is_read_only(ctx->rt, region, backing->slice->data)) {
		put_read_only(ctx, region, backing->slice->data);
		return true;
	}
	if (!vole_backing_widen(ctx, backing, err))
		return put_unknown(ctx, err);
	if (vole_aliases_find(ctx, backing, &aliases, err))
		ok = put_found(ctx, &aliases, region, err);
	else
		ok = put_unknown(ctx, err);
	vole_aliases_close(&aliases);
	return ok;
}
