#include "target/notes.h"

#include "target/elf.h"

#include <elf.h>
#include <string.h>

static uint64_t padded(uint32_t len)
{
	return ((uint64_t)len + 3) & ~UINT64_C(3);
}

bool vole_notes_next(struct vole_notes *notes, struct vole_note *ret)
{
	uint64_t owner, desc;
	Elf64_Nhdr nh;

	if (notes->left < sizeof(nh))
		return false;
	memcpy(&nh, notes->at, sizeof(nh));
	notes->at += sizeof(nh);
	notes->left -= sizeof(nh);
	owner = padded(nh.n_namesz);
	desc = padded(nh.n_descsz);
	if (owner > notes->left || nh.n_descsz > notes->left - owner)
		return false;
	*ret = (struct vole_note){
		.type = nh.n_type,
		.owner_len = nh.n_namesz,
		.owner = notes->at,
		.desc = notes->at + owner,
		.len = nh.n_descsz,
	};
	/* The last one may lack its padding. */
	if (desc > notes->left - owner)
		desc = notes->left - owner;
	notes->at += owner + desc;
	notes->left -= owner + desc;
	return true;
}

bool vole_note_is(const struct vole_note *note, const char *owner)
{
	size_t len = strlen(owner) + 1;

	return note->owner_len == len && !memcmp(note->owner, owner, len);
}

void vole_elf_notes_ids(const uint8_t *bytes, uint64_t len,
			struct vole_build_id *gnu_id,
			struct vole_build_id *go_id)
{
	enum { NT_GO_BUILD_ID = 4 };
	struct vole_notes notes = { bytes, len };
	struct vole_note n;

	while (vole_notes_next(&notes, &n)) {
		struct vole_build_id *id = NULL;

		if (n.type == NT_GNU_BUILD_ID && vole_note_is(&n, "GNU"))
			id = gnu_id;
		else if (n.type == NT_GO_BUILD_ID && n.owner_len == 4 &&
			 !memcmp(n.owner, "Go\0", 4))
			id = go_id; /* its owner is padded with a second NUL */
		if (!id || id->len || n.len > sizeof(id->bytes))
			continue;
		memcpy(id->bytes, n.desc, n.len);
		id->len = n.len;
	}
}

void vole_elf_page_ids(const uint8_t *page, size_t len,
		       struct vole_build_id *gnu_id,
		       struct vole_build_id *go_id)
{
	Elf64_Ehdr eh;
	Elf64_Phdr ph;
	uint64_t i, at;

	if (len < sizeof(eh) || memcmp(page, ELFMAG, SELFMAG))
		return;
	memcpy(&eh, page, sizeof(eh));
	for (i = 0; i < eh.e_phnum; i++) {
		at = eh.e_phoff + i * sizeof(ph);
		if (at > len || len - at < sizeof(ph))
			return;
		memcpy(&ph, page + at, sizeof(ph));
		if (ph.p_type == PT_NOTE && ph.p_offset <= len &&
		    ph.p_filesz <= len - ph.p_offset)
			vole_elf_notes_ids(page + ph.p_offset, ph.p_filesz,
					   gnu_id, go_id);
	}
}
