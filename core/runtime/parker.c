#include "runtime/parker.h"

#include <string.h>

#include "runtime/call.h"

enum { MAX_CALLS = 24 }; /* from gopark out to the function of package sync */

/* The functions that park on a semaphore, and what they wait for. */
static const struct {
	const char *name;
	enum vole_wait_kind kind;
	enum vole_wait_op op;
} parkers[] = {
	{ "sync.(*Mutex).lockSlow", VOLE_WAIT_MUTEX, VOLE_OP_LOCK },
	{ "internal/sync.(*Mutex).lockSlow", VOLE_WAIT_MUTEX, VOLE_OP_LOCK },
	{ "sync.(*RWMutex).RLock", VOLE_WAIT_RWMUTEX, VOLE_OP_RLOCK },
	{ "sync.(*RWMutex).Lock", VOLE_WAIT_RWMUTEX, VOLE_OP_LOCK },
	{ "sync.(*WaitGroup).Wait", VOLE_WAIT_GROUP, VOLE_OP_WAIT },
	{ "sync.(*Cond).Wait", VOLE_WAIT_COND, VOLE_OP_WAIT },
};

enum { NUM_PARKERS = sizeof(parkers) / sizeof(parkers[0]) };

static void match_parker(const char *name, struct vole_parker *ret)
{
	size_t i;

	if (ret->kind == VOLE_WAIT_MUTEX) {
		ret->in_rwmutex |= !strcmp(name, "sync.(*RWMutex).Lock");
		return;
	}
	for (i = 0; i < NUM_PARKERS && ret->kind == VOLE_WAIT_SEMAPHORE; i++) {
		if (strcmp(name, parkers[i].name))
			continue;
		ret->kind = parkers[i].kind;
		ret->op = parkers[i].op;
	}
}

struct vole_parker vole_parker_find(const struct vole_runtime *rt,
				    const struct vole_goroutine *g)
{
	struct vole_parker ret = { .kind = VOLE_WAIT_SEMAPHORE };
	struct vole_stack stack;
	struct vole_frame frame;
	size_t n = 0, i;

	vole_stack_begin(&stack, rt, g);
	while (n < MAX_CALLS && vole_stack_next(&stack, &frame)) {
		struct vole_error unused;
		struct vole_calls calls;

		if (frame.kind != VOLE_FRAME_GO ||
		    !vole_calls_at(rt, frame.pc, frame.exact, &calls, &unused))
			break;
		for (i = 0; i < calls.len; i++, n++) {
			match_parker(calls.items[i].name, &ret);
			if (!calls.items[i].is_std)
				return ret;
		}
	}
	return ret;
}

uint64_t vole_parker_object(const struct vole_runtime *rt,
			    const struct vole_parker *parker, uint64_t sema)
{
	enum vole_field_id field;
	const struct vole_place *place;

	switch (parker->kind) {
	case VOLE_WAIT_MUTEX:
		field = VOLE_MUTEX_SEMA;
		break;
	case VOLE_WAIT_RWMUTEX:
		field = parker->op == VOLE_OP_RLOCK ? VOLE_RWMUTEX_READER_SEM :
						      VOLE_RWMUTEX_WRITER_SEM;
		break;
	case VOLE_WAIT_GROUP:
		field = VOLE_WAIT_GROUP_SEMA;
		break;
	case VOLE_WAIT_COND:
		field = VOLE_COND_NOTIFY; /* Go 1.26: the list's address */
		break;
	default:
		return sema;
	}
	place = &rt->layout.place[field];
	return place->known && sema > place->offset ? sema - place->offset : 0;
}
