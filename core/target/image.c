#include "target/image.h"

#include "base/array.h"
#include "base/sorted.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_IMAGES = 4096, PAGE = 4096 };

struct vole_images {
	struct vole_target *target;
	struct vole_arena arena;
	VOLE_ARRAY(struct vole_image) list; /* by address */
	bool no_memory;
};

static const size_t ARENA_CAP = (size_t)16 << 20;

/* Mappings come in address order; those of one file follow each other. */
static bool add(struct vole_images *images, const char *path, uint64_t start,
		uint64_t end)
{
	struct vole_image *last;

	if (images->list.len) {
		last = &images->list.items[images->list.len - 1];
		if (!strcmp(last->path, path)) {
			last->end = end;
			return true;
		}
	}
	if (images->list.len == MAX_IMAGES)
		return false;
	last = vole_array_push(&images->list);
	if (last) {
		last->path = vole_arena_string(&images->arena, path);
		last->start = start;
		last->end = end;
	}
	images->no_memory = !last || !last->path;
	return !images->no_memory;
}

static bool on_mapping(void *arg, const struct vole_mapping *m)
{
	/* "[heap]" and "[stack]" are no files. */
	if (!m->path || m->path[0] != '/')
		return true;
	return add(arg, m->path, m->start, m->end);
}

bool vole_images_open(struct vole_target *target, struct vole_images **ret,
		      struct vole_error *err)
{
	struct vole_images *images = calloc(1, sizeof(*images));
	const struct vole_corefile *core = target->core;
	size_t i;

	if (!images)
		return vole_fail_nomem(err);
	images->target = target;
	vole_arena_init(&images->arena, ARENA_CAP);
	if (!core)
		vole_target_mappings(target, on_mapping, images);
	for (i = 0; core && i < core->num_files; i++)
		if (!add(images, core->files[i].path, core->files[i].start,
			 core->files[i].end))
			break;
	if (images->no_memory) {
		vole_images_close(images);
		return vole_fail_nomem(err);
	}
	*ret = images;
	return true;
}

void vole_images_close(struct vole_images *images)
{
	size_t i;

	if (!images)
		return;
	for (i = 0; i < images->list.len; i++) {
		struct vole_image *image = &images->list.items[i];

		vole_ehframe_close(image->frames);
		vole_symbols_close(image->symbols);
		if (!image->is_exe)
			vole_elf_close(image->elf);
	}
	vole_array_free(&images->list);
	vole_arena_clear(&images->arena);
	free(images);
}

/* --- opening --------------------------------------------------------------- */

/* Link address of the file's first byte, where a PT_LOAD maps it. */
static bool first_addr(const struct vole_elf *elf, uint64_t *ret)
{
	size_t i;

	for (i = 0; i < elf->num_segments; i++)
		if (elf->segments[i].type == 1 /* PT_LOAD */ &&
		    elf->segments[i].offset < PAGE) {
			*ret = elf->segments[i].addr - elf->segments[i].offset;
			return true;
		}
	return false;
}

/* Does memory hold the notes of this very file? */
static bool is_same_build(struct vole_images *images,
			  const struct vole_image *image)
{
	struct vole_build_id gnu = { 0 }, go = { 0 };
	uint8_t page[PAGE];
	size_t have;

	have = vole_memory_read(&images->target->mem, image->start, page,
				sizeof(page));
	vole_elf_page_ids(page, have, &gnu, &go);
	return vole_build_id_same(&gnu, &image->elf->gnu_id) ||
	       vole_build_id_same(&go, &image->elf->go_id);
}

static void open_file(struct vole_images *images, struct vole_image *image)
{
	const struct vole_target *t = images->target;
	struct vole_error unused;
	uint64_t first;

	image->opened = true;
	if (t->exe && first_addr(t->exe, &first) &&
	    first + t->bias == image->start) {
		image->elf = t->exe;
		image->is_exe = true;
		image->bias = t->bias;
		return;
	}
	if (!vole_elf_open(image->path, &image->elf, &unused))
		return;
	if (first_addr(image->elf, &first) && is_same_build(images, image)) {
		image->bias = image->start - first;
		return;
	}
	vole_elf_close(image->elf);
	image->elf = NULL;
}

struct vole_image *vole_image_at(struct vole_images *images, uint64_t addr)
{
	struct vole_image *list = images->list.items;
	size_t num = vole_sorted_up_to(list, images->list.len, start, addr);

	if (!num || addr >= list[num - 1].end)
		return NULL;
	if (!list[num - 1].opened)
		open_file(images, &list[num - 1]);
	return &list[num - 1];
}

const char *vole_image_function(struct vole_image *image, uint64_t addr,
				uint64_t *ret_offset)
{
	struct vole_error unused;

	if (!image->elf)
		return NULL;
	if (!image->symbols &&
	    !vole_symbols_open(image->elf, &image->symbols, &unused))
		return NULL;
	return vole_symbols_at(image->symbols, addr - image->bias, ret_offset);
}
