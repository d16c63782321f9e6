#include "target/memory.h"

#include "base/checked.h"
#include "base/hash.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

enum {
	LINE = 16 << 10,
	PAGE = 4 << 10,
	CACHE_LINE = 64,
	MAX_LINES = (64 << 20) / LINE, /* then the cache starts over */
};

struct line {
	uint64_t addr;
	uint8_t bytes[LINE];
	/* Readable pages; a page is all there or read byte by byte. */
	bool page[LINE / PAGE];
};

struct vole_page_cache {
	struct vole_hash lines; /* line address to index + 1 */
	struct line **items;
	size_t len;
	uint8_t partial[PAGE]; /* readable part of a page that is not whole */
};

void vole_memory_init(struct vole_memory *mem, struct vole_host *host,
		      struct vole_corefile *core, struct vole_elf *exe,
		      uint64_t bias)
{
	*mem = (struct vole_memory){
		.host = host, .core = core, .exe = exe, .bias = bias
	};
}

void vole_memory_forget(struct vole_memory *mem)
{
	struct vole_page_cache *cache = mem->cache;
	size_t i;

	if (!cache)
		return;
	for (i = 0; i < cache->len; i++)
		free(cache->items[i]);
	cache->len = 0;
	vole_hash_clear(&cache->lines);
}

void vole_memory_free(struct vole_memory *mem)
{
	if (!mem->cache)
		return;
	vole_memory_forget(mem);
	vole_hash_free(&mem->cache->lines);
	free(mem->cache->items);
	free(mem->cache);
	mem->cache = NULL;
}

static struct vole_page_cache *cache_of(struct vole_memory *mem)
{
	struct vole_page_cache *cache = mem->cache;

	if (cache)
		return cache;
	cache = calloc(1, sizeof(*cache));
	if (!cache)
		return NULL;
	cache->items = calloc(MAX_LINES, sizeof(*cache->items));
	if (!cache->items) {
		free(cache);
		return NULL;
	}
	mem->cache = cache;
	return cache;
}

/* A host that gives less than a line may still have its later pages. */
static void fill(struct vole_host *host, struct line *line)
{
	size_t got = host->read(host, line->addr, line->bytes, LINE);
	size_t page;

	for (page = 0; page < LINE / PAGE; page++) {
		uint8_t *to = line->bytes + page * PAGE;

		line->page[page] = got >= (page + 1) * PAGE ||
				   host->read(host, line->addr + page * PAGE,
					      to, PAGE) == PAGE;
	}
}

static struct line *line_at(struct vole_memory *mem, uint64_t addr)
{
	struct vole_page_cache *cache = cache_of(mem);
	struct line *line;
	uint64_t index;

	if (!cache)
		return NULL;
	if (vole_hash_get(&cache->lines, addr, &index))
		return cache->items[index];
	if (cache->len == MAX_LINES)
		vole_memory_forget(mem);
	line = malloc(sizeof(*line));
	if (!line || !vole_hash_put(&cache->lines, addr, cache->len)) {
		free(line);
		return NULL;
	}
	line->addr = addr;
	fill(mem->host, line);
	cache->items[cache->len++] = line;
	return line;
}

/* Through the host: a pointer into the cache. */
static const uint8_t *borrow_host(struct vole_memory *mem, uint64_t addr,
				  size_t *ret_len)
{
	struct line *line = line_at(mem, addr & ~(uint64_t)(LINE - 1));
	size_t skip = addr & (LINE - 1), page = skip / PAGE, last;
	size_t got;

	if (!line)
		return NULL;
	if (line->page[page]) {
		for (last = page; last < LINE / PAGE && line->page[last];)
			last++;
		*ret_len = last * PAGE - skip;
		return line->bytes + skip;
	}
	/* A page that ends, or begins, in the middle: registers of devices. */
	got = mem->host->read(mem->host, addr, mem->cache->partial,
			      PAGE - (addr & (PAGE - 1)));
	*ret_len = got;
	return got ? mem->cache->partial : NULL;
}

/* Read-only segments that were not dumped are as the executable has them. */
static const uint8_t *borrow_exe(const struct vole_memory *mem, uint64_t addr,
				 size_t *ret_len)
{
	const struct vole_elf_segment *s;
	const uint8_t *bytes;

	if (!mem->exe)
		return NULL;
	s = vole_elf_segment_at(mem->exe, addr - mem->bias);
	if (!s || (s->flags & PF_W && !mem->initial))
		return NULL;
	bytes = vole_elf_borrow(mem->exe, addr - mem->bias, ret_len);
	/* An absurd bias: the file goes on where the address space ends. */
	if (bytes && *ret_len - 1 > UINT64_MAX - addr)
		*ret_len = (size_t)(UINT64_MAX - addr) + 1;
	return bytes;
}

/*
 * Bytes of the executable, but not over bytes that the core has, nor for a
 * mapping that the process could write to. gcore leaves out segments of
 * rodata altogether, so an address may be in none.
 */
static const uint8_t *borrow_missing(const struct vole_memory *mem,
				     uint64_t addr, size_t *ret_len)
{
	const uint8_t *bytes = borrow_exe(mem, addr, ret_len);
	const struct vole_elf_segment *s;
	uint64_t room;

	if (!bytes || !mem->core)
		return bytes;
	s = vole_corefile_segment(mem->core, addr);
	room = vole_corefile_undumped(mem->core, addr);
	if (!room || (s && s->flags & PF_W && !mem->initial))
		return NULL;
	if (room < *ret_len)
		*ret_len = room;
	return bytes;
}

static const uint8_t *borrow_near(const struct vole_memory *mem, uint64_t addr,
				  size_t *ret_len)
{
	uint64_t skip = addr - mem->near_addr;

	if (skip >= mem->near_len)
		return NULL;
	*ret_len = mem->near_len - skip;
	return mem->near + skip;
}

static const uint8_t *borrow_core(struct vole_memory *mem, uint64_t addr,
				  size_t *ret_len)
{
	const struct vole_elf_segment *s;

	s = vole_corefile_segment(mem->core, addr);
	if (!s || addr - s->addr >= s->file_size)
		return NULL;
	mem->near = vole_corefile_borrow(mem->core, s->addr, ret_len);
	mem->near_addr = s->addr;
	mem->near_len = *ret_len;
	return borrow_near(mem, addr, ret_len);
}

const uint8_t *vole_memory_borrow(struct vole_memory *mem, uint64_t addr,
				  size_t *ret_len)
{
	const uint8_t *bytes = borrow_near(mem, addr, ret_len);

	if (bytes)
		return bytes;
	if (mem->core)
		bytes = borrow_core(mem, addr, ret_len);
	else if (mem->host)
		bytes = borrow_host(mem, addr, ret_len);
	return bytes ? bytes : borrow_missing(mem, addr, ret_len);
}

void vole_memory_prefetch(const struct vole_memory *mem, uint64_t addr,
			  size_t len)
{
	const uint8_t *bytes;
	size_t have, at;

	bytes = borrow_near(mem, addr, &have);
	if (!bytes)
		return;
	for (at = 0; at < len && at < have; at += CACHE_LINE)
		__builtin_prefetch(bytes + at);
}

size_t vole_memory_read(struct vole_memory *mem, uint64_t addr, void *buf,
			size_t len)
{
	size_t done = 0;

	while (done < len && addr <= UINT64_MAX - done) {
		size_t have = 0;
		const uint8_t *from =
			vole_memory_borrow(mem, addr + done, &have);

		if (!from || !have)
			break;
		if (have > len - done)
			have = len - done;
		memcpy((char *)buf + done, from, have);
		done += have;
	}
	return done;
}

enum vole_presence vole_memory_presence(struct vole_memory *mem, uint64_t addr)
{
	const struct vole_elf_segment *s;

	if (vole_memory_readable(mem, addr))
		return VOLE_PRESENCE_READABLE;
	if (!mem->core)
		return VOLE_PRESENCE_NONE;
	s = vole_corefile_segment(mem->core, addr);
	if (s)
		return s->cut ? VOLE_PRESENCE_CUT_OFF :
				VOLE_PRESENCE_NOT_DUMPED;
	return mem->core->truncated ? VOLE_PRESENCE_UNKNOWN :
				      VOLE_PRESENCE_NONE;
}

static const char *why(struct vole_memory *mem, uint64_t addr)
{
	static const char *const texts[] = {
		[VOLE_PRESENCE_NONE] = "is not mapped",
		[VOLE_PRESENCE_READABLE] = "cannot be read",
		[VOLE_PRESENCE_NOT_DUMPED] =
			"is not in the core file (not dumped)",
		[VOLE_PRESENCE_CUT_OFF] =
			"lies beyond the end of the truncated core file",
		[VOLE_PRESENCE_UNKNOWN] = "is not in the truncated core file",
	};

	return mem->core ? texts[vole_memory_presence(mem, addr)] :
			   "cannot be read";
}

bool vole_memory_read_all(struct vole_memory *mem, uint64_t addr, void *buf,
			  size_t len, struct vole_error *err)
{
	size_t got = vole_memory_read(mem, addr, buf, len);

	if (got == len)
		return true;
	if (got > UINT64_MAX - addr)
		return vole_fail(err, VOLE_UNREADABLE, addr,
				 "memory reaches past the end of the address "
				 "space");
	return vole_fail(err, VOLE_UNREADABLE, addr + got, "memory %s",
			 why(mem, addr + got));
}

bool vole_memory_readable(struct vole_memory *mem, uint64_t addr)
{
	size_t len;

	return vole_memory_borrow(mem, addr, &len) != NULL;
}

bool vole_memory_uint(struct vole_memory *mem, uint64_t addr, unsigned size,
		      uint64_t *ret, struct vole_error *err)
{
	const uint8_t *at;
	uint64_t value = 0;
	size_t have;

	if (size > sizeof(value))
		return vole_fail(err, VOLE_CORRUPT, addr,
				 "an integer of %u bytes", size);
	at = size == sizeof(value) ? borrow_near(mem, addr, &have) : NULL;
	if (at && have >= sizeof(value))
		memcpy(&value, at, sizeof(value));
	else if (!vole_memory_read_all(mem, addr, &value, size, err))
		return false;
	*ret = value;
	return true;
}

uint64_t vole_memory_extent(struct vole_memory *mem, uint64_t addr,
			    uint64_t len)
{
	uint64_t done = 0;

	if (!vole_range_ok(addr, len))
		len = UINT64_MAX - addr;
	if (!len || vole_memory_readable(mem, addr + len - 1))
		return len;
	while (done < len) {
		size_t have = 0;

		if (!vole_memory_borrow(mem, addr + done, &have) || !have)
			break;
		done += have;
	}
	return done < len ? done : len;
}

bool vole_memory_uvarint(struct vole_memory *mem, uint64_t *addr, uint64_t *ret,
			 struct vole_error *err)
{
	uint64_t value = 0, byte;
	unsigned shift;

	for (shift = 0; shift < 35; shift += 7) {
		if (!vole_memory_uint(mem, (*addr)++, 1, &byte, err))
			return false;
		value |= (byte & 0x7f) << shift;
		if (!(byte & 0x80)) {
			*ret = value;
			return true;
		}
	}
	return vole_fail(err, VOLE_CORRUPT, *addr - 1,
			 "a varint without an end");
}
