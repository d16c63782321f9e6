#include "calls.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "_cgo_export.h"

int c_add(int a, int b)
{
	return a + b;
}

void c_nap(int microseconds)
{
	usleep((useconds_t)microseconds);
}

int c_back(int n)
{
	volatile int room[64];

	room[n % 64] = goBack(n);
	return room[n % 64] + 1;
}

static int by_go(const void *a, const void *b)
{
	return goLess(*(const int *)a, *(const int *)b) ? -1 : 1;
}

int c_sort(int num)
{
	int list[100], i;

	for (i = 0; i < num; i++)
		list[i] = i * 37 % 101;
	qsort(list, (size_t)num, sizeof(list[0]), by_go);
	return list[0];
}

static void *run(void *arg)
{
	goThread((int)(intptr_t)arg);
	return NULL;
}

int c_threads(int num)
{
	pthread_t threads[8];
	int i;

	for (i = 0; i < num && i < 8; i++)
		if (pthread_create(&threads[i], NULL, run, (void *)(intptr_t)i))
			break;
	for (num = i; i > 0; i--)
		pthread_join(threads[i - 1], NULL);
	return num;
}
