/*
 * The types of the small program of test_eval_fake.h.
 */
#ifndef VOLE_TESTS_UNIT_TEST_EVAL_TYPES_H
#define VOLE_TESTS_UNIT_TEST_EVAL_TYPES_H

#include <stdbool.h>
#include <stdint.h>

#include "target/types.h"

enum fake_ref {
	FAKE_NO_TYPE,
	F_BOOL,
	F_INT,
	F_INT8,
	F_INT32,
	F_UINT8,
	F_UINT64,
	F_UINTPTR,
	F_FLOAT32,
	F_FLOAT64,
	F_COMPLEX128,
	F_STRING,
	F_UNSAFE,
	F_P_INT,
	F_PP_INT,
	F_S_INT,
	F_S_STRING,
	F_S_UINT8,
	F_S_INT32,
	F_A5_INT,
	F_P_A5_INT,
	F_A2_STRING,
	F_A2_INT,
	F_POINT,
	F_P_POINT,
	F_BASE,
	F_EXPORTED,
	F_P_EXPORTED,
	F_OTHER_POINT,
	F_EMBED,
	F_LEFT,
	F_RIGHT,
	F_AMBIGUOUS,
	F_NODE,
	F_P_NODE,
	F_EFACE,
	F_ERROR,
	F_CODE_ERROR,
	F_P_CODE_ERROR,
	F_MAP_STRING_INT,
	F_MAP_KEY,
	F_MAP_KEY_INT,
	F_MAP_ANY,
	F_MAP_FLOAT,
	F_CHAN_INT,
	F_FUNC,
	F_CELSIUS,
	F_MY_INT,
	F_MY_STRING,
	F_PAIR,
	F_PAIR_OTHER,
	F_C_FLAGS,
	F_C_INT,
	F_C_P_INT,
	F_PLAIN_KEY,
	F_HOLDER,
	F_YAML_NODE,
	F_STRUCT_LITERAL,
	F_S_ANY,
	FAKE_NUM_TYPES,
};

/* Parts of a map type, in the upper half of its reference. */
enum {
	FAKE_HEADER = 1,
	FAKE_P_BUCKET,
	FAKE_BUCKET,
	FAKE_TOPS,
	FAKE_KEYS,
	FAKE_ELEMS
};

struct fake_field {
	const char *name;
	enum fake_ref type;
	uint32_t offset;
	bool embedded;
	uint8_t bits, bit;
};

struct fake_type {
	enum vole_kind kind;
	const char *name;
	uint32_t size;
	enum fake_ref elem, key;
	uint32_t len;
	bool unnamed, is_c;
	const struct fake_field *fields; /* ends with a NULL name */
};

#define FAKE_FIELDS(...)                    \
	(const struct fake_field[])         \
	{                                   \
		__VA_ARGS__,                \
		{                           \
			NULL, 0, 0, 0, 0, 0 \
		}                           \
	}
#define F(name, type, offset)                   \
	{                                       \
		name, type, offset, false, 0, 0 \
	}
#define E(name, type, offset)                  \
	{                                      \
		name, type, offset, true, 0, 0 \
	}
#define K(kind) VOLE_KIND_##kind

static const struct fake_type fake_types[FAKE_NUM_TYPES] = {
	[F_BOOL] = { K(BOOL), "bool", 1, .len = 0 },
	[F_INT] = { K(INT), "int", 8, .len = 0 },
	[F_INT8] = { K(INT8), "int8", 1, .len = 0 },
	[F_INT32] = { K(INT32), "int32", 4, .len = 0 },
	[F_UINT8] = { K(UINT8), "uint8", 1, .len = 0 },
	[F_UINT64] = { K(UINT64), "uint64", 8, .len = 0 },
	[F_UINTPTR] = { K(UINTPTR), "uintptr", 8, .len = 0 },
	[F_FLOAT32] = { K(FLOAT32), "float32", 4, .len = 0 },
	[F_FLOAT64] = { K(FLOAT64), "float64", 8, .len = 0 },
	[F_COMPLEX128] = { K(COMPLEX128), "complex128", 16, .len = 0 },
	[F_STRING] = { K(STRING), "string", 16, .len = 0 },
	[F_UNSAFE] = { K(UNSAFE_POINTER), "unsafe.Pointer", 8, .len = 0 },
	[F_P_INT] = { K(PTR), "*int", 8, F_INT, .unnamed = true },
	[F_PP_INT] = { K(PTR), "**int", 8, F_P_INT, .unnamed = true },
	[F_S_INT] = { K(SLICE), "[]int", 24, F_INT, .unnamed = true },
	[F_S_STRING] = { K(SLICE), "[]string", 24, F_STRING, .unnamed = true },
	[F_S_UINT8] = { K(SLICE), "[]uint8", 24, F_UINT8, .unnamed = true },
	[F_S_INT32] = { K(SLICE), "[]int32", 24, F_INT32, .unnamed = true },
	[F_S_ANY] = { K(SLICE), "[]interface {}", 24, F_EFACE,
		      .unnamed = true },
	[F_A5_INT] = { K(ARRAY), "[5]int", 40, F_INT, .len = 5,
		       .unnamed = true },
	[F_P_A5_INT] = { K(PTR), "*[5]int", 8, F_A5_INT, .unnamed = true },
	[F_A2_STRING] = { K(ARRAY), "[2]string", 32, F_STRING, .len = 2,
			  .unnamed = true },
	[F_A2_INT] = { K(ARRAY), "[2]int", 16, F_INT, .len = 2,
		       .unnamed = true },
	[F_POINT] = { K(STRUCT), "main.Point", 16,
		      .fields =
			      FAKE_FIELDS(F("X", F_INT, 0), F("Y", F_INT, 8)) },
	[F_P_POINT] = { K(PTR), "*main.Point", 8, F_POINT, .unnamed = true },
	[F_BASE] = { K(STRUCT), "main.base", 8,
		     .fields = FAKE_FIELDS(F("ID", F_INT, 0)) },
	[F_EXPORTED] = { K(STRUCT), "main.Exported", 16,
			 .fields = FAKE_FIELDS(F("Label", F_STRING, 0)) },
	[F_P_EXPORTED] = { K(PTR), "*main.Exported", 8, F_EXPORTED,
			   .unnamed = true },
	[F_OTHER_POINT] = { K(STRUCT), "example.com/a-b/other.Point", 16,
			    .fields = FAKE_FIELDS(F("Lat", F_FLOAT64, 0),
						  F("Lon", F_FLOAT64, 8)) },
	[F_EMBED] = { K(STRUCT), "main.embedding", 48,
		      .fields = FAKE_FIELDS(E("base", F_BASE, 0),
					    E("Exported", F_P_EXPORTED, 8),
					    F("Name", F_STRING, 16),
					    E("Point", F_OTHER_POINT, 32)) },
	[F_LEFT] = { K(STRUCT), "main.left", 8,
		     .fields = FAKE_FIELDS(F("N", F_INT, 0)) },
	[F_RIGHT] = { K(STRUCT), "main.right", 8,
		      .fields = FAKE_FIELDS(F("N", F_INT, 0)) },
	[F_AMBIGUOUS] = { K(STRUCT), "main.ambiguous", 16,
			  .fields = FAKE_FIELDS(E("left", F_LEFT, 0),
						E("right", F_RIGHT, 8)) },
	[F_NODE] = { K(STRUCT), "main.node", 16,
		     .fields = FAKE_FIELDS(F("Value", F_INT, 0),
					   F("Next", F_P_NODE, 8)) },
	[F_P_NODE] = { K(PTR), "*main.node", 8, F_NODE, .unnamed = true },
	[F_EFACE] = { K(INTERFACE), "interface {}", 16, .unnamed = true },
	[F_ERROR] = { K(INTERFACE), "error", 16, .len = 0 },
	[F_CODE_ERROR] = { K(STRUCT), "main.codeError", 8,
			   .fields = FAKE_FIELDS(F("Code", F_INT, 0)) },
	[F_P_CODE_ERROR] = { K(PTR), "*main.codeError", 8, F_CODE_ERROR,
			     .unnamed = true },
	[F_MAP_STRING_INT] = { K(MAP), "map[string]int", 8, F_INT, F_STRING,
			       .unnamed = true },
	[F_MAP_KEY] = { K(STRUCT), "main.mapKey", 24,
			.fields = FAKE_FIELDS(F("A", F_INT, 0),
					      F("B", F_STRING, 8)) },
	[F_MAP_KEY_INT] = { K(MAP), "map[main.mapKey]int", 8, F_INT, F_MAP_KEY,
			    .unnamed = true },
	[F_MAP_ANY] = { K(MAP), "map[interface {}]int", 8, F_INT, F_EFACE,
			.unnamed = true },
	[F_MAP_FLOAT] = { K(MAP), "map[float64]int", 8, F_INT, F_FLOAT64,
			  .unnamed = true },
	[F_CHAN_INT] = { K(CHAN), "chan int", 8, F_INT, .unnamed = true },
	[F_FUNC] = { K(FUNC), "func(int) int", 8, .unnamed = true },
	[F_CELSIUS] = { K(FLOAT64), "main.Celsius", 8, .len = 0 },
	[F_MY_INT] = { K(INT), "main.myInt", 8, .len = 0 },
	[F_MY_STRING] = { K(STRING), "main.myString", 16, .len = 0 },
	[F_PAIR] = { K(STRUCT), "main.Pair[string,int]", 24,
		     .fields = FAKE_FIELDS(F("Key", F_STRING, 0),
					   F("Val", F_INT, 16)) },
	[F_PAIR_OTHER] = { K(STRUCT),
			   "main.Pair[string,example.com/a-b/other.Point]", 32,
			   .fields = FAKE_FIELDS(F("Key", F_STRING, 0),
						 F("Val", F_OTHER_POINT, 16)) },
	[F_C_INT] = { K(INT32), "c_int", 4, .is_c = true },
	[F_C_P_INT] = { K(PTR), "c_int *", 8, F_C_INT, .is_c = true },
	[F_C_FLAGS] = { K(STRUCT), "flags", 4, .is_c = true,
			.fields = FAKE_FIELDS(
				{ "low", F_C_INT, 0, false, 3, 0 },
				{ "high", F_C_INT, 0, false, 5, 3 }) },
	[F_PLAIN_KEY] = { K(STRUCT), "main.plainKey", 16,
			  .fields = FAKE_FIELDS(F("A", F_INT, 0),
						F("_", F_INT, 8)) },
	[F_HOLDER] = { K(STRUCT), "main.holder", 32,
		       .fields = FAKE_FIELDS(F("Any", F_EFACE, 0),
					     F("Err", F_ERROR, 16)) },
	[F_YAML_NODE] = { K(STRUCT), "gopkg.in/yaml%2ev3.Node", 8,
			  .fields = FAKE_FIELDS(F("Line", F_INT, 0)) },
	[F_STRUCT_LITERAL] = { K(STRUCT), "struct { A int; B string }", 24,
			       .unnamed = true,
			       .fields = FAKE_FIELDS(F("A", F_INT, 0),
						     F("B", F_STRING, 8)) },
};

#undef F
#undef E
#undef K

#endif
