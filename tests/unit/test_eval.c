/* Expressions over a small program: what each gives, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/unit/test_eval_vars.h"

struct good {
	const char *text;
	const char *type;
	const char *value;
};

struct bad {
	const char *text;
	enum vole_code code;
	uint32_t column;
	const char *part; /* of the message */
};

static const struct good literals[] = {
	{ "1", "int", "1" },
	{ "0x_1F", "int", "31" },
	{ "0b101", "int", "5" },
	{ "0o17", "int", "15" },
	{ "017", "int", "15" },
	{ "1_000", "int", "1000" },
	{ "9223372036854775807", "int", "9223372036854775807" },
	{ "-9223372036854775808", "int", "-9223372036854775808" },
	{ "1.5", "float64", "1.5" },
	{ ".5", "float64", "0.5" },
	{ "1e3", "float64", "1000" },
	{ "1.", "float64", "1" },
	{ "0x1p-2", "float64", "0.25" },
	{ "0.1", "float64", "0.10000000000000001" },
	{ "2i", "complex128", "(0+2i)" },
	{ "1 + 2i", "complex128", "(1+2i)" },
	{ "'a'", "int32", "97" },
	{ "'\\n'", "int32", "10" },
	{ "'\\x41'", "int32", "65" },
	{ "'\\u4e16'", "int32", "19990" },
	{ "'\\''", "int32", "39" },
	{ "'世'", "int32", "19990" },
	{ "\"a\\tb\\\"\"", "string", "\"a\tb\"\"" },
	{ "\"\\101\\x42\\u0043\"", "string", "\"ABC\"" },
	{ "`raw\\n`", "string", "\"raw\\n\"" },
	{ "true", "bool", "true" },
	{ "false", "bool", "false" },
};

static const struct good constants[] = {
	{ "1 + 2*3", "int", "7" },
	{ "(1 + 2) * 3", "int", "9" },
	{ "10 - 4 - 3", "int", "3" },
	{ "7 / 2", "int", "3" },
	{ "-7 / 2", "int", "-3" },
	{ "-7 % 3", "int", "-1" },
	{ "7.0 / 2", "float64", "3.5" },
	{ "1 << 10", "int", "1024" },
	{ "1 << 100 >> 98", "int", "4" },
	{ "18446744073709551616 - 18446744073709551610", "int", "6" },
	{ "6 & 3 | 8 ^ 1", "int", "11" },
	{ "7 &^ 2", "int", "5" },
	{ "^0", "int", "-1" },
	{ "!true", "bool", "false" },
	{ "0.1 * 3", "float64", "0.29999999999999999" },
	{ "\"a\" + \"b\"", "string", "\"ab\"" },
	{ "\"a\" < \"b\"", "bool", "true" },
	{ "'a' + 1", "int32", "98" },
	{ "1 < 2 && 2 < 3", "bool", "true" },
	{ "1 == 1.0", "bool", "true" },
	{ "2i * 2i", "complex128", "(-4+0i)" },
	{ "real(3 + 4i)", "float64", "3" },
	{ "len(\"héllo\")", "int", "6" },
	{ "unsafe.Sizeof(main.point)", "int", "16" },
};

static const struct good names[] = {
	{ "main.i", "int", "10" },
	{ "i", "int", "10" },
	{ "main.Answer", "int", "42" },
	{ "main.Answer + main.u8", "uint8", "242" },
	{ "main.Typed", "main.myInt", "5" },
	{ "example.com/a-b/other.Home.Lat", "float64", "52.5" },
	{ "other.Home.Lat", "float64", "52.5" },
	{ "net/http.Count", "int", "9" },
	{ "http.Count", "int", "9" },
	{ "net/http.Count/main.my2.X", NULL, NULL },
	{ "net/http.Count/2", "int", "4" },
	{ "main.i/main.i", "int", "1" },
	{ "i/i", "int", "1" },
	{ "main.i-main.i", "int", "0" },
	{ "gopkg.in/yaml.v3.Root.Line", "int", "3" },
	{ "yaml.Root.Line", "int", "3" },
	{ "a/rand.Seed", "int", "1" },
	{ "b/rand.Seed", "int", "2" },
	{ "c_flags.low", "c_int", "-3" },
	{ "c_flags.high", "c_int", "-13" },
	{ "c_array[1]", "c_int", "77" },
	{ "*c_array", "c_int", "0" },
};

static const struct good parts[] = {
	{ "main.point", "main.Point", "{11 22}" },
	{ "main.point.Y", "int", "22" },
	{ "main.ptrPoint.X", "int", "11" },
	{ "(*main.ptrPoint).X", "int", "11" },
	{ "main.embed.ID", "int", "7" },
	{ "main.embed.base.ID", "int", "7" },
	{ "main.embed.Label", "string", "\"exp\"" },
	{ "main.embed.Lon", "float64", "-2.5" },
	{ "main.embed.Name", "string", "\"emb\"" },
	{ "main.list.Next.Next.Value", "int", "3" },
	{ "main.ring.Next.Next.Next.Value", "int", "0" },
	{ "main.pair.Val", "int", "5" },
	{ "*main.ptrInt", "int", "3" },
	{ "**main.ptrPtr", "int", "3" },
	{ "*&main.i", "int", "10" },
	{ "main.ifacePoint.Y", "int", "22" },
	{ "main.ifacePtr.Y", "int", "22" },
	{ "main.err.Code", "int", "404" },
	{ "main.ints[0]", "int", "10" },
	{ "main.ints[len(main.ints)-1]", "int", "50" },
	{ "main.array[2]", "int", "3" },
	{ "main.ptrArray[4]", "int", "5" },
	{ "main.array[main.u8 - 199]", "int", "2" },
	{ "main.array[1.0]", "int", "2" },
	{ "main.s[1]", "uint8", "101" },
	{ "\"abc\"[1]", "uint8", "98" },
	{ "main.strings[1]", "string", "\"b c\"" },
	{ "main.strings[1][2]", "uint8", "99" },
	{ "main.ints[1:3]", "[]int", "2/7[20 30]" },
	{ "main.ints[:]", "[]int", "5/8[10 20 30 40 50]" },
	{ "main.ints[3:]", "[]int", "2/5[40 50]" },
	{ "main.ints[1:2:3]", "[]int", "1/2[20]" },
	{ "main.ints[5:8]", "[]int", "3/3[0 0 0]" },
	{ "main.array[1:3]", "[]int", "2/4[2 3]" },
	{ "main.ptrArray[:2]", "[]int", "2/5[1 2]" },
	{ "main.sliceNil[:]", "[]int", "0/0[]" },
	{ "main.s[1:3]", "string", "\"el\"" },
	{ "main.s[5:]", "string", "\"\"" },
	{ "\"hello\"[1:][1:]", "string", "\"llo\"" },
	{ "main.named[:2]", "main.myString", "\"he\"" },
};

static const struct good map_keys[] = {
	{ "main.users[\"alice\"]", "int", "100" },
	{ "main.users[\"bob smith\"]", "int", "101" },
	{ "main.users[\"\"]", "int", "102" },
	{ "main.users[`alice`]", "int", "100" },
	{ "main.users[\"al\" + \"ice\"]", "int", "100" },
	{ "main.keys[main.mapKey{1, \"a\"}]", "int", "100" },
	{ "main.keys[main.mapKey{A: 2, B: \"b\"}]", "int", "101" },
	{ "main.anys[1]", "int", "100" },
	{ "main.anys[\"one\"]", "int", "101" },
	{ "main.anys[main.myString(\"one\")]", "int", "102" },
	{ "main.anys[nil]", "int", "103" },
	{ "main.anys[main.ifaceNil]", "int", "103" },
	{ "main.floats[0.1]", "int", "100" },
	{ "main.floats[1e21]", "int", "102" },
	{ "len(main.users)", "int", "3" },
	{ "len(main.mapNil)", "int", "0" },
};

static const struct good operators[] = {
	{ "main.i + main.i * 2", "int", "30" },
	{ "-main.i", "int", "-10" },
	{ "^main.i", "int", "-11" },
	{ "!main.yes", "bool", "false" },
	{ "main.i8 + 1", "int8", "-128" },
	{ "main.u8 + 100", "uint8", "44" },
	{ "-main.u8", "uint8", "56" },
	{ "^main.u8", "uint8", "55" },
	{ "main.u64 + 1", "uint64", "0" },
	{ "main.neg / 2", "int", "-3" },
	{ "main.neg % 2", "int", "-1" },
	{ "main.intMin / -1", "int", "-9223372036854775808" },
	{ "main.intMin % -1", "int", "0" },
	{ "main.i << 3", "int", "80" },
	{ "main.i << 64", "int", "0" },
	{ "main.neg >> 1", "int", "-4" },
	{ "main.neg >> 200", "int", "-1" },
	{ "main.u8 >> 3", "uint8", "25" },
	{ "main.u8 << 1", "uint8", "144" },
	{ "1 << main.i", "int", "1024" },
	{ "main.i & 6 | 1", "int", "3" },
	{ "main.i &^ 2 ^ 1", "int", "9" },
	{ "main.f * 3", "float64", "0.30000000000000004" },
	{ "main.f32 * 2", "float32", "3" },
	{ "main.c * main.c", "complex128", "(-3+4i)" },
	{ "imag(main.c)", "float64", "2" },
	{ "main.s + \" world\"", "string", "\"hello world\"" },
	{ "main.i == 10", "bool", "true" },
	{ "main.i != 10.0", "bool", "false" },
	{ "main.i < main.ints[1]", "bool", "true" },
	{ "main.u64 > 1", "bool", "true" },
	{ "main.neg > 1", "bool", "false" },
	{ "main.nan == main.nan", "bool", "false" },
	{ "main.nan != main.nan", "bool", "true" },
	{ "main.nan < 1 || main.nan >= 1", "bool", "false" },
	{ "main.s == \"hello\"", "bool", "true" },
	{ "main.s < \"help\"", "bool", "true" },
	{ "main.s[:4] == \"hell\"", "bool", "true" },
	{ "main.nilPoint == nil", "bool", "true" },
	{ "nil != main.ptrPoint", "bool", "true" },
	{ "main.nilPoint != nil && main.nilPoint.X == 1", "bool", "false" },
	{ "main.nilPoint == nil || main.nilPoint.X == 1", "bool", "true" },
	{ "main.sliceNil == nil", "bool", "true" },
	{ "main.mapNil == nil", "bool", "true" },
	{ "main.fn == nil", "bool", "true" },
	{ "main.errNil == nil", "bool", "true" },
	{ "main.err == nil", "bool", "false" },
	{ "main.ifaceInt == 42", "bool", "true" },
	{ "main.ifaceInt == \"42\"", "bool", "false" },
	{ "main.ifaceInt == main.ifacePoint", "bool", "false" },
	{ "main.ifacePoint == main.point", "bool", "true" },
	{ "main.ifaceString == \"text\"", "bool", "true" },
	{ "main.point == *main.ptrPoint", "bool", "true" },
	{ "main.point == main.Point{11, 22}", "bool", "true" },
	{ "main.point == main.Point{Y: 22}", "bool", "false" },
	{ "main.array == [5]int{1, 2, 3, 4, 5}", "bool", "true" },
	{ "main.array == [...]int{1, 2, 3, 4, 4: 6}", "bool", "false" },
	{ "main.words == [2]string{\"x\"}", "bool", "true" },
	{ "main.plain == main.plainKey{4, 99}", "bool", "true" },
	{ "main.ptrPoint == &main.point", "bool", "true" },
	{ "main.yes && !main.no", "bool", "true" },
};

static const struct good conversions[] = {
	{ "int8(main.i)", "int8", "10" },
	{ "uint8(main.neg)", "uint8", "249" },
	{ "float64(main.i)", "float64", "10" },
	{ "int(main.temp)", "int", "36" },
	{ "int(main.big)", "int", "-9223372036854775808" },
	{ "main.Celsius(1)", "main.Celsius", "1" },
	{ "main.myInt(main.i)", "main.myInt", "10" },
	{ "int(main.my) + main.i", "int", "13" },
	{ "float32(0.1)", "float32", "0.100000001" },
	{ "string(main.bytes)", "string", "\"bytes!\"" },
	{ "string(main.bytes[1:3])", "string", "\"yt\"" },
	{ "string(main.runes)", "string", "\"é世\"" },
	{ "string(main.r)", "string", "\"世\"" },
	{ "string('a')", "string", "\"a\"" },
	{ "[]byte(main.s)[1]", "uint8", "101" },
	{ "main.myString(main.s) == main.named", "bool", "true" },
	{ "uintptr(main.raw)", "uintptr", "65792" },
	{ "unsafe.Pointer(main.ptrPoint) == nil", "bool", "false" },
	{ "(*main.Point)(unsafe.Pointer(&main.point)).Y", "int", "22" },
	{ "(*main.Point)(0xc000123456)", "*main.Point", "0xc000123456" },
	{ "*(*int)(uintptr(main.ptrInt))", "int", "3" },
	{ "*(*[2]int)(main.ptrArray)", "[2]int", "{1 2}" },
	{ "(*main.Point)(nil)", "*main.Point", "0x0" },
	{ "[]int(nil)", "[]int", "0/0[]" },
	{ "[2]int(main.ints)", "[2]int", "{10 20}" },
	{ "(*[5]int)(main.ints)[1]", "int", "20" },
	{ "(map[string]int)(main.users)[\"alice\"]", "int", "100" },
	{ "(chan int)(main.ch) == main.ch", "bool", "true" },
	{ "main.addr == 0xc000123456", "bool", "true" },
	{ "main.ptrPoint == 0x10", "bool", "false" },
	{ "main.ifaceInt.(int)", "int", "42" },
	{ "main.ifacePoint.(main.Point).X", "int", "11" },
	{ "main.ifacePtr.(*main.Point).X", "int", "11" },
	{ "main.err.(*main.codeError).Code", "int", "404" },
	{ "main.err.(error) == main.err", "bool", "true" },
	{ "any(main.ifaceInt) == 42", "bool", "true" },
	{ "cap(main.ints)", "int", "8" },
	{ "len(main.array)", "int", "5" },
	{ "len(main.ptrArray)", "int", "5" },
	{ "len(main.ch)", "int", "2" },
	{ "cap(main.ch)", "int", "4" },
	{ "len(main.chNil)", "int", "0" },
	{ "len(main.s + \"!\")", "int", "6" },
	{ "main.Pair[string,int]{\"k\", 5} == main.pair", "bool", "true" },
	{ "main.Pair[string, int]{\"k\", 5}.Val", "int", "5" },
	{ "Pair[string, int]{\"k\", 5}.Key", "string", "\"k\"" },
	{ "main.Pair[string, other.Point]{Key: \"o\"}", NULL, NULL },
	{ "main.mapKey{1, \"a\"}", "main.mapKey", "{1 \"a\"}" },
	{ "struct{A int; B string}{1, \"b\"}.B", "string", "\"b\"" },
	{ "[2]string{1: \"b\"}", "[2]string", "{\"\" \"b\"}" },
};

static const struct bad wrong[] = {
	{ "", VOLE_SYNTAX, 0, "expected an expression at the end" },
	{ "1 +", VOLE_SYNTAX, 3, "expected an expression" },
	{ "(1", VOLE_SYNTAX, 2, "expected )" },
	{ "1 2", VOLE_SYNTAX, 2, "expected an operator or the end, found 2" },
	{ "a = 1", VOLE_SYNTAX, 2, "nothing is assigned" },
	{ "\"abc", VOLE_SYNTAX, 0, "not closed" },
	{ "'ab'", VOLE_SYNTAX, 0, "not one rune" },
	{ "\"\\q\"", VOLE_SYNTAX, 1, "unknown escape" },
	{ "0x", VOLE_SYNTAX, 0, "bad or too large number" },
	{ "08", VOLE_SYNTAX, 0, "bad or too large number" },
	{ "1__0", VOLE_SYNTAX, 0, "bad or too large number" },
	{ "1 + @", VOLE_SYNTAX, 4, "unexpected character" },
	{ "main.usres", VOLE_NOT_FOUND, 0,
	  "no variable main.usres; nearest: main.users" },
	{ "usres", VOLE_NOT_FOUND, 0, "nearest: main.users" },
	{ "1 + net/http.Cuont", VOLE_NOT_FOUND, 4,
	  "no variable net/http.Cuont; nearest: net/http.Count" },
	{ "rand.Seed", VOLE_NOT_FOUND, 0,
	  "rand.Seed is ambiguous: a/rand.Seed, b/rand.Seed" },
	{ "main.gone", VOLE_UNSUPPORTED, 0, "optimised away" },
	{ "main.point.Z", VOLE_NOT_FOUND, 11,
	  "type main.Point has no field Z" },
	{ "main.embed.Naem", VOLE_NOT_FOUND, 11, "nearest: Name" },
	{ "main.both.N", VOLE_SYNTAX, 10, "ambiguous selector N" },
	{ "main.point.Norm", VOLE_SYNTAX, 11,
	  "Norm is a method of main.Point; nothing is executed" },
	{ "main.list.Len()", VOLE_SYNTAX, 10, "Len is a method of" },
	{ "main.i.X", VOLE_SYNTAX, 7, "type int has no fields" },
	{ "main.nilPoint.X", VOLE_UNREADABLE, 14,
	  "nil pointer of type *main.Point" },
	{ "main.ifaceNil.X", VOLE_UNREADABLE, 14, "nil interface" },
	{ "main.double(1)", VOLE_SYNTAX, 0, "nothing is executed" },
	{ "main.i(1)", VOLE_SYNTAX, 5, "nothing is executed" },
	{ "append(main.ints, 1)", VOLE_SYNTAX, 0, "nothing is executed" },
	{ "func() {}", VOLE_SYNTAX, 0, "nothing is executed" },
	{ "<-main.ch", VOLE_SYNTAX, 0, "nothing is executed" },
	{ "main.ints[5]", VOLE_SYNTAX, 10,
	  "index 5 out of range, length is 5" },
	{ "main.ints[-1]", VOLE_SYNTAX, 10, "negative index -1" },
	{ "main.array[9]", VOLE_SYNTAX, 11, "index 9 out of range" },
	{ "main.ints[\"a\"]", VOLE_SYNTAX, 10, "is no index" },
	{ "main.ints[1.5]", VOLE_SYNTAX, 10, "1.5 is no index" },
	{ "main.ints[2:1]", VOLE_SYNTAX, 10,
	  "slice bound 2 out of range, at most 1" },
	{ "main.ints[:9]", VOLE_SYNTAX, 11, "at most 8" },
	{ "main.s[:9]", VOLE_SYNTAX, 8, "at most 5" },
	{ "main.s[1:2:3]", VOLE_SYNTAX, 11, "no capacity" },
	{ "main.badSlice[:]", VOLE_CORRUPT, 5, "length 9 and capacity 4" },
	{ "[2]int{1, 2}[:]", VOLE_SYNTAX, 0, "it has no address" },
	{ "main.i[0]", VOLE_SYNTAX, 7, "cannot index a value of type int" },
	{ "main.users[\"carol\"]", VOLE_NOT_FOUND, 11, "no such key" },
	{ "main.mapNil[\"x\"]", VOLE_NOT_FOUND, 12, "no such key" },
	{ "main.users[1]", VOLE_SYNTAX, 11,
	  "cannot use 1 (untyped int) as string" },
	{ "main.floats[main.nan]", VOLE_NOT_FOUND, 17, "no such key" },
	{ "main.mapBad[\"x\"]", VOLE_UNREADABLE, 12, "" },
	{ "main.i + main.u8", VOLE_SYNTAX, 7,
	  "mismatched types int and uint8" },
	{ "main.i + 1.5", VOLE_SYNTAX, 7, "1.5 is truncated to int" },
	{ "main.u8 + 300", VOLE_SYNTAX, 8, "300 overflows uint8" },
	{ "main.i + \"a\"", VOLE_SYNTAX, 7, "as int" },
	{ "1 + \"a\"", VOLE_SYNTAX, 2, "mismatched types" },
	{ "main.i / 0", VOLE_SYNTAX, 7, "division by zero" },
	{ "1 / 0", VOLE_SYNTAX, 2, "division by zero" },
	{ "1 << 1000", VOLE_SYNTAX, 2, "overflow" },
	{ "1 << -1", VOLE_SYNTAX, 2, "negative shift" },
	{ "main.i << -1", VOLE_SYNTAX, 10, "not a shift count" },
	{ "170141183460469231731687303715884105727 + 1", VOLE_SYNTAX, 40,
	  "overflow" },
	{ "99999999999999999999", VOLE_SYNTAX, 0, "overflows int" },
	{ "main.s - main.s", VOLE_SYNTAX, 7, "not defined on string" },
	{ "main.point < main.point", VOLE_SYNTAX, 11, "not defined" },
	{ "main.ints == main.ints", VOLE_SYNTAX, 10, "but with nil" },
	{ "main.i == nil", VOLE_SYNTAX, 7, "never nil" },
	{ "nil == nil", VOLE_SYNTAX, 4, "mismatched" },
	{ "nil", VOLE_SYNTAX, 0, "nil has no type" },
	{ "!main.i", VOLE_SYNTAX, 0, "operator ! is not defined on int" },
	{ "main.i && true", VOLE_SYNTAX, 5, "not a bool" },
	{ "&1", VOLE_SYNTAX, 0, "cannot take the address" },
	{ "&main.users[\"alice\"]", VOLE_SYNTAX, 0, "address" },
	{ "*main.i", VOLE_SYNTAX, 0, "it is no pointer" },
	{ "*main.raw", VOLE_SYNTAX, 0, "convert it to a pointer type" },
	{ "*0xc000123456", VOLE_SYNTAX, 0, "convert it first" },
	{ "int", VOLE_SYNTAX, 0, "int is a type, not a value" },
	{ "main.ifaceInt.(string)", VOLE_SYNTAX, 14,
	  "interface holds int, not string" },
	{ "main.ifaceNil.(int)", VOLE_SYNTAX, 14, "is nil, not int" },
	{ "main.i.(int)", VOLE_SYNTAX, 7, "which is no interface" },
	{ "main.ifaceBad.(int)", VOLE_UNREADABLE, 14, "" },
	{ "main.ifaceInt.(main.Nope)", VOLE_NOT_FOUND, 15,
	  "no variable main.Nope" },
	{ "x.(type)", VOLE_SYNTAX, 3, "switches" },
	{ "[]byte(\"x\")", VOLE_UNSUPPORTED, 7, "no place" },
	{ "int(main.s)", VOLE_SYNTAX, 9, "cannot convert string to int" },
	{ "int(1, 2)", VOLE_SYNTAX, 0, "takes one argument, not 2" },
	{ "len()", VOLE_SYNTAX, 0, "takes one argument, not 0" },
	{ "len(main.i)", VOLE_SYNTAX, 9, "a value of type int has no length" },
	{ "cap(main.users)", VOLE_SYNTAX, 9, "has no capacity" },
	{ "main.Point{1}", VOLE_SYNTAX, 5, "too few values" },
	{ "main.Point{1, 2, 3}", VOLE_SYNTAX, 17, "too many values" },
	{ "main.Point{Z: 1}", VOLE_NOT_FOUND, 11, "no field Z" },
	{ "main.Point{X: Y: 1}", VOLE_SYNTAX, 14, "a key outside" },
	{ "nope[main.Point{X: Y: 1}]", VOLE_NOT_FOUND, 0, "no variable nope" },
	{ "[2]int{1, 2, 3}", VOLE_SYNTAX, 13, "out of range, length is 2" },
	{ "[]int{1}", VOLE_UNSUPPORTED, 0, "no place in the target" },
	{ "map[int]int{1: 2}", VOLE_NOT_FOUND, 0, "no type map[int]int" },
	{ "main.loop == main.loop2", VOLE_CORRUPT, 10, "nested deeper" },
	{ "main.badString == main.badString + \"x\"", VOLE_UNSUPPORTED, 33,
	  "string of 1099511627776 bytes" },
	{ "main.badPoint.X + 1", VOLE_UNREADABLE, 16, "" },
};

static struct fake_program *program;

/* Rows that failed: a table tells about all of them. */
static unsigned num_failed;

#define complain(...)                     \
	do {                              \
		print_error(__VA_ARGS__); \
		print_error("\n");        \
		num_failed++;             \
	} while (0)

static int setup(void **state)
{
	(void)state;
	num_failed = 0;
	program = fake_program();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_close(program);
	return 0;
}

static void check_good(const struct good *row)
{
	struct vole_strbuf buf = { 0 };
	struct vole_error err = { 0 };
	struct vole_value value;

	if (!row->type)
		return;
	if (!vole_eval(&program->eval, row->text, &value, &err)) {
		complain("%s: %s", row->text, err.text);
		return;
	}
	fake_show(program, &value, &buf);
	if (strcmp(value.type->name, row->type) != 0 ||
	    strcmp(vole_strbuf_text(&buf), row->value) != 0)
		complain("%s: %s %s, not %s %s", row->text, value.type->name,
			 vole_strbuf_text(&buf), row->type, row->value);
	vole_strbuf_free(&buf);
}

static void check_bad(const struct bad *row)
{
	struct vole_error err = { 0 };
	struct vole_value value;

	if (vole_eval(&program->eval, row->text, &value, &err))
		complain("%s gave a %s", row->text, value.type->name);
	else if (err.code != row->code || !err.has_column ||
		 err.column != row->column || !strstr(err.text, row->part))
		complain("%s: %s at %u: %s", row->text,
			 vole_code_name(err.code),
			 err.has_column ? err.column : 9999, err.text);
}

#define TABLE(name)                                                       \
	static void test_##name(void **state)                             \
	{                                                                 \
		(void)state;                                              \
		for (size_t i = 0; i < sizeof(name) / sizeof(*name); i++) \
			check_good(&name[i]);                             \
		assert_int_equal(num_failed, 0);                          \
	}

TABLE(literals)
TABLE(constants)
TABLE(names)
TABLE(parts)
TABLE(map_keys)
TABLE(operators)
TABLE(conversions)

static void test_wrong(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		check_bad(&wrong[i]);
	assert_int_equal(num_failed, 0);
}

static void refused(const char *text)
{
	struct vole_error err = { 0 };
	struct vole_value value;

	assert_false(vole_eval(&program->eval, text, &value, &err));
	assert_int_not_equal(err.code, VOLE_OK);
}

/* @p unit as often as @p num says, between @p head and @p tail. */
static char *repeat(const char *head, const char *unit, size_t num,
		    const char *tail)
{
	struct vole_strbuf buf = { 0 };

	vole_strbuf_add(&buf, head);
	for (size_t i = 0; i < num; i++)
		vole_strbuf_add(&buf, unit);
	vole_strbuf_add(&buf, tail);
	assert_false(buf.failed);
	return buf.text;
}

static void test_hostile_texts_are_refused(void **state)
{
	static const struct {
		const char *head, *unit;
		size_t num;
		const char *tail;
	} rows[] = {
		{ "", "(", 30000, "1" },
		{ "", "-", 30000, "1" },
		{ "", "*", 30000, "p" },
		{ "", "[]", 30000, "int" },
		{ "", "a[", 30000, "1" },
		{ "", "main.users[", 5000, "1" },
		{ "", "1+", 30000, "1" },
		{ "i", ".x", 30000, "" },
		{ "i", "(1)", 20000, "" },
		{ "", "func(", 10000, "" },
		{ "", "struct{", 9000, "" },
		{ "", "interface{", 6000, "" },
		{ "", "map[", 15000, "" },
		{ "", "{", 30000, "" },
		{ "x{", "{", 30000, "" },
		{ "", "a/b.c", 12000, "" },
		{ "", "x.y/", 12000, "z" },
		{ "\"", "a", 1 << 20, "\"" },
		{ "", "9", 60000, "" },
		{ "", "x", 60000, "" },
		{ "1 << ", "9", 400, "" },
		{ "", "chan ", 12000, "int" },
		{ "main.ints[", ":", 100, "]" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char *text = repeat(rows[i].head, rows[i].unit, rows[i].num,
				    rows[i].tail);

		refused(text);
		free(text);
		vole_arena_clear(&program->arena);
	}
}

static bool local(const struct vole_scope *scope, const char *name,
		  struct vole_value *ret, struct vole_error *err)
{
	static const uint8_t bytes[8] = { 77 };
	struct vole_type *type;

	(void)scope;
	if (strcmp(name, "i") != 0 && strcmp(name, "http") != 0)
		return vole_fail(err, VOLE_NOT_FOUND, VOLE_NOWHERE, "none");
	if (!vole_types_basic(program->rt.types, VOLE_KIND_INT, &type, err))
		return false;
	*ret = (struct vole_value){ .type = type,
				    .where = VOLE_IN_BYTES,
				    .bytes = bytes };
	return true;
}

static void test_locals_hide_packages_and_variables(void **state)
{
	static const struct vole_scope scope = { local, "net/http" };
	static const struct good rows[] = {
		{ "i", "int", "77" },
		{ "main.i", "int", "10" },
		{ "Count", "int", "9" },
		{ "point.X", "int", "11" },
	};

	(void)state;
	program->eval.scope = &scope;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		check_good(&rows[i]);
	check_bad(&(struct bad){ "http.Count", VOLE_SYNTAX, 5,
				 "type int has no fields" });
	check_bad(&(struct bad){ "&i", VOLE_SYNTAX, 0,
				 "cannot take the address" });
	assert_int_equal(num_failed, 0);
}

static bool interrupted(void *arg)
{
	(void)arg;
	return true;
}

static void test_ctrl_c_ends_a_comparison(void **state)
{
	struct vole_error err = { 0 };
	struct vole_value value;
	char *text = repeat("\"", "a", 60000, "\" == \"b\"");

	(void)state;
	/* Constants are compared at once; a target's maps are polled. */
	program->eval.interrupted = interrupted;
	assert_true(vole_eval(&program->eval, text, &value, &err));
	program->eval.interrupted = NULL;
	free(text);
}

static void test_types_by_name(void **state)
{
	static const char *const rows[][2] = {
		{ "int", "int" },
		{ "byte", "uint8" },
		{ "any", "interface {}" },
		{ "interface{}", "interface {}" },
		{ "error", "error" },
		{ "*main.Point", "*main.Point" },
		{ "[]main.Point", "[]main.Point" },
		{ "[3][]*int", "[3][]*int" },
		{ "map[string]int", "map[string]int" },
		{ "map[any]int", "map[interface {}]int" },
		{ "chan int", "chan int" },
		{ "func(x int) int", "func(int) int" },
		{ "func(int) (int)", "func(int) int" },
		{ "struct { A int; B string }", "struct { A int; B string }" },
		{ "main.Pair[ string , int ]", "main.Pair[string,int]" },
		{ "main.Pair[string, other.Point]",
		  "main.Pair[string,example.com/a-b/other.Point]" },
		{ "*example.com/a-b/other.Point",
		  "*example.com/a-b/other.Point" },
		{ "yaml.Node", "gopkg.in/yaml%2ev3.Node" },
		{ "unsafe.Pointer", "unsafe.Pointer" },
		{ "(*int)", "*int" },
		{ "Point", "main.Point" },
	};
	struct vole_error err = { 0 };
	struct vole_type *type;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (!vole_eval_type(&program->eval, rows[i][0], &type, &err))
			fail_msg("%s: %s", rows[i][0], err.text);
		assert_true(type->loaded);
		assert_string_equal(type->name, rows[i][1]);
	}
	assert_false(vole_eval_type(&program->eval, "main.i", &type, &err));
	assert_int_equal(err.code, VOLE_SYNTAX);
	assert_false(vole_eval_type(&program->eval, "1", &type, &err));
	assert_false(vole_eval_type(&program->eval, "map[int]", &type, &err));
	assert_false(vole_eval_type(&program->eval, "[-1]int", &type, &err));
}

static void test_stripped_program_keeps_its_constants(void **state)
{
	struct vole_debuginfo *di = program->rt.di;

	(void)state;
	program->rt.di = NULL;
	check_good(&(struct good){ "1 + 2", "int", "3" });
	assert_int_equal(num_failed, 0);
	program->rt.di = di;
}

#define each(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		each(test_literals),
		each(test_constants),
		each(test_names),
		each(test_parts),
		each(test_map_keys),
		each(test_operators),
		each(test_conversions),
		each(test_wrong),
		each(test_hostile_texts_are_refused),
		each(test_locals_hide_packages_and_variables),
		each(test_ctrl_c_ends_a_comparison),
		each(test_types_by_name),
		each(test_stripped_program_keeps_its_constants),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
