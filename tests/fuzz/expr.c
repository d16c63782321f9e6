/*
 * Any text as an expression over a small program whose memory, too, is
 * partly the input's: what parses is evaluated, and must end.
 */
#include "tests/unit/test_eval_vars.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* Up to 16 words of memory overwritten: {place, value} before a zero byte. */
static size_t poke(struct fake_program *p, const uint8_t *data, size_t len)
{
	size_t at = 0;

	for (int i = 0; i < 16 && len - at >= 11 && data[at]; i++) {
		uint64_t place = data[at + 1] | data[at + 2] << 8, word;

		memcpy(&word, data + at + 3, 8);
		if (place <= FAKE_SIZE - 8)
			memcpy(p->bytes + place, &word, 8);
		at += 11;
	}
	return at < len ? at + 1 : len;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct fake_program *fresh;
	static uint8_t bytes[FAKE_SIZE];
	struct vole_strbuf buf = { 0 };
	struct vole_error err = { 0 };
	struct vole_type *type;
	struct vole_value value;
	size_t from;
	char *text;

	if (!fresh) {
		fresh = fake_program();
		memcpy(bytes, fresh->bytes, sizeof(bytes));
	}
	memcpy(fresh->bytes, bytes, sizeof(bytes));
	vole_memory_forget(&fresh->mem);
	from = poke(fresh, data, len);
	text = malloc(len - from + 1);
	if (!text)
		return 0;
	memcpy(text, data + from, len - from);
	text[len - from] = 0;
	if (vole_eval(&fresh->eval, text, &value, &err))
		fake_show(fresh, &value, &buf);
	else if (err.code == VOLE_OK || !err.text[0])
		abort();
	if (!vole_eval_type(&fresh->eval, text, &type, &err) &&
	    err.code == VOLE_OK)
		abort();
	vole_strbuf_free(&buf);
	vole_arena_clear(&fresh->arena);
	free(text);
	return 0;
}
