#include "runtime/runtime.h"

#include "base/strbuf.h"
#include "runtime/call.h"
#include "runtime/detect.h"
#include "runtime/map.h"
#include "runtime/module_private.h"
#include "runtime/package_var.h"
#include "runtime/pclntab.h"
#include "runtime/rtype.h"
#include "runtime/search.h"
#include "target/image.h"

#include <stdlib.h>

/* Function tables that had to be copied are the most of it. */
static const size_t ARENA_CAP = (size_t)1 << 30;

/* Out of memory or stopped by the user: not a fact about the target. */
static bool is_ours(const struct vole_error *err)
{
	return err->code == VOLE_NOMEM || err->code == VOLE_INTERRUPTED;
}

static bool recognise(struct vole_runtime *rt, struct vole_error *err)
{
	if (!vole_buildinfo_read(rt->target, &rt->arena, &rt->build, err))
		return !is_ours(err) &&
		       vole_detect_foreign(rt->target, rt->di, err);
	return vole_detect_release(rt->target, &rt->build, err);
}

/*
 * What debug information does not know comes from the table of the release. A
 * structure that has changed is a problem for those who read it only.
 */
static bool resolve(struct vole_runtime *rt, struct vole_error *err)
{
	if (!vole_types_open(rt->di, &rt->types, err))
		return false;
	if (rt->di &&
	    !vole_layout_resolve(rt->types, rt->di, &rt->layout, err)) {
		if (is_ours(err))
			return false;
		rt->layout.source = VOLE_LAYOUT_DEBUGINFO;
		vole_target_problem(rt->target, "structures of the runtime: %s",
				    err->text);
	}
	vole_runtime_table_apply(rt, vole_runtime_table_of(&rt->build));
	rt->map = vole_map_generation(&rt->layout);
	return true;
}

/* @p what the program has not, because of @p err. */
static bool go_without(struct vole_runtime *rt, const char *what,
		       struct vole_error *err)
{
	struct vole_strbuf text = { 0 };

	if (is_ours(err))
		return false;
	vole_strbuf_printf(&text, "%s: %s", what, err->text);
	rt->no_functions =
		vole_arena_string(&rt->arena, vole_strbuf_text(&text));
	vole_strbuf_free(&text);
	if (!rt->no_functions)
		return vole_fail_nomem(err);
	vole_target_problem(rt->target, "%s", rt->no_functions);
	return true;
}

static bool find_tables(struct vole_runtime *rt, struct vole_error *err)
{
	if (!vole_modules_find(rt, err))
		return go_without(rt, "no functions and dynamic types", err);
	if (!vole_pclntab_open(rt, &rt->pclntab, err))
		return go_without(rt, "no functions", err);
	return true;
}

static bool make_caches(struct vole_runtime *rt, struct vole_error *err)
{
	rt->pcinfo = vole_pcinfo_cache_new();
	rt->calls = vole_call_cache_new();
	rt->wait_reasons = vole_wait_reasons_new();
	rt->package_vars = vole_package_vars_new();
	rt->ms = vole_m_cache_new();
	rt->heap = calloc(1, sizeof(*rt->heap));
	if (rt->pcinfo && rt->calls && rt->wait_reasons && rt->package_vars &&
	    rt->ms && rt->heap)
		return true;
	return vole_fail_nomem(err);
}

static void drop(struct vole_kept *kept)
{
	if (kept && kept->item)
		kept->drop(kept->item);
	if (kept)
		kept->item = NULL;
}

void vole_runtime_forget(struct vole_runtime *rt)
{
	vole_memory_forget(rt->mem);
	vole_m_cache_clear(rt->ms);
	vole_images_close(rt->images);
	rt->images = NULL;
	drop(rt->heap);
}

struct vole_images *vole_runtime_images(const struct vole_runtime *rt)
{
	struct vole_error unused;

	/* Made when it is needed: not a change that anyone can see. */
	if (!rt->images &&
	    !vole_images_open(rt->target, (struct vole_images **)&rt->images,
			      &unused))
		return NULL;
	return rt->images;
}

bool vole_runtime_open(struct vole_target *target, struct vole_debuginfo *di,
		       struct vole_runtime **ret, struct vole_error *err)
{
	struct vole_runtime *rt = calloc(1, sizeof(*rt));

	if (!rt)
		return vole_fail_nomem(err);
	rt->target = target;
	rt->mem = &target->mem;
	rt->di = di;
	vole_arena_init(&rt->arena, ARENA_CAP);
	if (!make_caches(rt, err) || !recognise(rt, err) || !resolve(rt, err) ||
	    !find_tables(rt, err)) {
		vole_runtime_close(rt);
		return false;
	}
	vole_rtype_install(rt);
	*ret = rt;
	return true;
}

void vole_runtime_close(struct vole_runtime *rt)
{
	if (!rt)
		return;
	drop(rt->heap);
	free(rt->heap);
	vole_images_close(rt->images);
	vole_m_cache_free(rt->ms);
	vole_package_vars_free(rt->package_vars);
	vole_wait_reasons_free(rt->wait_reasons);
	vole_call_cache_free(rt->calls);
	vole_pcinfo_cache_free(rt->pcinfo);
	vole_pclntab_close(rt->pclntab);
	vole_types_close(rt->types);
	vole_arena_clear(&rt->arena);
	free(rt);
}

struct vole_view vole_runtime_view(const struct vole_runtime *rt, uint64_t addr,
				   struct vole_error *err)
{
	return vole_view(&rt->layout, rt->mem, addr, err);
}

static bool from_debuginfo(const struct vole_runtime *rt, const char *name,
			   uint64_t *ret)
{
	struct vole_symbol_info info;
	struct vole_symbol symbol;
	struct vole_error ignored;

	if (!rt->di ||
	    !rt->di->ops->find(rt->di, VOLE_SYMBOL_VAR, name, &symbol,
			       &ignored) ||
	    !rt->di->ops->info(rt->di, &symbol, &info, &ignored) ||
	    !info.has_addr)
		return false;
	*ret = info.addr + rt->target->bias;
	return true;
}

bool vole_runtime_var(const struct vole_runtime *rt, const char *name,
		      uint64_t *ret, struct vole_error *err)
{
	struct vole_elf *files[] = { rt->target->exe, rt->target->debug };
	size_t i;

	if (from_debuginfo(rt, name, ret))
		return true;
	for (i = 0; i < 2; i++) {
		struct vole_elf_symbol symbol;
		struct vole_error ignored;

		if (!files[i] ||
		    !vole_elf_symbol(files[i], name, &symbol, &ignored))
			continue;
		*ret = symbol.addr + rt->target->bias;
		return true;
	}
	if (vole_runtime_search(rt, name, ret))
		return true;
	return vole_fail(err, VOLE_NOT_FOUND, VOLE_NOWHERE,
			 "the program has no variable %s", name);
}
