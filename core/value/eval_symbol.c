#include "value/eval.h"

#include <stdio.h>
#include <string.h>

#include "base/quote.h"
#include "value/nearest.h"

enum {
	ALL = VOLE_SYMBOL_VAR | VOLE_SYMBOL_TYPE | VOLE_SYMBOL_FUNC |
	      VOLE_SYMBOL_CONST,
	/* Walks over all names in one expression: a hostile one must end. */
	MAX_SCANS = 16,
	MAX_CANDIDATES = 8,
};

bool vole_eval_has(struct vole_evaluation *ev, uint32_t kinds, const char *name,
		   struct vole_symbol *ret)
{
	struct vole_debuginfo *di = ev->rt->di;
	struct vole_symbol symbol;
	struct vole_error err = { 0 };

	if (!di || !di->ops->find(di, kinds, name, ret ? ret : &symbol, &err))
		return false;
	return true;
}

static const char *shown(const char *name, char *buf, size_t room)
{
	return vole_escape_into(buf, room, name);
}

static bool constant_symbol(struct vole_evaluation *ev,
			    const struct vole_symbol_info *info,
			    struct vole_operand *ret, struct vole_error *err)
{
	struct vole_constant c = vole_constant_int(info->value);
	struct vole_operand operand = { .kind = VOLE_OPERAND_CONSTANT,
					.constant = c };
	struct vole_type *type;

	/*
	 * The compiler records an untyped constant as an int. Of the two
	 * the untyped one is the more useful: it fits in where an int does.
	 */
	if (!info->type_ref ||
	    !vole_types_get(ev->rt->types, VOLE_TYPE_DEBUGINFO, info->type_ref,
			    &type, err) ||
	    strcmp(type->name, "int") == 0) {
		*ret = operand;
		return true;
	}
	if (type->kind == VOLE_KIND_BOOL)
		operand.constant = vole_constant_bool(info->value);
	else if (vole_kind_is_unsigned(type->kind))
		operand.constant.i = (uint64_t)info->value;
	ret->kind = VOLE_OPERAND_VALUE;
	return vole_convert(ev, &operand, type, &ret->value, err);
}

static bool variable(struct vole_evaluation *ev, const char *name,
		     const struct vole_symbol_info *info,
		     struct vole_operand *ret, struct vole_error *err)
{
	struct vole_type *type;
	char buf[128];

	if (!info->has_addr)
		return vole_fail(err, VOLE_UNSUPPORTED, VOLE_NOWHERE,
				 "%s has no address: it is optimised away or "
				 "in thread-local storage",
				 shown(name, buf, sizeof(buf)));
	if (!info->type_ref)
		return vole_fail(err, VOLE_NO_DEBUG_INFO,
				 info->addr + ev->rt->target->bias,
				 "the type of %s is not known",
				 shown(name, buf, sizeof(buf)));
	if (!vole_types_get(ev->rt->types, VOLE_TYPE_DEBUGINFO, info->type_ref,
			    &type, err))
		return false;
	ret->kind = VOLE_OPERAND_VALUE;
	return vole_value_at(ev->rt, type, info->addr + ev->rt->target->bias,
			     &ret->value, err);
}

/* A stripped program still has a symbol table, with addresses only. */
static bool bare_symbol(struct vole_evaluation *ev, const char *name,
			bool *ret_found, struct vole_error *err)
{
	struct vole_error ignored = { 0 };
	uint64_t addr;
	char buf[128];

	*ret_found = false;
	if (ev->rt->di || !vole_runtime_var(ev->rt, name, &addr, &ignored))
		return true;
	return vole_fail(err, VOLE_NO_DEBUG_INFO, addr,
			 "%s is known by address only: its type needs debug "
			 "information",
			 shown(name, buf, sizeof(buf)));
}

bool vole_eval_symbol(struct vole_evaluation *ev, const char *name,
		      bool *ret_found, struct vole_operand *ret,
		      struct vole_error *err)
{
	struct vole_debuginfo *di = ev->rt->di;
	struct vole_symbol symbol;
	struct vole_symbol_info info = { 0 };
	char buf[128];

	*ret_found = false;
	if (!di && strchr(name, '.') &&
	    vole_eval_find_type(ev, name, &ret->type, err)) {
		ret->kind = VOLE_OPERAND_TYPE;
		*ret_found = true;
		return true;
	}
	if (!di)
		return bare_symbol(ev, name, ret_found, err);
	if (!di->ops->find(di, ALL, name, &symbol, err)) {
		if (err->code != VOLE_NOT_FOUND)
			return false;
		*err = (struct vole_error){ 0 };
		return true;
	}
	*ret_found = true;
	if (symbol.kind == VOLE_SYMBOL_TYPE) {
		ret->kind = VOLE_OPERAND_TYPE;
		return vole_types_get(ev->rt->types, VOLE_TYPE_DEBUGINFO,
				      symbol.ref, &ret->type, err);
	}
	if (!di->ops->info(di, &symbol, &info, err))
		return false;
	if (symbol.kind == VOLE_SYMBOL_CONST)
		return constant_symbol(ev, &info, ret, err);
	if (symbol.kind == VOLE_SYMBOL_VAR)
		return variable(ev, name, &info, ret, err);
	return vole_fail(err, VOLE_SYNTAX,
			 info.has_addr ? info.addr + ev->rt->target->bias :
					 VOLE_NOWHERE,
			 "%s is a function; nothing is executed in the target",
			 shown(name, buf, sizeof(buf)));
}

/* Where the import path ends: at the dot before the name. Not in T[args]. */
static const char *name_dot(const char *symbol)
{
	const char *end = strpbrk(symbol, "[(");
	const char *slash = symbol, *dot = NULL;

	if (!end)
		end = symbol + strlen(symbol);
	for (const char *s = symbol; s < end; s++)
		if (*s == '/')
			slash = s;
	for (const char *s = slash; s < end; s++)
		if (*s == '.')
			dot = s;
	return dot;
}

/* Is text[0..len) a major version: v2, v17? */
static bool is_version(const char *text, size_t len)
{
	return len > 1 && text[0] == 'v' &&
	       strspn(text + 1, "0123456789") >= len - 1;
}

/*
 * Would source code call the package at @p path[0..len) @p package? The last
 * element of the path, major versions aside: yaml.v3, yaml%2ev3, yaml/v3.
 */
static bool package_called(const char *path, size_t len, const char *package)
{
	size_t want = strlen(package), at = len, cut = len;

	while (at && path[at - 1] != '/')
		at--;
	if (at && is_version(path + at, len - at)) {
		cut = --at;
		while (at && path[at - 1] != '/')
			at--;
	}
	if (cut - at == want && memcmp(path + at, package, want) == 0)
		return true;
	if (cut - at <= want || memcmp(path + at, package, want) != 0)
		return false;
	path += at + want;
	len = cut - at - want;
	if (len > 1 && path[0] == '.')
		return is_version(path + 1, len - 1);
	return len > 3 && memcmp(path, "%2e", 3) == 0 &&
	       is_version(path + 3, len - 3);
}

struct short_search {
	struct vole_evaluation *ev;
	const char *package, *name;
	const char *found[MAX_CANDIDATES];
	size_t num;
	unsigned polls;
	bool stopped;
};

static bool poll_scan(struct vole_evaluation *ev, unsigned *polls)
{
	return (++*polls & 1023) || !ev->eval->interrupted ||
	       !ev->eval->interrupted(ev->eval->interrupted_arg);
}

static bool consider_short(void *arg, const struct vole_symbol *symbol)
{
	struct short_search *s = arg;
	const char *dot = name_dot(symbol->name);

	if (!poll_scan(s->ev, &s->polls)) {
		s->stopped = true;
		return false;
	}
	if (symbol->is_c || !dot || strcmp(dot + 1, s->name) != 0 ||
	    !package_called(symbol->name, (size_t)(dot - symbol->name),
			    s->package))
		return true;
	for (size_t i = 0; i < s->num; i++)
		if (strcmp(s->found[i], symbol->name) == 0)
			return true;
	s->found[s->num++] = symbol->name;
	return s->num < MAX_CANDIDATES;
}

static bool ambiguous(const struct short_search *s, struct vole_error *err)
{
	char list[256], name[128];
	size_t at = 0;

	for (size_t i = 0; i < s->num && at < sizeof(list); i++)
		at += (size_t)snprintf(list + at, sizeof(list) - at, "%s%s",
				       i ? ", " : "",
				       shown(s->found[i], name, sizeof(name)));
	return vole_fail(err, VOLE_NOT_FOUND, VOLE_NOWHERE,
			 "%s.%s is ambiguous: %s", s->package, s->name, list);
}

bool vole_eval_short(struct vole_evaluation *ev, const char *package,
		     const char *name, const char **ret, struct vole_error *err)
{
	struct vole_debuginfo *di = ev->rt->di;
	struct short_search s = { .ev = ev, .package = package, .name = name };
	uint32_t kinds = VOLE_SYMBOL_VAR | VOLE_SYMBOL_TYPE | VOLE_SYMBOL_CONST;

	*ret = NULL;
	if (!di || ev->scans++ >= MAX_SCANS)
		return true;
	if (!di->ops->each(di, kinds, consider_short, &s, err))
		return false;
	if (s.stopped)
		return vole_fail(err, VOLE_INTERRUPTED, VOLE_NOWHERE,
				 "interrupted");
	if (s.num > 1)
		return ambiguous(&s, err);
	*ret = s.num ? s.found[0] : NULL;
	return true;
}

struct package_search {
	struct vole_evaluation *ev;
	const char *path;
	size_t len;
	unsigned polls;
	bool found;
};

static bool consider_package(void *arg, const struct vole_symbol *symbol)
{
	struct package_search *s = arg;

	if (!poll_scan(s->ev, &s->polls))
		return false;
	s->found = strncmp(symbol->name, s->path, s->len) == 0 &&
		   symbol->name[s->len] == '.';
	return !s->found;
}

bool vole_eval_is_package(void *arg, const char *path)
{
	struct vole_evaluation *ev = arg;
	struct vole_debuginfo *di = ev->rt->di;
	struct package_search s = { .ev = ev,
				    .path = path,
				    .len = strlen(path) };
	struct vole_error err = { 0 };

	/* Without names there is nothing to divide by either. */
	if (!di)
		return true;
	if (ev->scans++ >= MAX_SCANS)
		return false;
	return di->ops->each(di, VOLE_SYMBOL_VAR | VOLE_SYMBOL_TYPE,
			     consider_package, &s, &err) &&
	       s.found;
}

struct nearest_search {
	struct vole_evaluation *ev;
	struct vole_nearest *plain, *in_main;
	unsigned polls;
};

static bool consider_near(void *arg, const struct vole_symbol *symbol)
{
	struct nearest_search *s = arg;

	vole_nearest_offer(s->plain, symbol->name);
	if (s->in_main)
		vole_nearest_offer(s->in_main, symbol->name);
	return poll_scan(s->ev, &s->polls);
}

bool vole_eval_unknown(struct vole_evaluation *ev, uint32_t kinds,
		       const char *what, const char *name,
		       struct vole_error *err)
{
	struct vole_debuginfo *di = ev->rt->di;
	char main_name[VOLE_MAX_NEAREST_LEN + 8], text[200], buf[100];
	struct vole_nearest plain, in_main;
	struct nearest_search s = { .ev = ev, .plain = &plain };
	struct vole_error ignored = { 0 };

	if (!di)
		return vole_fail(err, VOLE_NO_DEBUG_INFO, VOLE_NOWHERE,
				 "no %s %s: names need debug information", what,
				 shown(name, buf, sizeof(buf)));
	vole_nearest_init(&plain, name);
	if (!strchr(name, '.')) {
		snprintf(main_name, sizeof(main_name), "main.%s", name);
		vole_nearest_init(&in_main, main_name);
		/* The five bytes in front are no reason to be generous. */
		in_main.limit = plain.limit;
		s.in_main = &in_main;
	}
	if (ev->scans++ < MAX_SCANS &&
	    !di->ops->each(di, kinds, consider_near, &s, &ignored))
		plain.num = 0;
	if (s.in_main && in_main.num &&
	    (!plain.num || in_main.distances[0] <= plain.distances[0]))
		plain = in_main;
	return vole_fail(err, VOLE_NOT_FOUND, VOLE_NOWHERE, "no %s %s%s", what,
			 shown(name, buf, sizeof(buf)),
			 vole_nearest_text(&plain, text, sizeof(text)));
}
