package main

import "vole.test/targets/values/other"

// Pair and the rest are instantiated with several kinds of argument.
type Pair[K comparable, V any] struct {
	Key K
	Val V
}

type List[T any] struct {
	head, tail *element[T]
	Len        int
}

type element[T any] struct {
	next *element[T]
	Val  T
}

// Push appends to the list.
func (l *List[T]) Push(v T) {
	e := &element[T]{Val: v}
	if l.tail == nil {
		l.head = e
	} else {
		l.tail.next = e
	}
	l.tail = e
	l.Len++
}

type Tree[T any] struct {
	Left, Right *Tree[T]
	Val         T
}

type number interface{ ~int | ~float64 }

type Vec[T number] []T

type Opt[T any] func(*T)

type Named[T any] struct {
	Pair[string, T]
	Note string
}

var (
	pairStringInt = Pair[string, int]{"k", 1}
	pairPoint     = Pair[Point, *Point]{Point{1, 2}, &Point{3, 4}}
	pairOther     = Pair[string, other.Point]{"o", other.Point{Lat: 1}}
	pairNested    = Pair[string, Pair[int, []string]]{"n", Pair[int, []string]{2, []string{"x"}}}
	pairAnon      = Pair[struct{ A int }, interface{}]{struct{ A int }{1}, "any"}
	pairFromOther = other.MakePair("same name", 3)
	listInt       List[int]
	listString    List[string]
	listPair      List[Pair[string, int]]
	treeFloat                = &Tree[float64]{Left: &Tree[float64]{Val: 1.5}, Val: 2.5}
	treePoint                = Tree[Point]{Right: &Tree[Point]{Val: Point{1, 1}}}
	vecInt                   = Vec[int]{1, 2}
	vecNamed                 = Vec[myFloat64]{0.5}
	optPoint      Opt[Point] = func(p *Point) { p.X = 1 }
	namedGeneric             = Named[bool]{Pair[string, bool]{"b", true}, "note"}
	mapGeneric               = map[string]Pair[int, bool]{"a": {1, true}}
	mapGenericKey            = map[Pair[string, int]]string{{"k", 2}: "v"}
	genericMethod            = listInt.Push
	chanGeneric              = make(chan Pair[string, int], 1)
)

func init() {
	for i := 1; i <= 3; i++ {
		listInt.Push(i * 100)
	}
	listString.Push("a")
	listString.Push("b")
	listPair.Push(Pair[string, int]{"p", 9})
}
