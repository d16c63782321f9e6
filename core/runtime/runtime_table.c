#include "runtime/module_private.h"

#include <string.h>

/*
 * How the structures lie in the releases, measured on their binaries: for
 * programs without debug information, and for structures that the linker left
 * out of it.
 */

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

#define VOLE_TABLE_RELEASE(from)
#define VOLE_TABLE_STRUCT(id, from, experiment, size, name)
#define VOLE_TABLE_FIELD(id, from, experiment, offset, size, path)
#define VOLE_TABLE_CONST(id, from, experiment, has, value)

/* The releases told apart, as minor * 100 + patch; the newest first. */
static const unsigned releases[] = {
#undef VOLE_TABLE_RELEASE
#define VOLE_TABLE_RELEASE(from) from,
#include "runtime/runtime_table.def"
#undef VOLE_TABLE_RELEASE
#define VOLE_TABLE_RELEASE(from)
};

/* Of the rows of an id, the last holds that fits a program. */
struct when {
	unsigned from; /* release */
	const char *experiment; /* "" any */
};

static const struct {
	enum vole_struct_id id;
	struct when when;
	uint32_t size;
	const char *name; /* NULL: there is none */
} structs[] = {
#undef VOLE_TABLE_STRUCT
#define VOLE_TABLE_STRUCT(id, from, experiment, size, name) \
	{ VOLE_STRUCT_##id, { from, experiment }, size, name },
#include "runtime/runtime_table.def"
#undef VOLE_TABLE_STRUCT
#define VOLE_TABLE_STRUCT(id, from, experiment, size, name)
};

static const struct {
	enum vole_field_id id;
	struct when when;
	uint32_t offset;
	uint32_t size;
	const char *path; /* NULL: there is none */
} fields[] = {
#undef VOLE_TABLE_FIELD
#define VOLE_TABLE_FIELD(id, from, experiment, offset, size, path) \
	{ VOLE_##id, { from, experiment }, offset, size, path },
#include "runtime/runtime_table.def"
#undef VOLE_TABLE_FIELD
#define VOLE_TABLE_FIELD(id, from, experiment, offset, size, path)
};

static const struct {
	enum vole_const_id id;
	struct when when;
	bool has;
	int64_t value;
} consts[] = {
#undef VOLE_TABLE_CONST
#define VOLE_TABLE_CONST(id, from, experiment, has, value) \
	{ VOLE_CONST_##id, { from, experiment }, has, value },
#include "runtime/runtime_table.def"
};

size_t vole_runtime_num_tables(void)
{
	return LENGTH(releases);
}

size_t vole_runtime_table_of(const struct vole_buildinfo *build)
{
	unsigned release = build->minor * 100 + build->patch;
	size_t i = 0;

	if (!build->minor)
		return 0;
	while (i + 1 < LENGTH(releases) && releases[i] > release)
		i++;
	return i;
}

/* Is @p name among those of @p list, "greenteagc,noswissmap"? */
static bool has_experiment(const char *list, const char *name)
{
	size_t len = strlen(name);

	while (*list) {
		size_t item = strcspn(list, ",");

		if (item == len && !memcmp(list, name, len))
			return true;
		list += item;
		list += *list == ',';
	}
	return false;
}

static bool fits(const struct vole_runtime *rt, unsigned release,
		 struct when when)
{
	return when.from <= release &&
	       (!*when.experiment ||
		has_experiment(rt->build.experiments, when.experiment));
}

static void put_structs(struct vole_runtime *rt, unsigned release,
			const bool *wanted)
{
	struct vole_layout *layout = &rt->layout;
	size_t i;

	for (i = 0; i < VOLE_NUM_STRUCTS; i++)
		if (wanted[i]) {
			layout->from[i] = VOLE_LAYOUT_TABLE;
			layout->has[i] = false;
		}
	for (i = 0; i < LENGTH(structs); i++) {
		enum vole_struct_id id = structs[i].id;

		if (!wanted[id] || !fits(rt, release, structs[i].when))
			continue;
		layout->has[id] = structs[i].name;
		layout->size[id] = structs[i].size;
		layout->name[id] = structs[i].name;
	}
}

static void put_fields(struct vole_runtime *rt, unsigned release,
		       const bool *wanted)
{
	struct vole_place *place = rt->layout.place;
	size_t i;

	for (i = 0; i < VOLE_NUM_FIELDS; i++)
		if (wanted[vole_layout_rows[i].owner])
			place[i] = (struct vole_place){ 0 };
	for (i = 0; i < LENGTH(fields); i++) {
		enum vole_struct_id owner =
			vole_layout_rows[fields[i].id].owner;

		if (!wanted[owner] || !rt->layout.has[owner] ||
		    !fits(rt, release, fields[i].when))
			continue;
		place[fields[i].id] = (struct vole_place){
			fields[i].path,
			fields[i].offset,
			fields[i].size,
			fields[i].path,
		};
	}
}

static void put_consts(struct vole_runtime *rt, unsigned release)
{
	size_t i;

	for (i = 0; i < LENGTH(consts); i++) {
		if (!fits(rt, release, consts[i].when))
			continue;
		rt->layout.has_const[consts[i].id] = consts[i].has;
		rt->layout.value[consts[i].id] = consts[i].value;
	}
}

void vole_runtime_table_apply(struct vole_runtime *rt, size_t table)
{
	struct vole_layout *layout = &rt->layout;
	bool stripped = layout->from[VOLE_STRUCT_MODULEDATA] !=
			VOLE_LAYOUT_DEBUGINFO;
	bool wanted[VOLE_NUM_STRUCTS];
	size_t i;

	/* What a newer release does not have, it may have replaced. */
	if (!stripped && rt->build.minor > releases[0] / 100)
		return;
	/* A second table may replace the first. */
	for (i = 0; i < VOLE_NUM_STRUCTS; i++)
		wanted[i] = layout->from[i] != VOLE_LAYOUT_DEBUGINFO;
	put_structs(rt, releases[table], wanted);
	put_fields(rt, releases[table], wanted);
	/* Debug information has all constants of the packages it tells of. */
	if (!stripped)
		return;
	layout->source = VOLE_LAYOUT_TABLE;
	memset(layout->has_const, 0, sizeof(layout->has_const));
	put_consts(rt, releases[table]);
}
