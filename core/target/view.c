#include "target/view.h"

#include "base/checked.h"

#include <string.h>

struct vole_view vole_view(const struct vole_layout *layout,
			   struct vole_memory *mem, uint64_t addr,
			   struct vole_error *err)
{
	return (struct vole_view){ .layout = layout,
				   .mem = mem,
				   .addr = addr,
				   .err = err,
				   .ok = true };
}

void vole_view_load(struct vole_view *view, void *buf, size_t room)
{
	/* What is mapped stays where it was lent. */
	if (view->mem->core) {
		view->bytes =
			vole_memory_borrow(view->mem, view->addr, &view->have);
		if (view->bytes && view->have >= room)
			return;
	}
	view->have = vole_memory_read(view->mem, view->addr, buf, room);
	view->bytes = buf;
}

uint64_t vole_get_addr(struct vole_view *view, enum vole_field_id field)
{
	const struct vole_place *place = &view->layout->place[field];
	uint64_t addr;

	if (!view->ok || !place->known)
		return 0;
	if (!vole_at(view->addr, 1, place->offset, &addr)) {
		view->ok = vole_fail(view->err, VOLE_CORRUPT, view->addr,
				     "%s past the end of memory",
				     vole_layout_rows[field].id);
		return 0;
	}
	return addr;
}

static uint32_t load_u32(const uint8_t *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return value;
}

static uint64_t load_u64(const uint8_t *at)
{
	uint64_t value;

	memcpy(&value, at, sizeof(value));
	return value;
}

static uint64_t get_from_memory(struct vole_view *view,
				enum vole_field_id field)
{
	const struct vole_layout_row *row = &vole_layout_rows[field];
	const struct vole_place *place = &view->layout->place[field];
	uint64_t addr = vole_get_addr(view, field);
	uint64_t value;

	if (!view->ok)
		return 0;
	if (!place->known) {
		if (!row->optional)
			view->ok = vole_fail(view->err, VOLE_NO_DEBUG_INFO,
					     VOLE_NOWHERE,
					     "where %s lies is not known",
					     row->id);
		return 0;
	}
	if (!vole_memory_uint(view->mem, addr,
			      place->size < 8 ? place->size : 8, &value,
			      view->err)) {
		view->ok = vole_fail_in(view->err, "reading %s", row->id);
		return 0;
	}
	return value;
}

uint64_t vole_get(struct vole_view *view, enum vole_field_id field)
{
	const struct vole_place *place = &view->layout->place[field];
	const uint8_t *at;

	if (!view->ok || !place->known || place->offset > view->have ||
	    view->have - place->offset < place->size)
		return get_from_memory(view, field);
	at = view->bytes + place->offset;
	switch (place->size) {
	case 1:
		return *at;
	case 4:
		return load_u32(at);
	case 8:
		return load_u64(at);
	default:
		return get_from_memory(view, field);
	}
}
