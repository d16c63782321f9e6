/* The C side of cgoprog: types Go sees through cgo, and memory Go does not own. */
#ifndef MEM_H
#define MEM_H

#include <stdint.h>

enum color { RED = 1, GREEN = 2, BLUE = 40 };

union word {
	int32_t number;
	unsigned char bytes[4];
};

struct inner {
	short pair[2];
	double ratio;
};

struct packet {
	int id;
	char name[12];
	struct inner parts[2];
	union word word;
	enum color color;
	struct packet *next;
	const char *label;
	unsigned flag : 3;
	unsigned long long big;
	void *opaque;
	int (*hook)(int);
};

typedef struct packet packet_t;

extern int c_counter;
extern struct packet c_packet;
extern const char *c_text;
extern int c_table[5];

struct packet *packet_new(int id, const char *name);
int *numbers_new(int count);
int twice(int n);
void remember(void *value);

#endif
