// Bigmap holds maps of a million entries, for the bench.
package main

import (
	"strconv"

	"vole.test/targets/truth"
)

const count = 1_000_000

var (
	bigInts    = map[int]int{}
	bigStrings = map[string]int{}
	// The same filled without growing: its load differs.
	bigSized = make(map[int]int, count)
)

func main() {
	for i := 0; i < count; i++ {
		bigInts[i] = i * 3
		bigStrings["key"+strconv.Itoa(i)] = i
		bigSized[-i] = i
	}
	d := truth.New()
	d.MapHead("main.bigInts", &bigInts, 0, 1, 999_999, 123_456)
	d.MapHead("main.bigStrings", &bigStrings, "key0", "key999999")
	d.MapHead("main.bigSized", &bigSized, 0, -500_000)
	d.Expr("main.bigInts[123456]", [1]int{bigInts[123456]})
	d.Expr(`main.bigStrings["key654321"]`, [1]int{bigStrings["key654321"]})
	d.Expr("len(main.bigSized)", [1]int{len(bigSized)})
	truth.End(d, nil)
}
