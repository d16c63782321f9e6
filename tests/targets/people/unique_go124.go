//go:build go1.24
// +build go1.24

package main

import (
	"runtime"
	"unique"
	"weak"

	"vole.test/targets/truth"
)

var (
	uniqueText  = unique.Make("unique text")
	uniquePoint = unique.Make(point{7, 8})
	uniqueNone  unique.Handle[int]
	weakNil     weak.Pointer[point]
	weakPoint   weak.Pointer[point]
	weakTarget  *point
	weakDead    = weak.Make(new([4096]int))
)

func tellUnique(d *truth.Document) {
	// One of Go 1.24 cannot point to a static value.
	weakTarget = &point{3, 4}
	weakPoint = weak.Make(weakTarget)
	runtime.GC()
	runtime.GC()
	if weakDead.Value() != nil {
		panic("it is still there")
	}
	d.Holds("main.uniqueText", &uniqueText, [1]string{uniqueText.Value()})
	d.Holds("main.uniquePoint", &uniquePoint, [1]point{uniquePoint.Value()})
	d.Holds("main.weakPoint", &weakPoint, [1]*point{weakTarget})
	d.Var("main.weakNil", &weakNil)
	d.Text("main.weakNil", "nil")
	d.Text("main.weakDead", "dead")
	d.Var("main.uniqueNone", &uniqueNone)
}
