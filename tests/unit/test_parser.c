/* The trees of expressions: Go's precedence, and paths against divisions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "value/parser.h"

static bool known(void *arg, const char *name)
{
	static const char *const names[] = {
		"main.users",
		"net/http.DefaultClient",
		"gopkg.in/yaml.v3.Foo",
		"github.com/a-b/c.D",
		"x.y",
	};

	(void)arg;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

static bool package(void *arg, const char *path)
{
	(void)arg;
	return strcmp(path, "net/http") == 0;
}

static const struct vole_parser_names all = { known, package, NULL };

static const char *const trees[][2] = {
	{ "1 + 2 * 3", "(1 + (2 * 3))" },
	{ "1 * 2 + 3", "((1 * 2) + 3)" },
	{ "1 - 2 - 3", "((1 - 2) - 3)" },
	{ "1 | 2 & 3", "(1 | (2 & 3))" },
	{ "1 + 2 << 3", "(1 + (2 << 3))" },
	{ "1 ^ 2 &^ 3", "(1 ^ (2 &^ 3))" },
	{ "a == b && c != d || e", "(((a == b) && (c != d)) || e)" },
	{ "a || b && c", "(a || (b && c))" },
	{ "a < b + 1", "(a < (b + 1))" },
	{ "!a == b", "((!a) == b)" },
	{ "-a * b", "((-a) * b)" },
	{ "-a.b", "(-a.b)" },
	{ "*a.b[1]", "(*a.b[1])" },
	{ "&a.b", "(&a.b)" },
	{ "(*a).b", "(*a).b" },
	{ "- -a", "(-(-a))" },
	{ "^a & b", "((^a) & b)" },
	{ "(1 + 2) * 3", "((1 + 2) * 3)" },
	{ "a[1:2]", "a[1:2]" },
	{ "a[:]", "a[:]" },
	{ "a[1:]", "a[1:]" },
	{ "a[:2:3]", "a[:2:3]" },
	{ "a.(T)", "a.(T)" },
	{ "a.(*p.T).x", "a.((*p.T)).x" },
	{ "f(1, 2,)", "f(1, 2)" },
	{ "T{1, a: 2, {3}}", "T{1, a: 2, {3}}" },
	{ "[]int{1}[0]", "[]int{1}[0]" },
	{ "[...]int{1}", "[...]int{1}" },
	{ "[n + 1]*T(x)", "[(n + 1)](*T)(x)" },
	{ "map[string][]int(x)", "map[string][]int(x)" },
	{ "*[]int(x)", "(*[]int(x))" },
	{ "(<-chan int)(x)", "<-chan int(x)" },
	{ "chan<- int(x)", "chan<- int(x)" },
	{ "(func(a int, ...string) (int, error))(x)",
	  "func...(int, string)(int, error)(x)" },
	{ "struct{ A, B int }{}", NULL },
	{ "struct{ A int; B string }{}", "struct{A int, B string}{}" },
	{ "interface{ M(); N() }(x)", "interface{M(); N()}(x)" },
	{ "Pair[string, int]{}", "Pair[string, int]{}" },
	{ "Pair[[]int, map[string]*T]{}", "Pair[[]int, map[string](*T)]{}" },
	{ "\"a\\\"b\"", "\"a\\\"b\"" },
	{ "'x'", "'x'" },
	/* Import paths. */
	{ "main.users", "main.users" },
	{ "main.users.x", "main.users.x" },
	{ "net/http.DefaultClient", "<net/http.DefaultClient>" },
	{ "net/http.DefaultClient.Timeout",
	  "<net/http.DefaultClient>.Timeout" },
	{ "net/http.DefualtClient.X", "<net/http.DefualtClient>.X" },
	{ "gopkg.in/yaml.v3.Foo.Bar", "<gopkg.in/yaml.v3.Foo>.Bar" },
	{ "github.com/a-b/c.D-1", "(<github.com/a-b/c.D> - 1)" },
	{ "*github.com/a-b/c.D", "(*<github.com/a-b/c.D>)" },
	{ "x.y/z.w", "(x.y / z.w)" },
	{ "x/net/http.DefaultClient", "(x / <net/http.DefaultClient>)" },
	{ "x / net/http.DefaultClient", "(x / <net/http.DefaultClient>)" },
	{ "a/b", "(a / b)" },
	{ "a-b.c", "(a - b.c)" },
};

static void test_trees(void **state)
{
	struct vole_strbuf buf = { 0 };
	struct vole_arena arena;
	struct vole_node *node;
	struct vole_error err;

	(void)state;
	vole_arena_init(&arena, 1 << 24);
	for (size_t i = 0; i < sizeof(trees) / sizeof(*trees); i++) {
		bool ok = vole_parse(trees[i][0], &all, &arena, &node, &err);

		if (!trees[i][1]) {
			assert_false(ok);
			continue;
		}
		if (!ok)
			fail_msg("%s: %s", trees[i][0], err.text);
		vole_strbuf_clear(&buf);
		vole_node_show(node, &buf);
		assert_string_equal(vole_strbuf_text(&buf), trees[i][1]);
	}
	vole_strbuf_free(&buf);
	vole_arena_clear(&arena);
}

static void test_without_names_slashes_divide(void **state)
{
	struct vole_strbuf buf = { 0 };
	struct vole_arena arena;
	struct vole_node *node;
	struct vole_error err;

	(void)state;
	vole_arena_init(&arena, 1 << 20);
	assert_true(vole_parse("net/http.DefaultClient", NULL, &arena, &node,
			       &err));
	vole_node_show(node, &buf);
	assert_string_equal(vole_strbuf_text(&buf),
			    "(net / http.DefaultClient)");
	vole_strbuf_free(&buf);
	vole_arena_clear(&arena);
}

static void test_nesting_has_a_limit(void **state)
{
	struct vole_strbuf buf = { 0 };
	struct vole_arena arena;
	struct vole_node *node;
	struct vole_error err;

	(void)state;
	vole_arena_init(&arena, 1 << 24);
	vole_strbuf_fill(&buf, '(', VOLE_MAX_NESTING - 1);
	vole_strbuf_add(&buf, "1");
	vole_strbuf_fill(&buf, ')', VOLE_MAX_NESTING - 1);
	assert_true(vole_parse(buf.text, &all, &arena, &node, &err));
	vole_strbuf_clear(&buf);
	vole_strbuf_fill(&buf, '(', VOLE_MAX_NESTING);
	vole_strbuf_add(&buf, "1");
	vole_strbuf_fill(&buf, ')', VOLE_MAX_NESTING);
	assert_false(vole_parse(buf.text, &all, &arena, &node, &err));
	assert_int_equal(err.code, VOLE_SYNTAX);
	assert_int_equal(err.column, VOLE_MAX_NESTING);
	vole_strbuf_clear(&buf);
	vole_strbuf_add(&buf, "1");
	for (int i = 0; i < VOLE_MAX_NODE_HEIGHT - 1; i++)
		vole_strbuf_add(&buf, "+1");
	assert_true(vole_parse(buf.text, &all, &arena, &node, &err));
	vole_strbuf_add(&buf, "+1");
	assert_false(vole_parse(buf.text, &all, &arena, &node, &err));
	vole_strbuf_free(&buf);
	vole_arena_clear(&arena);
}

static void test_a_full_arena_is_an_error(void **state)
{
	struct vole_arena arena;
	struct vole_node *node;
	struct vole_error err;

	(void)state;
	vole_arena_init(&arena, 16);
	assert_false(vole_parse("a + b", &all, &arena, &node, &err));
	assert_int_equal(err.code, VOLE_NOMEM);
	vole_arena_clear(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_trees),
		cmocka_unit_test(test_without_names_slashes_divide),
		cmocka_unit_test(test_nesting_has_a_limit),
		cmocka_unit_test(test_a_full_arena_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
