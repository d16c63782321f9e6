#include "value/walk_private.h"

#include <string.h>

#include "base/checked.h"
#include "runtime/func.h"
#include "runtime/iface.h"

enum { SIZE_WORD = 8 };

/* Why the pointer is not followed, or NULL. */
static const char *obstacle(const struct vole_walk *w,
			    const struct vole_type *elem, uint64_t addr)
{
	unsigned i;

	for (i = 0; i < w->num_path; i++)
		if (w->path[i].addr == addr && w->path[i].type == elem)
			return "cycle";
	return NULL;
}

void vole_walk_pointer(struct vole_walk *w, const struct vole_value *value,
		       struct vole_value_head *head)
{
	const struct vole_visitor_ops *ops = w->visitor->ops;
	struct vole_type *elem = value->type->elem;
	struct vole_error err;
	const char *why;
	uint64_t addr;

	if (!vole_walk_word(w, value, head, &addr))
		return;
	if (value->type->kind == VOLE_KIND_UNSAFE_POINTER || !elem ||
	    !vole_walk_may_enter(w) ||
	    !vole_type_load(w->rt->types, elem, &err) || elem->is_void ||
	    elem->kind == VOLE_KIND_INVALID) {
		vole_walk_address(w, head, addr, NULL);
		return;
	}
	why = obstacle(w, elem, addr);
	if (!why && elem->size && !vole_memory_readable(w->rt->mem, addr))
		why = "unreadable";
	if (why) {
		vole_walk_address(w, head, addr, why);
		return;
	}
	w->path[w->num_path].addr = addr;
	w->path[w->num_path++].type = elem;
	ops->begin(w->visitor, head);
	ops->element(w->visitor);
	w->depth++;
	vole_walk_at(w, elem, addr);
	w->depth--;
	ops->end(w->visitor);
	w->num_path--;
}

void vole_walk_iface(struct vole_walk *w, const struct vole_value *value,
		     struct vole_value_head *head)
{
	const struct vole_visitor_ops *ops = w->visitor->ops;
	struct vole_value dynamic = { .where = VOLE_IN_BYTES };
	struct vole_iface iface;
	struct vole_error err;
	uint64_t words[2];

	if (!vole_value_read(w->rt, value, 0, words, sizeof(words), &err) ||
	    !vole_iface_open(w->rt, value->type, words, value->addr, &iface,
			     &err)) {
		vole_walk_broken(w, head, &err);
		return;
	}
	if (iface.nil) {
		vole_walk_nil(w, head);
		return;
	}
	ops->begin(w->visitor, head);
	if (!vole_walk_may_enter(w)) {
		vole_walk_omitted(w, 1, NULL);
	} else {
		ops->element(w->visitor);
		w->depth++;
		if (iface.direct) {
			dynamic.type = iface.type;
			dynamic.bytes = (const uint8_t *)&words[1];
			vole_walk_value(w, &dynamic);
		} else {
			vole_walk_at(w, iface.type, iface.addr);
		}
		w->depth--;
	}
	ops->end(w->visitor);
}

/* Bytes of the closure object that belong to no capture that is told. */
static uint64_t untold(const struct vole_walk *w,
		       const struct vole_capture *captures, size_t num)
{
	uint64_t end = SIZE_WORD, gaps = 0, align, size;
	struct vole_error ignored;
	size_t i;

	for (i = 0; i < num; i++) {
		struct vole_type *type = captures[i].type;

		if (!vole_type_load(w->rt->types, type, &ignored))
			return gaps;
		size = captures[i].by_reference ? SIZE_WORD : type->size;
		align = captures[i].by_reference ?
				SIZE_WORD :
				vole_type_align(w->rt->types, type);
		if (align && align <= SIZE_WORD)
			end = (end + align - 1) / align * align;
		if (captures[i].offset > end)
			gaps += captures[i].offset - end;
		end = captures[i].offset + size;
	}
	return gaps;
}

/* Not the dictionary of generic code, which is the compiler's own. */
static bool is_shown(const struct vole_capture *capture)
{
	return strcmp(capture->name, ".dict") != 0;
}

static bool any_shown(const struct vole_capture *captures, size_t num)
{
	size_t i;

	for (i = 0; i < num; i++)
		if (is_shown(&captures[i]))
			return true;
	return false;
}

static void walk_captures(struct vole_walk *w, struct vole_value_head *head,
			  const struct vole_funcval *func,
			  const struct vole_capture *captures, size_t num)
{
	const struct vole_visitor_ops *ops = w->visitor->ops;
	const struct vole_walk_share whole = w->share;
	uint64_t addr, bytes = untold(w, captures, num);
	struct vole_error err;
	size_t i;

	head->text = func->func.name;
	ops->begin(w->visitor, head);
	w->depth++;
	for (i = 0; i < num && vole_walk_go_on(w, &whole, i, num); i++) {
		if (!is_shown(&captures[i]))
			continue;
		ops->field(w->visitor, captures[i].name);
		if (!vole_at(func->addr, 1, captures[i].offset, &addr))
			continue;
		/* By reference the closure holds where the variable lives. */
		if (captures[i].by_reference &&
		    !vole_memory_uint(w->rt->mem, addr, 8, &addr, &err)) {
			vole_walk_broken(w, head, &err);
			continue;
		}
		vole_walk_at(w, captures[i].type, addr);
	}
	if (bytes) {
		/* Optimised code: debug information has what is still used. */
		vole_fail(&err, VOLE_UNSUPPORTED, VOLE_NOWHERE,
			  "%" PRIu64 " bytes more are captured", bytes);
		vole_walk_omitted(w, 1, &err);
	}
	w->depth--;
	ops->end(w->visitor);
}

/* What it has captured is there, but nothing tells what it is. */
static void walk_untold(struct vole_walk *w, struct vole_value_head *head,
			const struct vole_funcval *func)
{
	struct vole_error err;

	vole_fail(&err, VOLE_UNSUPPORTED, VOLE_NOWHERE,
		  "what it captures is not told");
	head->text = func->func.name;
	w->visitor->ops->begin(w->visitor, head);
	vole_walk_omitted(w, 0, &err);
	w->visitor->ops->end(w->visitor);
}

void vole_walk_func(struct vole_walk *w, const struct vole_value *value,
		    struct vole_value_head *head)
{
	struct vole_scalar s = { .kind = VOLE_SCALAR_FUNC };
	const struct vole_capture *captures;
	struct vole_funcval func;
	struct vole_error err;
	uint64_t addr;
	size_t num;

	if (!vole_walk_word(w, value, head, &addr))
		return;
	if (!vole_funcval_open(w->rt, addr, &func, &err)) {
		vole_walk_broken(w, head, &err);
		return;
	}
	if (vole_walk_may_enter(w)) {
		if (!vole_funcval_captures(w->rt, w->arena, &func, &captures,
					   &num, &err))
			num = 0;
		if (any_shown(captures, num)) {
			walk_captures(w, head, &func, captures, num);
			return;
		}
		/* Closures without captures are constants of the program. */
		if (!num && !vole_module_has(w->rt, func.addr)) {
			walk_untold(w, head, &func);
			return;
		}
	}
	s.u = addr;
	s.text = func.func.name;
	s.text_len = strlen(s.text);
	vole_walk_scalar(w, head, &s);
}
