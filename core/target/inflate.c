/* Debug sections, inflated with caps: a zip bomb costs an error. */
#include "target/elf_private.h"

#include <elf.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

static const uint64_t MAX_SECTION = UINT64_C(2) << 30;
static const uint64_t MAX_TOTAL = UINT64_C(4) << 30;
/* Debug sections shrink by 3 to 5; small ones of zeros by more. */
static const uint64_t FREE_RATIO = UINT64_C(64) << 20;
enum { MAX_RATIO = 100, PADDING = 16 };

enum packing { PACKED_ZLIB, PACKED_ZSTD };

static bool unpack_zlib(const uint8_t *from, uint64_t len, uint8_t *to,
			uint64_t size)
{
	z_stream z = { .next_in = (Bytef *)(uintptr_t)from, .next_out = to };
	uint64_t in_left = len, out_left = size;
	int status = Z_OK;

	if (inflateInit(&z) != Z_OK)
		return false;
	/* zlib counts in 32 bits: feed it in pieces. */
	while (status == Z_OK && (z.avail_in || in_left || z.avail_out)) {
		if (!z.avail_in) {
			z.avail_in = in_left < INT_MAX ? (uInt)in_left :
							 INT_MAX;
			in_left -= z.avail_in;
		}
		if (!z.avail_out) {
			z.avail_out = out_left < INT_MAX ? (uInt)out_left :
							   INT_MAX;
			out_left -= z.avail_out;
		}
		status = inflate(&z, Z_NO_FLUSH);
	}
	inflateEnd(&z);
	return status == Z_STREAM_END && !z.avail_out && !out_left;
}

static bool unpack(enum packing packing, const uint8_t *from, uint64_t len,
		   uint8_t *to, uint64_t size)
{
	if (packing == PACKED_ZSTD)
		return ZSTD_decompress(to, size, from, len) == size;
	return unpack_zlib(from, len, to, size);
}

static uint64_t inflated_so_far(const struct vole_elf *elf)
{
	uint64_t total = 0;
	size_t i;

	for (i = 0; i < elf->num_sections; i++)
		if (elf->sections[i].owned)
			total += elf->sections[i].num_bytes;
	return total;
}

static bool inflate_section(struct vole_elf *elf, struct vole_elf_section *s,
			    enum packing packing, const uint8_t *from,
			    uint64_t len, uint64_t size, struct vole_error *err)
{
	uint8_t *bytes;

	if (size > MAX_SECTION || inflated_so_far(elf) > MAX_TOTAL - size ||
	    (size > FREE_RATIO && size / MAX_RATIO > len))
		return vole_fail(err, VOLE_CORRUPT, VOLE_NOWHERE,
				 "%s: section %s claims to inflate from "
				 "%" PRIu64 " to %" PRIu64 " bytes",
				 elf->shown, s->name, len, size);
	bytes = malloc(size + PADDING);
	if (!bytes)
		return vole_fail_nomem(err);
	if (!unpack(packing, from, len, bytes, size)) {
		free(bytes);
		return vole_fail(err, VOLE_CORRUPT, VOLE_NOWHERE,
				 "%s: section %s does not inflate", elf->shown,
				 s->name);
	}
	memset(bytes + size, 0, PADDING);
	s->bytes = bytes;
	s->num_bytes = size;
	s->owned = true;
	return true;
}

/* ".zdebug_*": "ZLIB" and the size as 8 big-endian bytes. */
static bool load_zdebug(struct vole_elf *elf, struct vole_elf_section *s,
			struct vole_error *err)
{
	const uint8_t *from = elf->data + s->offset;
	uint64_t size = 0;
	int i;

	if (s->size < 12 || memcmp(from, "ZLIB", 4))
		return vole_fail(err, VOLE_CORRUPT, VOLE_NOWHERE,
				 "%s: section %s has no ZLIB header",
				 elf->shown, s->name);
	for (i = 4; i < 12; i++)
		size = size << 8 | from[i];
	return inflate_section(elf, s, PACKED_ZLIB, from + 12, s->size - 12,
			       size, err);
}

static bool load_compressed(struct vole_elf *elf, struct vole_elf_section *s,
			    struct vole_error *err)
{
	enum { TYPE_ZLIB = 1, TYPE_ZSTD = 2 };
	const uint8_t *from = elf->data + s->offset;
	Elf64_Chdr ch;

	if (s->size < sizeof(ch))
		return vole_fail(err, VOLE_CORRUPT, VOLE_NOWHERE,
				 "%s: section %s is too short", elf->shown,
				 s->name);
	memcpy(&ch, from, sizeof(ch));
	if (ch.ch_type != TYPE_ZLIB && ch.ch_type != TYPE_ZSTD)
		return vole_fail(err, VOLE_UNSUPPORTED, VOLE_NOWHERE,
				 "%s: section %s is compressed in way %u",
				 elf->shown, s->name, ch.ch_type);
	return inflate_section(
		elf, s, ch.ch_type == TYPE_ZSTD ? PACKED_ZSTD : PACKED_ZLIB,
		from + sizeof(ch), s->size - sizeof(ch), ch.ch_size, err);
}

static bool load(struct vole_elf *elf, struct vole_elf_section *s,
		 struct vole_error *err)
{
	if (s->type == SHT_NOBITS)
		return vole_fail(err, VOLE_NOT_FOUND, VOLE_NOWHERE,
				 "%s: section %s is kept in another file",
				 elf->shown, s->name);
	if (!vole_elf_range(elf, s->offset, s->size))
		return vole_fail(err, VOLE_CORRUPT, VOLE_NOWHERE,
				 "%s: section %s lies outside the file",
				 elf->shown, s->name);
	if (!strncmp(s->name, ".zdebug_", 8))
		return load_zdebug(elf, s, err);
	if (s->flags & SHF_COMPRESSED)
		return load_compressed(elf, s, err);
	s->bytes = elf->data + s->offset;
	s->num_bytes = s->size;
	return true;
}

bool vole_elf_debug_section(struct vole_elf *elf, const char *name,
			    const uint8_t **ret, uint64_t *ret_len,
			    struct vole_error *err)
{
	struct vole_elf_section *s = vole_elf_section(elf, name);
	char old[64];

	if (!s && !strncmp(name, ".debug_", 7)) {
		snprintf(old, sizeof(old), ".z%s", name + 1);
		s = vole_elf_section(elf, old);
	}
	if (!s)
		return vole_fail(err, VOLE_NOT_FOUND, VOLE_NOWHERE,
				 "%s has no section %s", elf->shown, name);
	if (!s->bytes && !load(elf, s, err))
		return false;
	*ret = s->bytes;
	*ret_len = s->num_bytes;
	return true;
}
