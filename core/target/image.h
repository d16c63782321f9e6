/**
 * ELF files that are mapped into the target, executable and libraries: whose
 * code is at an address, and what it is called. A file of this machine is
 * used only when the target's memory shows that it is the same build.
 */
#ifndef VOLE_TARGET_IMAGE_H
#define VOLE_TARGET_IMAGE_H

#include "target/ehframe.h"
#include "target/symbols.h"
#include "target/target.h"

struct vole_image {
	const char *path; /* as mapped */
	uint64_t start, end; /* of all its mappings */
	uint64_t bias; /* load address minus link address; when elf */
	struct vole_elf *elf; /* NULL: gone, or another build */
	struct vole_symbols *symbols; /* NULL: not asked for yet */
	struct vole_ehframe *frames; /* NULL: not asked for yet */
	bool opened; /* or tried */
	bool is_exe; /* elf is the target's */
};

struct vole_images;

/** All images; opened when first asked for. Close with the target. */
VOLE_CHECKED bool vole_images_open(struct vole_target *target,
				   struct vole_images **ret,
				   struct vole_error *err);
/** NULL is fine. */
void vole_images_close(struct vole_images *images);

/** The image around @p addr, its file opened if it can be; or NULL. */
struct vole_image *vole_image_at(struct vole_images *images, uint64_t addr);
/**
 * "pthread_kill" and how far into it, or NULL: no file, or no symbol covers
 * @p addr.
 */
const char *vole_image_function(struct vole_image *image, uint64_t addr,
				uint64_t *ret_offset);

#endif
