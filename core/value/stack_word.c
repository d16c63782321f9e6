#include "value/stack_word.h"

#include <stdlib.h>

#include "base/strbuf.h"
#include "runtime/stackmap.h"
#include "value/local.h"
#include "value/part.h"
#include "value/stack_way.h"

enum {
	WORD = 8,
	MAX_READ = 1 << 20, /* frames whose variables are looked at */
	MAX_FRAMES = 1 << 22, /* that are passed by, all in all */
	MAX_MEMORY = 64 << 20, /* of one frame's variables */
};

/* A physical frame, and the variables of the calls that it is. */
struct frame {
	bool there;
	struct vole_stack before; /* as unwinding came to it */
	struct vole_frame_at at; /* its innermost call */
	struct vole_arena arena;
	bool is_read;
	struct vole_locals *calls; /* NULL: not known */
	size_t num_calls;
	bool all_known; /* every call's */
};

struct vole_stack_words {
	const struct vole_runtime *rt;
	bool begun;
	struct vole_goroutine g;
	struct vole_stack stack; /* before the frame that comes next */
	uint64_t next_index; /* of that, as `bt` counts */
	uint64_t asked; /* where the goroutine's stack was looked at last */
	struct frame frames[2]; /* the last two, */
	unsigned now; /* of which this one is further out */
	unsigned num_read, num_frames;
	struct vole_strbuf text;
};

/* What is looked for in a frame's variables. */
struct want {
	bool in_register;
	bool behind; /* in what a variable is, wherever that lies */
	uint64_t at; /* the register's number, or an address */
};

bool vole_stack_words_open(const struct vole_runtime *rt,
			   struct vole_stack_words **ret,
			   struct vole_error *err)
{
	struct vole_stack_words *w = calloc(1, sizeof(*w));

	if (!w)
		return vole_fail_nomem(err);
	w->rt = rt;
	vole_arena_init(&w->frames[0].arena, MAX_MEMORY);
	vole_arena_init(&w->frames[1].arena, MAX_MEMORY);
	*ret = w;
	return true;
}

void vole_stack_words_close(struct vole_stack_words *w)
{
	if (!w)
		return;
	vole_arena_clear(&w->frames[0].arena);
	vole_arena_clear(&w->frames[1].arena);
	vole_strbuf_free(&w->text);
	free(w);
}

/* --- frames ---------------------------------------------------------------- */

static void forget(struct frame *f)
{
	vole_arena_clear(&f->arena);
	f->there = f->is_read = f->all_known = false;
	f->calls = NULL;
	f->num_calls = 0;
}

static bool begin(struct vole_stack_words *w, uint64_t g)
{
	struct vole_error unused;

	forget(&w->frames[0]);
	forget(&w->frames[1]);
	w->begun = vole_goroutine_read(w->rt, g, &w->g, &unused);
	if (!w->begun)
		return false;
	vole_stack_begin(&w->stack, w->rt, &w->g);
	w->next_index = 0;
	w->asked = 0;
	return true;
}

/* One frame further out. */
static bool advance(struct vole_stack_words *w)
{
	struct frame *f = &w->frames[w->now ^ 1];
	struct vole_frame_at *at = &f->at;
	struct vole_error unused;

	if (++w->num_frames > MAX_FRAMES)
		return false;
	forget(f);
	w->now ^= 1;
	f->before = w->stack;
	vole_stack_registers(&w->stack, &at->regs);
	if (!vole_stack_next(&w->stack, &at->frame))
		return false;
	at->index = w->next_index;
	at->inlined = 0;
	if (at->frame.kind != VOLE_FRAME_GO ||
	    !vole_calls_at(w->rt, at->frame.pc, at->frame.exact, &at->calls,
			   &unused))
		at->calls.len = 0;
	w->next_index += at->calls.len ? at->calls.len : 1;
	f->there = true;
	return true;
}

static bool has_address(const struct frame *f, uint64_t addr)
{
	return f->there && addr >= f->at.frame.sp && addr < f->at.frame.cfa;
}

/* Inlined calls have variables of their own; unknown ones have none. */
static void read_variables(struct vole_stack_words *w, struct frame *f)
{
	size_t num = f->at.calls.len ? f->at.calls.len : 1, i;
	const struct vole_frame_reader *reader;
	struct vole_frame_at *calls;
	struct vole_error unused;

	f->is_read = true;
	if (++w->num_read > MAX_READ)
		return;
	calls = vole_arena_array(&f->arena, num, sizeof(*calls));
	f->calls = vole_arena_array(&f->arena, num, sizeof(*f->calls));
	if (!calls || !f->calls)
		return;
	f->num_calls = num;
	f->all_known = f->at.calls.len > 0;
	for (i = 0; i < num; i++) {
		calls[i] = f->at;
		calls[i].inlined = i;
		calls[i].index += i;
		if (!vole_locals_open(w->rt, &f->arena, &calls[i], &reader,
				      &unused) ||
		    !vole_locals_read(reader, &f->calls[i], &unused)) {
			f->calls[i] = (struct vole_locals){ 0 };
			f->all_known = false;
		}
	}
}

/* --- variables ------------------------------------------------------------- */

static bool has_word(const struct vole_value *value, const struct want *want,
		     uint64_t *ret_offset)
{
	size_t i;

	if (value->where == VOLE_IN_MEMORY) {
		*ret_offset = want->at - value->addr;
		return !want->in_register && *ret_offset < value->type->size;
	}
	for (i = 0; i < value->num_sources; i++) {
		const struct vole_value_source *source = &value->sources[i];
		uint64_t into = want->in_register ? 0 : want->at - source->at;

		if (source->in_register != want->in_register ||
		    (want->in_register && source->at != want->at) ||
		    into >= source->size)
			continue;
		*ret_offset = source->offset + into;
		return true;
	}
	return false;
}

/* Is the word @p offset of a @p kind a pointer? */
static bool is_pointer(enum vole_kind kind, uint64_t offset)
{
	if (kind == VOLE_KIND_INTERFACE)
		return offset == WORD;
	return !offset && vole_kind_begins_with_pointer(kind);
}

/* The word @p offset of @p local, of all that is known of it @p whole. */
static bool give(struct vole_stack_words *w, const struct vole_local *local,
		 const struct vole_value *whole, uint64_t offset,
		 struct vole_stack_word *ret)
{
	struct vole_type *type = (struct vole_type *)(uintptr_t)whole->type;
	uint64_t inner = offset;
	struct vole_error unused;
	bool is_leaf;

	vole_strbuf_clear(&w->text);
	if (local->escaped && whole == &local->slot)
		vole_strbuf_add(&w->text, "&");
	vole_strbuf_add(&w->text, local->name);
	ret->in = NULL;
	is_leaf = vole_part_leaf_in(w->rt, &type, &inner, &w->text, &ret->in);
	/* What is less than a word is not all that is there. */
	if (type->size < WORD ||
	    !vole_value_part(w->rt, whole, type, offset - inner, &ret->value,
			     &unused))
		return false;
	ret->name = vole_strbuf_text(&w->text);
	ret->offset = inner;
	ret->captured = local->captured;
	ret->hidden = local->hidden;
	ret->exact = is_leaf && is_pointer(type->kind, inner) &&
		     local->value.where != VOLE_IN_NOTHING && !local->unused;
	return true;
}

/* No code follows the pointers of a word that a collection would not. */
static bool is_used(const struct vole_stack_words *w, const struct frame *f,
		    const struct want *want)
{
	return want->in_register || want->behind ||
	       vole_frame_liveness(w->rt, &f->at.frame, want->at) !=
		       VOLE_LIVENESS_DEAD;
}

/* In one call of @p f; true when nothing better can be found. */
static bool search_call(struct vole_stack_words *w, const struct frame *f,
			size_t call, const struct want *want,
			struct vole_stack_word *ret)
{
	const struct vole_locals *locals = &f->calls[call];
	size_t i;

	for (i = 0; i < locals->len; i++) {
		const struct vole_local *local = &locals->items[i];
		const struct vole_value *whole = want->behind ? &local->value :
								&local->slot;
		struct vole_stack_word found = *ret;
		uint64_t offset;

		if (!has_word(whole, want, &offset))
			continue;
		found.frame = f->at.index + call;
		found.function =
			f->at.calls.len ? f->at.calls.items[call].name : NULL;
		if ((ret->name && local->value.where == VOLE_IN_NOTHING) ||
		    !give(w, local, whole, offset, &found))
			continue;
		/* What C has there may not be set. */
		found.exact &= f->at.calls.len > 0 && is_used(w, f, want);
		*ret = found;
		if (ret->exact)
			return true;
	}
	return false;
}

static bool search(struct vole_stack_words *w, struct frame *f,
		   const struct want *want, struct vole_stack_word *ret)
{
	size_t i;

	if (!f->there)
		return false;
	if (!f->is_read)
		read_variables(w, f);
	for (i = 0; i < f->num_calls; i++)
		if (search_call(w, f, i, want, ret))
			return true;
	return false;
}

/* The word is in @p f, whether a variable is there or not. */
static void in_frame(const struct vole_stack_words *w, const struct frame *f,
		     struct vole_stack_word *ret)
{
	const struct vole_calls *calls = &f->at.calls;

	*ret = (struct vole_stack_word){
		.goroutine = w->g.id,
		.frame = f->at.index + (calls->len ? calls->len - 1 : 0),
		.function = calls->len ? calls->items[calls->len - 1].name :
					 NULL,
	};
}

static bool reach_from(struct vole_stack_words *w, const struct frame *f,
		       size_t call, const struct vole_local *local,
		       uint64_t addr, struct vole_stack_word *ret)
{
	const struct vole_stack_range range = { w->g.stack_lo, w->g.stack_hi,
						addr };
	struct vole_route route;
	bool ok = vole_stack_way(w->rt, local, &range, &route) &&
		  route.value.type->size >= WORD;

	if (ok) {
		vole_strbuf_clear(&w->text);
		vole_strbuf_add(&w->text, vole_strbuf_text(&route.text));
		ret->name = vole_strbuf_text(&w->text);
		ret->value = route.value;
		ret->offset = route.offset;
		ret->in = route.in;
		ret->hidden = local->hidden;
		ret->frame = f->at.index + call;
		ret->function = f->at.calls.items[call].name;
		ret->exact = !local->unused &&
			     is_pointer(route.value.type->kind, route.offset);
	}
	vole_strbuf_free(&route.text);
	return ok;
}

/* In what variables of Go's @p f lead to on the stack. */
static bool reach(struct vole_stack_words *w, const struct frame *f,
		  uint64_t addr, struct vole_stack_word *ret)
{
	size_t i, k;

	if (!f->there || !f->at.calls.len)
		return false;
	for (i = 0; i < f->num_calls; i++)
		for (k = 0; k < f->calls[i].len; k++)
			if (reach_from(w, f, i, &f->calls[i].items[k], addr,
				       ret))
				return true;
	return false;
}

/* What a frame gives to one that it calls is the latter's variable. */
static void in_memory(struct vole_stack_words *w, struct frame *f,
		      const struct want *want, struct vole_stack_word *ret)
{
	struct frame *inner = &w->frames[w->now ^ 1];

	in_frame(w, f, ret);
	if (search(w, f, want, ret))
		return;
	if (f != inner)
		search(w, inner, want, ret);
	if (ret->name || want->behind || reach(w, f, want->at, ret) ||
	    (f != inner && reach(w, inner, want->at, ret)))
		return;
	ret->no_variable = f->all_known &&
			   (f == inner || !inner->there || inner->all_known);
}

static void in_register(struct vole_stack_words *w, struct frame *f,
			unsigned number, struct vole_stack_word *ret)
{
	const struct want want = { .in_register = true, .at = number };

	in_frame(w, f, ret);
	ret->saved = vole_register_name(number);
	search(w, f, &want, ret);
}

/* --- places ---------------------------------------------------------------- */

/* In the frames that were passed last, the next one included. */
static bool find_here(struct vole_stack_words *w, uint64_t addr,
		      struct vole_stack_word *ret)
{
	const struct want want = { .at = addr };
	struct frame *f = &w->frames[w->now];
	unsigned number, i;

	if (f->there && vole_stack_saved_register(&f->before, addr, &number)) {
		in_register(w, f, number, ret);
		return true;
	}
	if (vole_stack_saved_register(&w->stack, addr, &number) && advance(w)) {
		in_register(w, &w->frames[w->now], number, ret);
		return true;
	}
	for (i = 0; i < 2; i++) {
		f = &w->frames[w->now ^ i];
		if (has_address(f, addr)) {
			in_memory(w, f, &want, ret);
			return true;
		}
	}
	return false;
}

static bool on_stack(struct vole_stack_words *w, uint64_t g, uint64_t addr,
		     struct vole_stack_word *ret)
{
	if ((!w->begun || w->g.addr != g || addr < w->asked) && !begin(w, g))
		return false;
	w->asked = addr;
	do
		if (find_here(w, addr, ret))
			return true;
	while (advance(w));
	return false;
}

/* The frames of the thread's goroutine that are not on its own stack. */
static bool on_thread(struct vole_stack_words *w,
		      const struct vole_stack_place *place,
		      struct vole_stack_word *ret)
{
	const struct vole_ms *ms;
	const struct vole_m *m;
	struct vole_error unused;
	const struct frame *f;

	if (!vole_ms_get(w->rt, &ms, &unused))
		return false;
	m = vole_m_of_thread(ms, place->thread);
	if (!m || !m->curg || !begin(w, m->curg))
		return false;
	if (!place->addr) {
		if (w->stack.saved != VOLE_SAVED_THREAD ||
		    w->stack.saved_at != place->thread || !advance(w))
			return false;
		in_register(w, &w->frames[w->now], place->number, ret);
		return true;
	}
	do {
		if (find_here(w, place->addr, ret))
			return true;
		if (!advance(w))
			return false;
		f = &w->frames[w->now];
	} while (f->at.frame.sp < w->g.stack_lo ||
		 f->at.frame.sp >= w->g.stack_hi);
	return find_here(w, place->addr, ret);
}

bool vole_stack_word_at(struct vole_stack_words *w,
			const struct vole_stack_place *place,
			struct vole_stack_word *ret)
{
	return place->g ? on_stack(w, place->g, place->addr, ret) :
			  on_thread(w, place, ret);
}

bool vole_stack_word_behind(struct vole_stack_words *w,
			    const struct vole_stack_place *place, uint64_t addr,
			    struct vole_stack_word *ret)
{
	const struct want want = { .behind = true, .at = addr };

	if (!vole_stack_word_at(w, place, ret))
		return false;
	ret->name = NULL;
	ret->saved = NULL;
	in_memory(w, &w->frames[w->now], &want, ret);
	return ret->name != NULL;
}
