/**
 * What a waiting goroutine waits for: which channels, lock, descriptor or
 * time. src/runtime/chan.go, select.go, sema.go, netpoll.go, time.go.
 *
 *	struct vole_waiting waiting;
 *
 *	vole_waiting_begin(&waiting, rt);
 *	for (each goroutine g)
 *		if (vole_waiting_of(&waiting, &g, arena, &wait, err))
 *			...
 *	vole_waiting_end(&waiting);
 */
#ifndef VOLE_RUNTIME_WAIT_H
#define VOLE_RUNTIME_WAIT_H

#include "runtime/goroutine.h"
#include "runtime/notify_list.h"
#include "runtime/semtable.h"

enum vole_wait_kind {
	VOLE_WAIT_NONE, /* it does not wait */
	VOLE_WAIT_CHAN, /* channels: one, or those of a select */
	VOLE_WAIT_FOREVER, /* a nil channel, a select without cases */
	VOLE_WAIT_MUTEX, /* sync.Mutex */
	VOLE_WAIT_RWMUTEX, /* sync.RWMutex */
	VOLE_WAIT_GROUP, /* sync.WaitGroup */
	VOLE_WAIT_COND, /* sync.Cond */
	VOLE_WAIT_SEMAPHORE, /* of something else */
	VOLE_WAIT_FD, /* a descriptor: internal/poll */
	VOLE_WAIT_TIME, /* time.Sleep */
	VOLE_WAIT_OTHER, /* something of the runtime's own, or not known */
};

enum vole_wait_op {
	VOLE_OP_NONE,
	VOLE_OP_SEND,
	VOLE_OP_RECEIVE,
	VOLE_OP_LOCK,
	VOLE_OP_RLOCK,
	VOLE_OP_WAIT,
	VOLE_OP_READ,
	VOLE_OP_WRITE,
};

struct vole_wait_case {
	/* hchan, Mutex, RWMutex, WaitGroup, Cond, pollDesc, or semaphore. */
	uint64_t object;
	enum vole_wait_op op;
};

struct vole_wait {
	enum vole_wait_kind kind;
	bool is_select;
	const struct vole_wait_case *cases;
	size_t num_cases; /* only a select has more than one */
	int64_t until; /* nanotime it will be woken by; 0 never, or unknown */
	int64_t fd; /* of VOLE_WAIT_FD */
	const char *problem; /* why the object is not known, or NULL */
};

/** What one walk over the goroutines keeps. */
struct vole_waiting {
	const struct vole_runtime *rt;
	bool has_semtable; /* it was asked for */
	bool no_semtable; /* and not found */
	struct vole_semtable semtable;
	struct vole_hash queue_of; /* sudog to its channel | enum vole_wait_op */
	struct vole_hash chans; /* whose queues are in queue_of */
	struct vole_notify_lists lists; /* of sync.Conds */
	const char *problem; /* one sentence when a queue is damaged */
};

void vole_waiting_begin(struct vole_waiting *waiting,
			const struct vole_runtime *rt);
/**
 * What @p g waits for; its cases are in @p arena. What cannot be told is in
 * ret->problem; false is VOLE_NOMEM only.
 */
VOLE_CHECKED bool vole_waiting_of(struct vole_waiting *waiting,
				  const struct vole_goroutine *g,
				  struct vole_arena *arena,
				  struct vole_wait *ret,
				  struct vole_error *err);
void vole_waiting_end(struct vole_waiting *waiting);

/** "chan", "mutex", "rwmutex", ...: a closed list. */
const char *vole_wait_kind_name(enum vole_wait_kind kind);
/** "send", "lock", ...; NULL for none. */
const char *vole_wait_op_name(enum vole_wait_op op);

#endif
