//go:build go1.19
// +build go1.19

package main

import (
	"sync/atomic"

	"vole.test/targets/truth"
)

var (
	pointerNil    atomic.Pointer[point]
	pointerPoint  atomic.Pointer[point]
	pointerDouble atomic.Pointer[*point]
	pointerPair   atomic.Pointer[pair[string, []int]]
	pointerRing   atomic.Pointer[atomicNode]
	pointerFar    atomic.Pointer[truth.Text]
	pointerMap    atomic.Pointer[map[string]truth.Text]
	pointerAnon   atomic.Pointer[struct{ A, B int }]
	pointerAny    atomic.Pointer[any]
)

type pair[K comparable, V any] struct {
	Key   K
	Value V
}

// atomicNode leads to itself.
type atomicNode struct{ Next atomic.Pointer[atomicNode] }

func tellNewHeld(d *truth.Document) {
	pointerPoint.Store(onePoint)
	pointerDouble.Store(&onePoint)
	pointerPair.Store(&pair[string, []int]{"k", []int{1, 2}})
	pointerRing.Store(&atomicNode{})
	pointerRing.Load().Next.Store(pointerRing.Load())
	pointerFar.Store(&truth.Text{Expr: "e", Text: "t"})
	pointerMap.Store(&map[string]truth.Text{"k": {}})
	pointerAnon.Store(&struct{ A, B int }{1, 2})
	pointerAny.Store(&keep[0])
	d.Holds("main.pointerFar", &pointerFar, [1]*truth.Text{pointerFar.Load()})
	d.Holds("main.pointerMap", &pointerMap, [1]*map[string]truth.Text{pointerMap.Load()})
	d.Holds("main.pointerAnon", &pointerAnon, [1]*struct{ A, B int }{pointerAnon.Load()})
	d.Holds("main.pointerAny", &pointerAny, [1]*any{pointerAny.Load()})
	d.Holds("main.pointerNil", &pointerNil, [1]*point{nil})
	d.Holds("main.pointerPoint", &pointerPoint, [1]*point{onePoint})
	d.Holds("main.pointerDouble", &pointerDouble, [1]**point{&onePoint})
	d.Holds("main.pointerPair", &pointerPair, [1]*pair[string, []int]{pointerPair.Load()})
	tellUnique(d)
}
