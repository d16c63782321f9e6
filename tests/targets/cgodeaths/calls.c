#include "calls.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "_cgo_export.h"

/* The g is not the only thing that a thread has of its own. */
static __thread volatile int depth = 1;
static __thread void *volatile thread[5];

/* Each frame has a caller that cannot be optimized into it. */
static __attribute__((noinline)) void store(volatile int *where, int n)
{
	*where = n;
	depth++;
}

void c_segv(int n)
{
	store((volatile int *)16, n);
	depth++;
}

void c_abort(int n)
{
	depth = n;
	abort();
}

void c_sleep(int seconds)
{
	sleep(seconds);
	depth++;
}

void c_call(int n, int seconds)
{
	goCallback(n);
	depth += seconds;
}

static void *run(void *arg)
{
	thread[depth % 5] = arg;
	goThread((int)(intptr_t)arg);
	depth++;
	return NULL;
}

void c_thread(int n)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, run, (void *)(intptr_t)n))
		abort();
	pthread_join(thread, NULL);
	depth++;
}
