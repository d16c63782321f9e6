/**
 * ELF notes, walked in place: owner, type and contents, padded to 4 bytes.
 */
#ifndef VOLE_TARGET_NOTES_H
#define VOLE_TARGET_NOTES_H

#include "base/error.h"

struct vole_note {
	uint32_t type;
	uint32_t owner_len; /* with its NUL */
	const uint8_t *owner;
	const uint8_t *desc;
	uint64_t len; /* of desc */
};

/** What is left to walk; start with all the bytes. */
struct vole_notes {
	const uint8_t *at;
	uint64_t left;
};

/** The next note; false at the end or where the notes are cut off. */
bool vole_notes_next(struct vole_notes *notes, struct vole_note *ret);
/** Is it @p owner's ("CORE", "GNU")? */
bool vole_note_is(const struct vole_note *note, const char *owner);

#endif
