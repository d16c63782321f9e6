/* Which function the code at an address belongs to. */
#include "base/sorted.h"
#include "dwarf/list.h"
#include "dwarf/private.h"

#include <stdlib.h>

static bool add_spans(struct dwarf *d, const struct die *die)
{
	struct list_entry at;
	struct list list;

	list_open_code(&list, d, die);
	while (list_next(&list, &at)) {
		struct code_span *span;

		if (!at.low || at.high <= at.low ||
		    at.high - at.low > UINT32_MAX)
			continue;
		span = vole_array_push(&d->code);
		if (!span)
			return false;
		*span = (struct code_span){ at.low,
					    (uint32_t)(at.high - at.low),
					    die->offset };
	}
	return true;
}

static int by_address(const void *a, const void *b)
{
	const struct code_span *x = a, *y = b;

	if (x->low != y->low)
		return x->low < y->low ? -1 : 1;
	return x->die < y->die ? -1 : x->die > y->die;
}

/* More entries of lists than there can be when no two functions share one? */
static bool are_shared(struct dwarf *d, uint64_t num_entries)
{
	return num_entries > d->records.len &&
	       num_entries - d->records.len >
		       section_bytes(d, SECTION_RANGES).len +
			       section_bytes(d, SECTION_RNGLISTS).len;
}

static bool index_code(struct dwarf *d, struct vole_error *err)
{
	uint64_t before = d->list_entries;
	size_t i;

	if (d->has_code)
		return true;
	if (!index_build(d, err))
		return false;
	d->code.len = 0;
	for (i = 0; i < d->records.len; i++) {
		const struct record *r = &d->records.items[i];
		struct vole_error ignored;
		struct die die;

		if (!r->has_code || r->kind != VOLE_SYMBOL_FUNC ||
		    !die_read(d, r->die, &die, &ignored))
			continue;
		if (!add_spans(d, &die))
			return vole_fail_nomem(err);
		if (are_shared(d, d->list_entries - before)) {
			d->di.problem = "functions of the debug information "
					"share lists of their code: some are "
					"left out";
			break;
		}
	}
	if (d->code.len)
		qsort(d->code.items, d->code.len, sizeof(*d->code.items),
		      by_address);
	d->has_code = true;
	return true;
}

bool code_find(struct dwarf *d, uint64_t pc, struct die *ret,
	       struct vole_error *err)
{
	const struct code_span *span;
	size_t num;

	if (!index_code(d, err))
		return false;
	num = vole_sorted_up_to(d->code.items, d->code.len, low, pc);
	span = num ? &d->code.items[num - 1] : NULL;
	if (!span || pc - span->low >= span->size)
		return vole_fail(err, VOLE_NOT_FOUND, VOLE_NOWHERE,
				 "debug information has no function at "
				 "0x%" PRIx64,
				 pc);
	return die_read(d, span->die, ret, err);
}

bool code_find_named(struct dwarf *d, uint64_t pc, const char *name,
		     struct die *ret, struct vole_error *err)
{
	const struct record *r;

	if (!index_build(d, err))
		return false;
	r = name ? index_find(d, VOLE_SYMBOL_FUNC, name) : NULL;
	if (r && die_read(d, r->die, ret, err) && code_covers(d, ret, pc))
		return true;
	return code_find(d, pc, ret, err);
}
