#include "runtime/pcinfo.h"

#include "runtime/pclntab.h"

#include <stdlib.h>
#include <string.h>

enum { SLOTS = 1 << 13 };

struct vole_pcinfo_cache {
	struct vole_pcinfo slots[SLOTS];
};

struct vole_pcinfo_cache *vole_pcinfo_cache_new(void)
{
	return calloc(1, sizeof(struct vole_pcinfo_cache));
}

void vole_pcinfo_cache_free(struct vole_pcinfo_cache *cache)
{
	free(cache);
}

static bool starts(const char *name, const char *with)
{
	return !strncmp(name, with, strlen(with));
}

static enum vole_special special_of(const char *name)
{
	static const struct {
		const char *name;
		enum vole_special special;
	} table[] = {
		{ "asmcgocall", VOLE_SPECIAL_ASMCGOCALL },
		{ "asmcgocall_landingpad", VOLE_SPECIAL_ASMCGOCALL },
		{ "asyncPreempt", VOLE_SPECIAL_INJECTED },
		{ "cgoSigtramp", VOLE_SPECIAL_SIGTRAMP },
		{ "cgocallback", VOLE_SPECIAL_CGOCALLBACK },
		{ "goexit", VOLE_SPECIAL_GOEXIT },
		{ "mcall", VOLE_SPECIAL_MCALL },
		{ "morestack", VOLE_SPECIAL_MORESTACK },
		{ "morestack_noctxt", VOLE_SPECIAL_MORESTACK },
		{ "sigpanic", VOLE_SPECIAL_SIGPANIC },
		{ "sigpanic0", VOLE_SPECIAL_SIGPANIC },
		{ "sigtramp", VOLE_SPECIAL_SIGTRAMP },
		{ "systemstack", VOLE_SPECIAL_SYSTEMSTACK },
	};
	size_t i;

	if (!strcmp(name, "crosscall2"))
		return VOLE_SPECIAL_CROSSCALL;
	if (!strcmp(name, "gogo"))
		return VOLE_SPECIAL_GOGO;
	if (!starts(name, "runtime."))
		return VOLE_SPECIAL_NONE;
	name += strlen("runtime.");
	if (starts(name, "debugCall") && strcmp(name, "debugCallWrap"))
		return VOLE_SPECIAL_INJECTED;
	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (!strcmp(name, table[i].name))
			return table[i].special;
	return VOLE_SPECIAL_NONE;
}

/* The linker lists C's functions, too, when it links them itself. */
static bool is_c(const struct vole_func *func)
{
	return !func->pcsp && !func->pcfile;
}

static void look_up(const struct vole_runtime *rt, struct vole_pcinfo *ret)
{
	struct vole_error unused;
	struct vole_func func;
	int32_t delta;

	if (!vole_func_at(rt, ret->pc, &func, &unused) || is_c(&func) ||
	    !vole_func_pcvalue(rt, &func, func.pcsp, ret->pc, &delta, &unused))
		return;
	ret->entry = func.entry;
	ret->flag = func.flag;
	ret->special = (uint8_t)special_of(func.name);
	/* No table: a function of assembler without a frame. */
	ret->delta = func.pcsp ? delta : 0;
	ret->known = ret->delta >= 0;
}

struct vole_pcinfo vole_pcinfo_at(const struct vole_runtime *rt, uint64_t pc)
{
	size_t index = (pc ^ pc >> 13) & (SLOTS - 1);
	struct vole_pcinfo *slot = &rt->pcinfo->slots[index];

	/* A slot never used holds pc 0, which no code has. */
	if (slot->pc != pc) {
		*slot = (struct vole_pcinfo){ .pc = pc };
		look_up(rt, slot);
	}
	return *slot;
}
