/* Headers of line tables: directories and files. */
#include "dwarf/line.h"

#include "dwarf/names.h"

#include <string.h>

enum {
	MAX_FORMATS = 16,
	MAX_PATH = 4096,
	MAX_READ = 16, /* units may share a table; each has its own copy */
};

struct header {
	struct dwarf *d;
	struct unit unit; /* reads its strings */
	struct cursor c;
	struct line_table *table;
};

/* Strings of DWARF 2 to 4: until an empty one. */
static bool count_old(struct cursor c, bool files, size_t *ret)
{
	for (*ret = 0; *cursor_string(&c); ++*ret)
		if (files) {
			cursor_uleb(&c);
			cursor_uleb(&c);
			cursor_uleb(&c);
		}
	return c.ok;
}

static bool read_old_dirs(struct header *h)
{
	struct line_table *t = h->table;
	size_t num, i;

	if (!count_old(h->c, false, &num))
		return false;
	t->dirs = vole_arena_array(&h->d->arena, num + 1, sizeof(*t->dirs));
	if (!t->dirs)
		return false;
	/* Directory 0 is the one the compiler ran in. */
	t->dirs[t->num_dirs++] = h->unit.dir;
	for (i = 0; i < num; i++)
		t->dirs[t->num_dirs++] = cursor_string(&h->c);
	return *cursor_string(&h->c) == '\0' && h->c.ok;
}

/* File 0 is none. */
static bool read_old_files(struct header *h)
{
	struct line_table *t = h->table;
	size_t num;

	if (!count_old(h->c, true, &num))
		return false;
	t->files = vole_arena_array(&h->d->arena, num + 1, sizeof(*t->files));
	if (!t->files)
		return false;
	for (t->num_files = 1; t->num_files <= num; t->num_files++) {
		struct line_file *file = &t->files[t->num_files];

		file->name = cursor_string(&h->c);
		file->dir = cursor_uleb(&h->c);
		cursor_uleb(&h->c); /* time */
		cursor_uleb(&h->c); /* size */
	}
	return h->c.ok;
}

/* Forms that tables may use, each of a byte at least. */
static bool sane_form(uint16_t form)
{
	switch (form) {
	case FORM_string:
	case FORM_strp:
	case FORM_line_strp:
	case FORM_strx:
	case FORM_strx1:
	case FORM_strx2:
	case FORM_strx3:
	case FORM_strx4:
	case FORM_udata:
	case FORM_data1:
	case FORM_data2:
	case FORM_data4:
	case FORM_data8:
	case FORM_data16:
	case FORM_block:
		return true;
	default:
		return false;
	}
}

/* DWARF 5: what an entry consists of, then the entries. */
static bool read_table(struct header *h, struct line_file **ret,
		       size_t *ret_num)
{
	struct attr formats[MAX_FORMATS];
	uint64_t num_formats = cursor_uint(&h->c, 1), num, i, k;
	struct value v;

	if (num_formats > MAX_FORMATS)
		return false;
	for (i = 0; i < num_formats; i++) {
		formats[i].name = (uint16_t)cursor_uleb(&h->c);
		formats[i].form = (uint16_t)cursor_uleb(&h->c);
		if (!sane_form(formats[i].form))
			return false;
	}
	num = cursor_uleb(&h->c);
	if (!h->c.ok || num > (uint64_t)(h->c.end - h->c.at) ||
	    (num && !num_formats))
		return false;
	*ret = vole_arena_array(&h->d->arena, num + 1, sizeof(**ret));
	if (!*ret)
		return false;
	for (i = 0; i < num; i++)
		for (k = 0; k < num_formats; k++) {
			value_read(h->d, &h->unit, &h->c, &formats[k], &v);
			if (formats[k].name == LNCT_path)
				(*ret)[i].name = v.text;
			else if (formats[k].name == LNCT_directory_index)
				(*ret)[i].dir = v.u;
		}
	*ret_num = num;
	return h->c.ok;
}

static bool read_new(struct header *h)
{
	struct line_table *t = h->table;
	struct line_file *dirs;
	size_t num, i;

	if (!read_table(h, &dirs, &num))
		return false;
	t->dirs = vole_arena_array(&h->d->arena, num + 1, sizeof(*t->dirs));
	if (!t->dirs)
		return false;
	for (i = 0; i < num; i++)
		t->dirs[i] = dirs[i].name;
	t->num_dirs = num;
	return read_table(h, &t->files, &t->num_files);
}

/* The part whose fields all versions share; leaves the cursor behind it. */
static bool read_fixed(struct header *h)
{
	struct line_table *t = h->table;
	struct cursor *c = &h->c;
	uint64_t len = cursor_uint(c, 4);

	h->unit.offset_size = 4;
	if (len == 0xffffffff) {
		len = cursor_uint(c, 8);
		h->unit.offset_size = 8;
	}
	if (!c->ok || len > (uint64_t)(c->end - c->at))
		return false;
	c->end = c->at + len;
	t->version = (uint16_t)cursor_uint(c, 2);
	if (t->version < 2 || t->version > 5)
		return false;
	if (t->version == 5 && cursor_uint(c, 2) != 8)
		return false; /* addresses of 8 bytes, no segments */
	len = cursor_uint(c, h->unit.offset_size);
	t->program = *c;
	cursor_skip(&t->program, len);
	t->min_length = (uint8_t)cursor_uint(c, 1);
	if (t->version >= 4)
		cursor_uint(c, 1); /* operations an instruction, for VLIW */
	cursor_uint(c, 1); /* is a row a statement unless told otherwise */
	t->line_base = (int8_t)cursor_uint(c, 1);
	t->line_range = (uint8_t)cursor_uint(c, 1);
	t->opcode_base = (uint8_t)cursor_uint(c, 1);
	t->operands = c->at;
	cursor_skip(c, t->opcode_base ? t->opcode_base - 1u : 0);
	return c->ok && t->program.ok && t->line_range && t->opcode_base;
}

static bool read_header(struct header *h)
{
	if (!read_fixed(h))
		return false;
	h->c.end = h->table->program.at;
	if (h->c.at > h->c.end)
		return false;
	h->d->line_bytes += (uint64_t)(h->c.end - h->c.at);
	if (h->d->line_bytes / MAX_READ > section_bytes(h->d, SECTION_LINE).len)
		return false;
	if (h->table->version == 5)
		return read_new(h);
	return read_old_dirs(h) && read_old_files(h);
}

struct line_table *line_table(struct dwarf *d, const struct unit *unit)
{
	struct unit *keeper = &d->units.items[unit - d->units.items];
	struct header h = { .d = d, .unit = *unit };
	struct bytes section;

	if (!unit->has_lines)
		return NULL;
	if (!keeper->line_table) {
		h.table = vole_arena_alloc(&d->arena, sizeof(*h.table));
		if (!h.table)
			return NULL;
		keeper->line_table = h.table;
		section = section_bytes(d, SECTION_LINE);
		if (unit->lines < section.len) {
			h.c = (struct cursor){ section.data + unit->lines,
					       section.data + section.len,
					       true };
			h.table->readable = read_header(&h);
		}
	}
	return keeper->line_table->readable ? keeper->line_table : NULL;
}

static bool is_absolute(const char *path)
{
	return *path == '/';
}

const char *line_path(struct dwarf *d, const struct unit *unit, uint64_t number)
{
	struct line_table *t = line_table(d, unit);
	struct line_file *file;
	const char *dir = NULL, *root = unit->dir;

	if (!t || number >= t->num_files || !t->files[number].name)
		return NULL;
	file = &t->files[number];
	if (file->path)
		return file->path;
	if (file->dir < t->num_dirs)
		dir = t->dirs[file->dir];
	if (is_absolute(file->name) || !dir || !*dir)
		return file->path = file->name;
	if (strlen(file->name) > MAX_PATH || strlen(dir) > MAX_PATH ||
	    (root && strlen(root) > MAX_PATH))
		return file->name;
	if (is_absolute(dir) || !root || !strcmp(root, dir))
		file->path =
			vole_arena_printf(&d->arena, "%s/%s", dir, file->name);
	else
		file->path = vole_arena_printf(&d->arena, "%s/%s/%s", root, dir,
					       file->name);
	return file->path;
}
