/*
 * A chain of contexts and one of errors, then bytes of them and of their types
 * replaced: their text must come to an end and be of a bearable length.
 */
#include "../unit/fake_patch.h"
#include "../unit/fake_people.h"

enum { MAX_TEXT = 1 << 20 };

static void look(struct fake_people *p, uint64_t rtype, uint64_t addr)
{
	const char *text = fake_people_read(p, rtype, addr);

	if (text && strlen(text) > MAX_TEXT)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fake_people p;

	fake_people_open(&p);
	fake_people_iface(&p, FAKE_CONTEXTS + 16, FAKE_WRAP_POINTER,
			  FAKE_ERRORS);
	fake_patch(&p.go, data, size);
	look(&p, FAKE_CANCEL, FAKE_CONTEXTS);
	look(&p, FAKE_APART, FAKE_CONTEXTS + 64);
	look(&p, FAKE_WRAP, FAKE_ERRORS);
	fake_people_close(&p);
	return 0;
}
