/**
 * Where the fields of iterators over maps are, in a fake program.
 */
#ifndef VOLE_TESTS_FAKE_ITER_H
#define VOLE_TESTS_FAKE_ITER_H

#include "fake_go.h"

/** src/runtime/map.go: hiter */
static void fake_hiter(struct fake_go *go)
{
	fake_has(go, VOLE_STRUCT_HITER, 96);
	fake_field(go, VOLE_HITER_KEY, 0, 8);
	fake_field(go, VOLE_HITER_ELEM, 8, 8);
	fake_field(go, VOLE_HITER_TYPE, 16, 8);
	fake_field(go, VOLE_HITER_MAP, 24, 8);
	fake_field(go, VOLE_HITER_BUCKETS, 32, 8);
	fake_field(go, VOLE_HITER_BPTR, 40, 8);
	fake_field(go, VOLE_HITER_START_BUCKET, 64, 8);
	fake_field(go, VOLE_HITER_OFFSET, 72, 1);
	fake_field(go, VOLE_HITER_WRAPPED, 73, 1);
	fake_field(go, VOLE_HITER_B, 74, 1);
	fake_field(go, VOLE_HITER_I, 75, 1);
	fake_field(go, VOLE_HITER_BUCKET, 80, 8);
	fake_field(go, VOLE_HITER_CHECK_BUCKET, 88, 8);
}

/** internal/runtime/maps/table.go: Iter */
static void fake_swissiter(struct fake_go *go)
{
	fake_has(go, VOLE_STRUCT_SWISSITER, 96);
	fake_field(go, VOLE_SWISSITER_KEY, 0, 8);
	fake_field(go, VOLE_SWISSITER_ELEM, 8, 8);
	fake_field(go, VOLE_SWISSITER_TYPE, 16, 8);
	fake_field(go, VOLE_SWISSITER_MAP, 24, 8);
	fake_field(go, VOLE_SWISSITER_ENTRY_OFFSET, 32, 8);
	fake_field(go, VOLE_SWISSITER_DIR_OFFSET, 40, 8);
	fake_field(go, VOLE_SWISSITER_CLEAR_SEQ, 48, 8);
	fake_field(go, VOLE_SWISSITER_GLOBAL_DEPTH, 56, 1);
	fake_field(go, VOLE_SWISSITER_DIR_INDEX, 64, 8);
	fake_field(go, VOLE_SWISSITER_TABLE, 72, 8);
	fake_field(go, VOLE_SWISSITER_GROUP, 80, 8);
	fake_field(go, VOLE_SWISSITER_ENTRY_INDEX, 88, 8);
}

#endif
