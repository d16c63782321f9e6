#include "base/array.h"

bool vole_array_grow(void **items, size_t *room, size_t size)
{
	size_t more = *room ? *room * 2 : 16;
	size_t len;
	void *new_items;

	if (more < *room || __builtin_mul_overflow(more, size, &len))
		return false;
	new_items = realloc(*items, len);
	if (!new_items)
		return false;
	*items = new_items;
	*room = more;
	return true;
}
