#include "mem.h"

#include <stdlib.h>
#include <string.h>

int c_counter = 1234;
const char *c_text = "text in C";
int c_table[5] = { 1, 1, 2, 3, 5 };
struct packet c_packet = {
	.id = 7,
	.name = "static",
	.parts = { { { 1, 2 }, 0.5 }, { { 3, 4 }, -0.5 } },
	.word = { .number = 0x01020304 },
	.color = GREEN,
	.label = "label",
	.flag = 5,
	.big = 1ULL << 63,
	.hook = twice,
};

static void *remembered;

struct packet *packet_new(int id, const char *name)
{
	struct packet *p = calloc(1, sizeof(*p));

	if (!p)
		abort();
	p->id = id;
	strncpy(p->name, name, sizeof(p->name) - 1);
	p->parts[1].pair[1] = -1;
	p->color = BLUE;
	p->next = &c_packet;
	return p;
}

int *numbers_new(int count)
{
	int *p = calloc(count, sizeof(*p));

	if (!p)
		abort();
	for (int i = 0; i < count; i++)
		p[i] = i * i;
	return p;
}

int twice(int n)
{
	return 2 * n;
}

void remember(void *value)
{
	remembered = value;
	(void)remembered;
}
