/*
 * The variables of the small program, and values of it as text.
 */
#ifndef VOLE_TESTS_UNIT_TEST_EVAL_VARS_H
#define VOLE_TESTS_UNIT_TEST_EVAL_VARS_H

#include "base/strbuf.h"
#include "tests/unit/test_eval_fake.h"

static uint64_t fake_scalar(struct fake_program *p, const char *name,
			    enum fake_ref type, uint64_t value)
{
	uint64_t addr = fake_var(p, name, type);

	fake_put(p, addr, fake_types[type].size, value);
	return addr;
}

static void fake_real(struct fake_program *p, const char *name,
		      enum fake_ref type, double value)
{
	fake_put_float(p, fake_var(p, name, type), value);
}

static void fake_text(struct fake_program *p, const char *name,
		      enum fake_ref type, const char *text)
{
	fake_put_string(p, fake_var(p, name, type), text);
}

/* main.ints = []int{10, 20, 30, 40, 50}, cap 8; and what points at it. */
static void fake_lists(struct fake_program *p)
{
	uint64_t data = fake_alloc(p, 64), ints, strings, bytes, runes, at;
	uint64_t array = fake_var(p, "main.array", F_A5_INT);

	ints = fake_var(p, "main.ints", F_S_INT);
	fake_put(p, ints, 8, data);
	fake_put(p, ints + 8, 8, 5);
	fake_put(p, ints + 16, 8, 8);
	for (unsigned i = 0; i < 5; i++) {
		fake_put(p, data + i * 8, 8, 10 + i * 10);
		fake_put(p, array + i * 8, 8, i + 1);
	}
	fake_scalar(p, "main.ptrArray", F_P_A5_INT, array);
	at = fake_scalar(p, "main.ptrInt", F_P_INT, array + 16);
	fake_scalar(p, "main.ptrPtr", F_PP_INT, at);
	fake_var(p, "main.sliceNil", F_S_INT);
	strings = fake_var(p, "main.strings", F_S_STRING);
	at = fake_alloc(p, 32);
	fake_put(p, strings, 8, at);
	fake_put(p, strings + 8, 8, 2);
	fake_put(p, strings + 16, 8, 2);
	fake_put_string(p, at, "a");
	fake_put_string(p, at + 16, "b c");
	bytes = fake_var(p, "main.bytes", F_S_UINT8);
	fake_put_string(p, bytes, "bytes!");
	fake_put(p, bytes + 16, 8, 6);
	runes = fake_var(p, "main.runes", F_S_INT32);
	at = fake_alloc(p, 8);
	fake_put(p, runes, 8, at);
	fake_put(p, at, 4, 0xe9);
	fake_put(p, at + 4, 4, 0x4e16);
	fake_put(p, runes + 8, 8, 2);
	fake_put(p, runes + 16, 8, 2);
	fake_put_string(p, fake_var(p, "main.words", F_A2_STRING), "x");
	/* Bad headers. */
	ints = fake_var(p, "main.badSlice", F_S_INT);
	fake_put(p, ints, 8, 0xdead0000);
	fake_put(p, ints + 8, 8, 9);
	fake_put(p, ints + 16, 8, 4);
	ints = fake_var(p, "main.badString", F_STRING);
	fake_put(p, ints, 8, 0xdead0000);
	fake_put(p, ints + 8, 8, UINT64_C(1) << 40);
}

static void fake_structs(struct fake_program *p)
{
	uint64_t point = fake_var(p, "main.point", F_POINT), at, label;

	fake_put(p, point, 8, 11);
	fake_put(p, point + 8, 8, 22);
	fake_scalar(p, "main.ptrPoint", F_P_POINT, point);
	fake_scalar(p, "main.nilPoint", F_P_POINT, 0);
	fake_scalar(p, "main.badPoint", F_P_POINT, 0xdead0000);
	at = fake_var(p, "main.embed", F_EMBED);
	fake_put(p, at, 8, 7);
	label = fake_alloc(p, 16);
	fake_put(p, at + 8, 8, label);
	fake_put_string(p, label, "exp");
	fake_put_string(p, at + 16, "emb");
	fake_put_float(p, at + 32, 1.5);
	fake_put_float(p, at + 40, -2.5);
	fake_var(p, "main.both", F_AMBIGUOUS);
	at = fake_var(p, "main.list", F_P_NODE);
	for (unsigned i = 1; i <= 3; i++) {
		uint64_t node = fake_alloc(p, 16);

		fake_put(p, at, 8, node);
		fake_put(p, node, 8, i);
		at = node + 8;
	}
	at = fake_alloc(p, 16);
	fake_put(p, at + 8, 8, at);
	fake_scalar(p, "main.ring", F_P_NODE, at);
	at = fake_var(p, "main.pair", F_PAIR);
	fake_put_string(p, at, "k");
	fake_put(p, at + 16, 8, 5);
	fake_put_float(p,
		       fake_var(p, "example.com/a-b/other.Home", F_OTHER_POINT),
		       52.5);
	fake_scalar(p, "gopkg.in/yaml%2ev3.Root", F_YAML_NODE, 3);
	fake_scalar(p, "net/http.Count", F_INT, 9);
	fake_scalar(p, "a/rand.Seed", F_INT, 1);
	fake_scalar(p, "b/rand.Seed", F_INT, 2);
	fake_scalar(p, "main.plain", F_PLAIN_KEY, 4);
	fake_scalar(p, "c_flags", F_C_FLAGS, 5 | 19 << 3);
	at = fake_alloc(p, 16);
	fake_put(p, at + 4, 4, 77);
	fake_scalar(p, "c_array", F_C_P_INT, at);
	p->symbols[p->num_symbols - 1].is_c = true;
}

static void fake_ifaces(struct fake_program *p)
{
	uint64_t value = fake_alloc(p, 8), at, itab = fake_alloc(p, 32), text;
	uint64_t point = fake_alloc(p, 16);

	fake_put(p, value, 8, 42);
	fake_iface(p, fake_var(p, "main.ifaceInt", F_EFACE), F_INT, value);
	fake_var(p, "main.ifaceNil", F_EFACE);
	fake_put(p, point, 8, 11);
	fake_put(p, point + 8, 8, 22);
	fake_iface(p, fake_var(p, "main.ifacePoint", F_EFACE), F_POINT, point);
	fake_iface(p, fake_var(p, "main.ifacePtr", F_EFACE), F_P_POINT, point);
	fake_put(p, itab + 8, 8,
		 FAKE_TYPES + F_P_CODE_ERROR * FAKE_TYPE_STRIDE);
	fake_put(p, itab + 16, 4, F_P_CODE_ERROR);
	fake_put(p, itab, 8, FAKE_TYPES + F_ERROR * FAKE_TYPE_STRIDE);
	at = fake_var(p, "main.err", F_ERROR);
	fake_put(p, at, 8, itab);
	text = fake_alloc(p, 8);
	fake_put(p, at + 8, 8, text);
	fake_put(p, text, 8, 404);
	fake_var(p, "main.errNil", F_ERROR);
	at = fake_var(p, "main.ifaceString", F_EFACE);
	text = fake_alloc(p, 16);
	fake_iface(p, at, F_STRING, text);
	fake_put_string(p, text, "text");
	fake_iface(p, fake_var(p, "main.ifaceSlice", F_EFACE), F_S_INT, value);
	fake_put(p, fake_var(p, "main.ifaceBad", F_EFACE), 8, 0xdead0000);
	fake_var(p, "main.holder", F_HOLDER);
	/* An interface that holds itself through a struct. */
	at = fake_var(p, "main.loop", F_HOLDER);
	fake_iface(p, at, F_HOLDER, at);
	at = fake_var(p, "main.loop2", F_HOLDER);
	fake_iface(p, at, F_HOLDER, at);
}

static void fake_maps(struct fake_program *p)
{
	uint64_t b = fake_map(p, "main.users", F_MAP_STRING_INT, 3);
	uint64_t value = fake_alloc(p, 8), text;

	fake_put_string(p, b + 8, "alice");
	fake_put_string(p, b + 24, "bob smith");
	fake_put_string(p, b + 40, "");
	b = fake_map(p, "main.keys", F_MAP_KEY_INT, 2);
	fake_put(p, b + 8, 8, 1);
	fake_put_string(p, b + 16, "a");
	fake_put(p, b + 32, 8, 2);
	fake_put_string(p, b + 40, "b");
	b = fake_map(p, "main.anys", F_MAP_ANY, 4);
	fake_put(p, value, 8, 1);
	fake_iface(p, b + 8, F_INT, value);
	text = fake_alloc(p, 16);
	fake_put_string(p, text, "one");
	fake_iface(p, b + 24, F_STRING, text);
	fake_iface(p, b + 40, F_MY_STRING, text);
	b = fake_map(p, "main.floats", F_MAP_FLOAT, 3);
	fake_put_float(p, b + 8, 0.1);
	fake_put_float(p, b + 16, 0.0 / 0.0);
	fake_put_float(p, b + 24, 1e21);
	fake_var(p, "main.mapNil", F_MAP_STRING_INT);
	fake_scalar(p, "main.mapBad", F_MAP_STRING_INT, 0xdead0000);
	b = fake_alloc(p, 64);
	fake_scalar(p, "main.ch", F_CHAN_INT, b);
	fake_put(p, b, 8, 2);
	fake_put(p, b + 8, 8, 4);
	fake_put(p, b + 16, 8, fake_alloc(p, 32));
	fake_put(p, b + 24, 2, 8);
	fake_put(p, b + 32, 8, FAKE_TYPES + F_INT * FAKE_TYPE_STRIDE);
	fake_var(p, "main.chNil", F_CHAN_INT);
}

static struct fake_program *fake_program(void)
{
	struct fake_program *p = fake_open();
	uint64_t at;

	fake_scalar(p, "main.i", F_INT, 10);
	fake_scalar(p, "main.neg", F_INT, (uint64_t)-7);
	fake_scalar(p, "main.intMin", F_INT, UINT64_C(1) << 63);
	fake_scalar(p, "main.i8", F_INT8, 127);
	fake_scalar(p, "main.u8", F_UINT8, 200);
	fake_scalar(p, "main.u64", F_UINT64, UINT64_MAX);
	fake_scalar(p, "main.r", F_INT32, 0x4e16);
	fake_scalar(p, "main.yes", F_BOOL, 1);
	fake_scalar(p, "main.no", F_BOOL, 0);
	fake_scalar(p, "main.addr", F_UINTPTR, 0xc000123456);
	fake_scalar(p, "main.my", F_MY_INT, 3);
	fake_real(p, "main.f", F_FLOAT64, 0.1);
	fake_real(p, "main.nan", F_FLOAT64, 0.0 / 0.0);
	fake_real(p, "main.big", F_FLOAT64, 1e300);
	fake_real(p, "main.temp", F_CELSIUS, 36.5);
	fake_scalar(p, "main.f32", F_FLOAT32, 0x3fc00000);
	at = fake_var(p, "main.c", F_COMPLEX128);
	fake_put_float(p, at, 1);
	fake_put_float(p, at + 8, 2);
	fake_text(p, "main.s", F_STRING, "hello");
	fake_text(p, "main.empty", F_STRING, "");
	fake_text(p, "main.named", F_MY_STRING, "hello");
	fake_scalar(p, "main.raw", F_UNSAFE, FAKE_BASE + 0x100);
	fake_scalar(p, "main.fn", F_FUNC, 0);
	fake_name(p, "main.Answer", VOLE_SYMBOL_CONST, F_INT, 42);
	fake_name(p, "main.Typed", VOLE_SYMBOL_CONST, F_MY_INT, 5);
	fake_name(p, "main.double", VOLE_SYMBOL_FUNC, 0, 0x12345);
	fake_name(p, "main.Point.Norm", VOLE_SYMBOL_FUNC, 0, 0x12346);
	fake_name(p, "main.(*node).Len", VOLE_SYMBOL_FUNC, 0, 0x12347);
	fake_name(p, "main.gone", VOLE_SYMBOL_VAR, F_INT, 0);
	fake_lists(p);
	fake_structs(p);
	fake_ifaces(p);
	fake_maps(p);
	return p;
}

static void fake_show(struct fake_program *p, const struct vole_value *value,
		      struct vole_strbuf *buf);

static void fake_show_parts(struct fake_program *p,
			    const struct vole_value *value,
			    struct vole_strbuf *buf)
{
	const struct vole_type *t = value->type;
	size_t num = t->kind == VOLE_KIND_STRUCT ? t->num_fields : t->len;
	struct vole_value part;
	struct vole_error err;

	vole_strbuf_add(buf, "{");
	for (size_t i = 0; i < num; i++) {
		bool ok = t->kind == VOLE_KIND_STRUCT ?
				  vole_value_part(&p->rt, value,
						  t->fields[i].type,
						  t->fields[i].offset, &part,
						  &err) :
				  vole_value_part(&p->rt, value, t->elem,
						  i * t->elem->size, &part,
						  &err);

		vole_strbuf_add(buf, i ? " " : "");
		if (ok)
			fake_show(p, &part, buf);
		else
			vole_strbuf_add(buf, err.text);
	}
	vole_strbuf_add(buf, "}");
}

static void fake_show_string(struct fake_program *p,
			     const struct vole_value *value,
			     struct vole_strbuf *buf)
{
	uint64_t data, len;
	struct vole_error err;
	char text[64] = "";

	if (value->where == VOLE_IN_TEXT) {
		vole_strbuf_printf(buf, "\"%.*s\"", (int)value->len,
				   (const char *)value->bytes);
		return;
	}
	if (!vole_value_word(&p->rt, value, 0, &data, &err) ||
	    !vole_value_word(&p->rt, value, 8, &len, &err) ||
	    len >= sizeof(text) ||
	    (len && !vole_memory_read_all(&p->mem, data, text, len, &err)))
		vole_strbuf_add(buf, "unreadable");
	else
		vole_strbuf_printf(buf, "\"%s\"", text);
}

static void fake_show_slice(struct fake_program *p,
			    const struct vole_value *value,
			    struct vole_strbuf *buf)
{
	uint64_t data, len, cap;
	struct vole_value part;
	struct vole_error err;

	if (!vole_value_word(&p->rt, value, 0, &data, &err) ||
	    !vole_value_word(&p->rt, value, 8, &len, &err) ||
	    !vole_value_word(&p->rt, value, 16, &cap, &err)) {
		vole_strbuf_add(buf, "unreadable");
		return;
	}
	vole_strbuf_printf(buf, "%" PRIu64 "/%" PRIu64 "[", len, cap);
	for (uint64_t i = 0; i < len && i < 20; i++) {
		vole_strbuf_add(buf, i ? " " : "");
		if (vole_value_at(&p->rt, value->type->elem,
				  data + i * value->type->elem->size, &part,
				  &err))
			fake_show(p, &part, buf);
	}
	vole_strbuf_add(buf, "]");
}

static void fake_show_number(struct fake_program *p,
			     const struct vole_value *value,
			     struct vole_strbuf *buf)
{
	uint64_t bits = 0;
	struct vole_error err;
	double x[2];
	float narrow;

	if (value->type->kind == VOLE_KIND_FLOAT32 &&
	    vole_value_read(&p->rt, value, 0, &narrow, 4, &err))
		vole_strbuf_printf(buf, "%.9g", (double)narrow);
	else if (value->type->kind == VOLE_KIND_FLOAT64 &&
		 vole_value_read(&p->rt, value, 0, x, 8, &err))
		vole_strbuf_printf(buf, "%.17g", x[0]);
	else if (value->type->kind == VOLE_KIND_COMPLEX128 &&
		 vole_value_read(&p->rt, value, 0, x, 16, &err))
		vole_strbuf_printf(buf, "(%g%+gi)", x[0], x[1]);
	else if (!vole_value_int(&p->rt, value, &bits, &err))
		vole_strbuf_add(buf, "unreadable");
	else if (vole_kind_is_signed(value->type->kind))
		vole_strbuf_printf(buf, "%" PRId64, (int64_t)bits);
	else if (vole_kind_is_unsigned(value->type->kind))
		vole_strbuf_printf(buf, "%" PRIu64, bits);
	else if (value->type->kind == VOLE_KIND_BOOL)
		vole_strbuf_add(buf, bits ? "true" : "false");
	else
		vole_strbuf_printf(buf, "0x%" PRIx64, bits);
}

/* A short text of the value, without its type. */
static void fake_show(struct fake_program *p, const struct vole_value *value,
		      struct vole_strbuf *buf)
{
	uint64_t word = 0;
	struct vole_error err;

	switch (value->type->kind) {
	case VOLE_KIND_STRUCT:
	case VOLE_KIND_ARRAY:
		fake_show_parts(p, value, buf);
		break;
	case VOLE_KIND_STRING:
		fake_show_string(p, value, buf);
		break;
	case VOLE_KIND_SLICE:
		fake_show_slice(p, value, buf);
		break;
	case VOLE_KIND_INTERFACE:
		if (!vole_value_word(&p->rt, value, 0, &word, &err))
			word = 0;
		vole_strbuf_add(buf, word ? "iface" : "nil");
		break;
	default:
		fake_show_number(p, value, buf);
		break;
	}
}

#endif
