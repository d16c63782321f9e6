/* Locks and counters: src/sync, src/sync/atomic, src/internal/sync. */
#include "value/people_private.h"

#include <stdio.h>
#include <string.h>

/* "Int64" of "sync/atomic.Int64" */
static const char *short_name(const struct vole_people *p)
{
	const char *dot = strrchr(p->value->type->name, '.');

	return dot ? dot + 1 : p->value->type->name;
}

const char *vole_people_atomic(const struct vole_people *p)
{
	const char *name = short_name(p);
	uint64_t v;

	if (!vole_people_int(p, "v", &v))
		return NULL;
	if (!strcmp(name, "Bool"))
		return v ? "true" : "false";
	if (name[0] == 'U')
		return vole_arena_printf(p->arena, "%" PRIu64, v);
	return vole_arena_printf(p->arena, "%" PRId64, (int64_t)v);
}

/* mutex.go: the low bits of state, the number of waiters above them. */
enum { LOCKED = 1, STARVING = 4, WAITERS = 3 };

const char *vole_people_mutex(const struct vole_people *p)
{
	uint64_t state, waiters;

	/* Go 1.24 has it in internal/sync. */
	if (!vole_people_int(p, "mu.state", &state) &&
	    !vole_people_int(p, "state", &state))
		return NULL;
	waiters = (uint32_t)state >> WAITERS;
	if (!waiters)
		return state & LOCKED ? "locked" : "unlocked";
	return vole_arena_printf(p->arena, "%s, %" PRIu64 " waiting%s",
				 state & LOCKED ? "locked" : "unlocked",
				 waiters, state & STARVING ? ", starving" : "");
}

/* rwmutex.go: a writer takes this off the count of readers. */
static const int64_t MAX_READERS = 1 << 30;

const char *vole_people_rwmutex(const struct vole_people *p)
{
	uint64_t count, wait;
	int64_t readers;

	if (!vole_people_int(p, "readerCount", &count) ||
	    !vole_people_int(p, "readerWait", &wait))
		return NULL;
	readers = (int64_t)count;
	if (!readers)
		return "unlocked";
	if (readers > 0)
		return vole_arena_printf(p->arena, "%" PRId64 " reading",
					 readers);
	if (wait)
		return vole_arena_printf(p->arena,
					 "a writer waits for %" PRId64
					 " reading",
					 (int64_t)wait);
	readers += MAX_READERS;
	if (!readers)
		return "locked";
	return vole_arena_printf(
		p->arena, "locked, %" PRId64 " waiting to read", readers);
}

const char *vole_people_once(const struct vole_people *p)
{
	uint64_t done;

	if (!vole_people_int(p, "done", &done))
		return NULL;
	return done ? "done" : "not done";
}

/*
 * waitgroup.go: the counter above, the waiters below, and since Go 1.25 a bit
 * above those for a group of a synctest bubble.
 */
enum { WAITERS_MASK = 0x7fffffff, COUNTER = 32 };
static const uint64_t BUBBLE = UINT64_C(1) << 31;

const char *vole_people_waitgroup(const struct vole_people *p)
{
	uint64_t state, waiters;
	char waiting[32] = "";

	/* A plain number to Go 1.19. */
	if (!vole_people_int(p, "state", &state) &&
	    !vole_people_int(p, "state1", &state))
		return NULL;
	waiters = state & WAITERS_MASK;
	if (waiters)
		snprintf(waiting, sizeof(waiting), ", %" PRIu64 " waiting",
			 waiters);
	return vole_arena_printf(p->arena, "counter %" PRId32 "%s%s",
				 (int32_t)(state >> COUNTER), waiting,
				 state & BUBBLE ? ", of a synctest bubble" :
						  "");
}

/* Tickets: who waits has drawn one, who was woken was called. */
const char *vole_people_cond(const struct vole_people *p)
{
	uint64_t drawn, called;

	if (!vole_people_int(p, "notify.wait", &drawn) ||
	    !vole_people_int(p, "notify.notify", &called))
		return NULL;
	return vole_arena_printf(p->arena, "%" PRIu32 " waiting",
				 (uint32_t)drawn - (uint32_t)called);
}
