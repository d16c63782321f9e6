#include "runtime/buildinfo.h"

#include "base/array.h"
#include "base/checked.h"

#include <string.h>

/* src/debug/buildinfo/buildinfo.go: readRawBuildInfo. */
enum {
	HEADER_SIZE = 32,
	ALIGNMENT = 16,
	FLAGS_AT = 15,
	FLAG_INLINE = 2, /* strings follow the header: Go 1.18 */
	SENTINEL = 16, /* bytes at both ends of the module text */
	MAX_VERSION = 256,
	MAX_MODINFO = 4 << 20,
	MAX_LINES = 1 << 16,
};

static const char magic[14] = "\xff Go buildinf:";

/* What a scan for the magic may cost: one pass over a large data segment. */
static const uint64_t MAX_SCAN = 256 << 20;

struct text {
	char *text;
	size_t len;
};

static bool read_text(struct vole_target *target, struct vole_arena *arena,
		      uint64_t addr, uint64_t len, struct text *ret,
		      struct vole_error *err)
{
	if (len > MAX_MODINFO)
		return vole_fail(err, VOLE_CORRUPT, addr,
				 "build information of %" PRIu64 " bytes", len);
	ret->len = len;
	ret->text = vole_arena_alloc(arena, len + 1);
	if (!ret->text)
		return vole_fail_nomem(err);
	return vole_memory_read_all(&target->mem, addr, ret->text, len, err);
}

/* A varint length and that many bytes; @p addr moves past them. */
static bool read_inline(struct vole_target *target, struct vole_arena *arena,
			uint64_t *addr, struct text *ret,
			struct vole_error *err)
{
	uint8_t bytes[5];
	size_t have =
		vole_memory_read(&target->mem, *addr, bytes, sizeof(bytes));
	uint64_t len = 0;
	size_t i;

	for (i = 0; i < have; i++) {
		len |= (uint64_t)(bytes[i] & 0x7f) << (7 * i);
		if (!(bytes[i] & 0x80))
			break;
	}
	if (i == have)
		return vole_fail(err, VOLE_CORRUPT, *addr,
				 "build information without a length");
	*addr += i + 1;
	if (!read_text(target, arena, *addr, len, ret, err))
		return false;
	*addr += len;
	return true;
}

/* A Go string whose header is at @p header. */
static bool read_string(struct vole_target *target, struct vole_arena *arena,
			uint64_t header, struct text *ret,
			struct vole_error *err)
{
	uint64_t words[2];

	return vole_memory_read_all(&target->mem, header, words, sizeof(words),
				    err) &&
	       read_text(target, arena, words[0], words[1], ret, err);
}

static bool read_both(struct vole_target *target, struct vole_arena *arena,
		      uint64_t addr, struct text *version, struct text *modinfo,
		      struct vole_error *err)
{
	uint8_t header[HEADER_SIZE];
	uint64_t at, words[2];
	bool have;

	if (!vole_memory_read_all(&target->mem, addr, header, sizeof(header),
				  err))
		return false;
	if (memcmp(header, magic, sizeof(magic)))
		return vole_fail(err, VOLE_CORRUPT, addr,
				 "no build information here");
	if (header[FLAGS_AT] & FLAG_INLINE) {
		if (!vole_at(addr, 1, HEADER_SIZE, &at))
			return vole_fail(err, VOLE_CORRUPT, addr,
					 "build information past the end");
		if (!read_inline(target, arena, &at, version, err))
			return false;
		have = read_inline(target, arena, &at, modinfo, err);
	} else {
		memcpy(words, header + 16, sizeof(words));
		if (!read_string(target, arena, words[0], version, err))
			return false;
		have = words[1] &&
		       read_string(target, arena, words[1], modinfo, err);
	}
	/* The release is worth having without the list of modules. */
	if (!have)
		*modinfo = (struct text){ NULL, 0 };
	return true;
}

static unsigned number(const char **text)
{
	unsigned value = 0;

	while (**text >= '0' && **text <= '9' && value < 100000)
		value = value * 10 + (unsigned)(*(*text)++ - '0');
	return value;
}

/*
 * "go1.25.5 X:greenteagc", "go1.26.8-X:nogreenteagc", "go1.24rc1",
 * "devel go1.27-2f0b28da19 Thu ...".
 */
static void split_version(char *text, struct vole_buildinfo *ret)
{
	char *mark = strstr(text, "X:");
	const char *at;

	ret->experiments = "";
	if (mark && mark > text && (mark[-1] == ' ' || mark[-1] == '-')) {
		mark[-1] = '\0';
		ret->experiments = mark + 2;
	}
	ret->version = text;
	at = strstr(text, "go1.");
	if (!at)
		return;
	at += strlen("go1.");
	ret->minor = number(&at);
	if (*at++ == '.')
		ret->patch = number(&at);
}

/* Cut @p text, in place, into lines of "key\tvalue". */
static bool split_lines(struct text modinfo, struct vole_arena *arena,
			struct vole_buildinfo *ret, struct vole_error *err)
{
	struct vole_buildinfo_line *lines;
	size_t count = 0, i;
	char *line, *rest = modinfo.text;

	for (i = 0; i < modinfo.len; i++)
		count += modinfo.text[i] == '\n';
	if (count > MAX_LINES)
		count = MAX_LINES;
	lines = vole_arena_array(arena, count + 1, sizeof(*lines));
	if (!lines)
		return vole_fail_nomem(err);
	ret->lines = lines;
	while (ret->num_lines < count && (line = strsep(&rest, "\n"))) {
		char *value = strchr(line, '\t');

		if (!value)
			continue;
		*value++ = '\0';
		lines[ret->num_lines++] =
			(struct vole_buildinfo_line){ line, value };
		if (!strcmp(line, "path"))
			ret->path = value;
	}
	return true;
}

static bool parse(struct vole_target *target, struct vole_arena *arena,
		  uint64_t addr, struct vole_buildinfo *ret,
		  struct vole_error *err)
{
	struct vole_buildinfo info = { .path = "" };
	struct text version, modinfo;

	if (!read_both(target, arena, addr, &version, &modinfo, err))
		return false;
	if (!version.len || version.len > MAX_VERSION)
		return vole_fail(err, VOLE_CORRUPT, addr,
				 "a Go version of %zu bytes", version.len);
	split_version(version.text, &info);
	if (modinfo.len > 2 * SENTINEL &&
	    modinfo.text[modinfo.len - SENTINEL - 1] == '\n') {
		modinfo.text[modinfo.len - SENTINEL] = '\0';
		modinfo.text += SENTINEL;
		modinfo.len -= 2 * SENTINEL;
		if (!split_lines(modinfo, arena, &info, err))
			return false;
	}
	*ret = info;
	return true;
}

struct scan {
	struct vole_target *target;
	struct vole_arena *arena;
	struct vole_buildinfo *ret;
	uint64_t left;
	bool found;
};

/*
 * Look at each aligned place of [start, end). A program that reads other
 * programs holds the magic too: what follows must parse.
 */
static bool scan_range(struct scan *scan, uint64_t start, uint64_t end)
{
	struct vole_error ignored;
	uint64_t at = (start + ALIGNMENT - 1) & ~(uint64_t)(ALIGNMENT - 1);

	while (at >= start && at < end && scan->left) {
		uint8_t bytes[4096];
		size_t have, i;

		have = vole_memory_read(
			&scan->target->mem, at, bytes,
			end - at < sizeof(bytes) ? end - at : sizeof(bytes));
		for (i = 0; i + sizeof(magic) <= have; i += ALIGNMENT)
			if (!memcmp(bytes + i, magic, sizeof(magic)) &&
			    parse(scan->target, scan->arena, at + i, scan->ret,
				  &ignored)) {
				scan->found = true;
				return true;
			}
		if (have < sizeof(bytes))
			break;
		scan->left -= have < scan->left ? have : scan->left;
		at += have;
	}
	return false;
}

static bool scan_mapping(void *arg, const struct vole_mapping *mapping)
{
	struct scan *scan = arg;

	if (mapping->perms & VOLE_PERM_WRITE)
		scan_range(scan, mapping->start, mapping->end);
	return !scan->found;
}

/* Of the executable when it is known: its writable segments are small. */
static bool scan_all(struct scan *scan)
{
	const struct vole_elf *exe = scan->target->exe;
	size_t i;

	if (!exe) {
		vole_target_mappings(scan->target, scan_mapping, scan);
		return scan->found;
	}
	for (i = 0; i < exe->num_segments && !scan->found; i++) {
		const struct vole_elf_segment *segment = &exe->segments[i];
		uint64_t start = scan->target->bias + segment->addr;

		/* PT_LOAD, PF_W */
		if (segment->type == 1 && segment->flags & 2 &&
		    vole_range_ok(start, segment->file_size))
			scan_range(scan, start, start + segment->file_size);
	}
	return scan->found;
}

static bool from_variable(struct vole_target *target, struct vole_arena *arena,
			  struct vole_buildinfo *ret)
{
	struct vole_elf_symbol symbol;
	struct vole_error ignored;
	struct text version;

	if (!target->exe ||
	    !vole_elf_symbol(target->exe, "runtime.buildVersion", &symbol,
			     &ignored))
		return false;
	if (!read_string(target, arena, target->bias + symbol.addr, &version,
			 &ignored) ||
	    !version.len || version.len > MAX_VERSION)
		return false;
	*ret = (struct vole_buildinfo){ .path = "" };
	split_version(version.text, ret);
	return true;
}

/* As the linker wrote it, where the core lost that part of memory. */
static bool from_file(struct vole_target *target, uint64_t addr,
		      struct vole_arena *arena, struct vole_buildinfo *ret)
{
	struct vole_target file = *target;
	struct vole_error ignored;
	bool ok;

	vole_memory_init(&file.mem, NULL, NULL, target->exe, 0);
	file.mem.initial = true;
	ok = parse(&file, arena, addr, ret, &ignored);
	vole_memory_free(&file.mem);
	return ok;
}

bool vole_buildinfo_read(struct vole_target *target, struct vole_arena *arena,
			 struct vole_buildinfo *ret, struct vole_error *err)
{
	struct scan scan = {
		.target = target, .arena = arena, .ret = ret, .left = MAX_SCAN
	};
	const struct vole_elf_section *section =
		target->exe ? vole_elf_section(target->exe, ".go.buildinfo") :
			      NULL;
	struct vole_error ignored;

	if (section &&
	    parse(target, arena, target->bias + section->addr, ret, &ignored))
		return true;
	if (scan_all(&scan) || from_variable(target, arena, ret))
		return true;
	if (section && from_file(target, section->addr, arena, ret))
		return true;
	return vole_fail(err, VOLE_NOT_FOUND, VOLE_NOWHERE,
			 "no Go build information");
}
