#include "value/parser_state.h"

#include <string.h>

enum {
	MAX_PATH_RUN = 1024, /* bytes of a name with its package path */
	MAX_PATH_DOTS = 64,
};

/* End of the run of bytes that could be an import path and names. */
static size_t path_run(const struct vole_parser *p, size_t from)
{
	const char *s = p->lexer.text;
	size_t i = from;

	while (i < p->lexer.len && i - from < MAX_PATH_RUN &&
	       (vole_is_name_byte(s[i]) || strchr("./-~%", s[i])) &&
	       strncmp(s + i, "//", 2) != 0)
		i++;
	return i;
}

/* A dot of the run, and the end of the name after it. */
struct path_dot {
	size_t dot, end;
	bool plain; /* nothing but one dot: a.b, which needs no help */
};

static size_t path_dots(const struct vole_parser *p, size_t from,
			struct path_dot dots[MAX_PATH_DOTS])
{
	const char *s = p->lexer.text;
	size_t run = path_run(p, from), num = 0;
	bool plain = true;

	for (size_t i = from; i < run && num < MAX_PATH_DOTS; i++) {
		size_t end = i + 1;

		if (vole_is_name_byte(s[i]))
			continue;
		while (end < run && vole_is_name_byte(s[end]))
			end++;
		if (s[i] == '.' && end > i + 1 &&
		    !(s[i + 1] >= '0' && s[i + 1] <= '9'))
			dots[num++] = (struct path_dot){ i, end, plain };
		plain = false;
	}
	return num;
}

/* Does the text from the token to @p end answer @p ask with yes? */
static bool ask_name(struct vole_parser *p, size_t end,
		     bool (*ask)(void *arg, const char *name), bool *ret)
{
	size_t from = p->token.column;
	char *name =
		vole_arena_copy(p->arena, p->lexer.text + from, end - from);

	if (!name) {
		vole_fail_nomem(p->err);
		return false;
	}
	*ret = ask(p->names->arg, name);
	return true;
}

/*
 * Stretch the name token over the longest import path and name that exist:
 * first by what is known exactly, then by packages, so that a misspelt name
 * of net/http is not taken for a division.
 */
static bool stretch_path(struct vole_parser *p, bool *ret)
{
	struct path_dot dots[MAX_PATH_DOTS];
	size_t num = path_dots(p, p->token.column, dots), asked = 0;
	bool found = false;

	*ret = false;
	if (!p->names || !num || (num == 1 && dots[0].plain))
		return true;
	for (size_t i = num; i-- > 0 && !found;) {
		if (!ask_name(p, dots[i].end, p->names->known, &found))
			return false;
		if (!found)
			continue;
		*ret = !dots[i].plain;
		p->token.len = (uint32_t)(dots[i].end - p->token.column);
		if (dots[i].plain)
			p->token.len =
				(uint32_t)(dots[i].dot - p->token.column);
	}
	for (size_t i = num; i-- > 0 && !found && asked < 4;) {
		if (!memchr(p->lexer.text + p->token.column, '/',
			    dots[i].dot - p->token.column))
			continue;
		asked++;
		if (!ask_name(p, dots[i].dot, p->names->package, &found))
			return false;
		if (!found)
			continue;
		*ret = true;
		p->token.len = (uint32_t)(dots[i].end - p->token.column);
	}
	p->lexer.at = p->token.column + p->token.len;
	return true;
}

bool vole_parser_name(struct vole_parser *p, struct vole_node **ret)
{
	struct vole_node *n =
		vole_parser_node(p, VOLE_NODE_NAME, p->token.column);

	if (!n || !stretch_path(p, &n->flag))
		return false;
	n->text = vole_parser_text(p);
	return n->text && vole_parser_advance(p) &&
	       vole_parser_finish(p, n, ret);
}
