package main

import (
	"unsafe"

	"vole.test/targets/values/other"
)

type empty struct{}

// padded has holes after Flag and at its end.
type padded struct {
	Flag  bool
	Count int64
	Small uint8
	Half  uint16
	Last  bool
}

type blanks struct {
	A int
	_ int32
	B string
	_ [0]func()
}

type base struct{ ID int }

// Exported is embedded by pointer, base by value.
type Exported struct{ Label string }

type embedding struct {
	base
	*Exported
	Name string `json:"name,omitempty" db:"n"`
	other.Point
}

type deepEmbedding struct {
	embedding
	ID int // hides base.ID
}

type node struct {
	Value int
	Next  *node
}

type tree struct {
	Left, Right *tree
	Key         string
}

type self struct {
	Me   *self
	Name string
}

type (
	intSlice   []int
	pointArray [2]Point
	pointPtr   *Point
	selfPtr    *selfPtr
	recursive  []recursive
	nested     map[string]nested
)

type mixed struct {
	A int8
	B interface{}
	C func()
	D chan int
	E map[string]int
	F [3]bool
	G *mixed
	H struct{ X, y int }
	I []interface{}
	J error
	K unsafe.Pointer
	L uintptr
	M complex64
	N float32
	O rune
}

type manyFields struct {
	F00, F01, F02, F03, F04, F05, F06, F07, F08, F09 int
	F10, F11, F12, F13, F14, F15, F16, F17, F18, F19 uint8
	F20, F21, F22, F23, F24, F25, F26, F27, F28, F29 string
}

var (
	arrayZero    [0]int
	arrayEmpties [3]struct{}
	arrayOne     = [1]string{"one"}
	arrayInts    = [5]int{1, 2, 3, 4, 5}
	arrayNested  = [2][3]int8{{1, 2, 3}, {4, 5, 6}}
	arrayPoints  = pointArray{{1, 2}, {3, 4}}
	arrayBytes   = [8]byte{'v', 'o', 'l', 'e', 0, 0xff, '"', '\n'}
	arrayStrings = [3]string{"a", "", "c"}
	arrayLarge   = [300]int{0: 1, 150: -1, 299: 9}
	arrayPtrs    = [2]*Point{{5, 6}, nil}

	sliceNil     []int
	sliceEmpty   = []int{}
	ints         = []int{10, 20, 30, 40, 50}
	sliceRoom    = make([]int, 3, 10)
	slicePart    = arrayInts[1:3]
	sliceFull    = arrayInts[1:3:3]
	slicePoints  = []Point{{1, 2}, {3, 4}}
	sliceSlices  = [][]string{{"a"}, nil, {}, {"b", "c"}}
	sliceBytes   = []byte("bytes\x00\xff")
	sliceRunes   = []rune("héllo")
	sliceBools   = []bool{true, false, true}
	slicePtrs    = []*Point{{7, 8}, nil}
	sliceEmpties = make([]struct{}, 5)
	sliceNamed   = intSlice{3, 2, 1}
	sliceAny     = []interface{}{1, "two", 3.0, nil, Point{4, 4}, []int{5}}
	sliceFuncs   = []func(int) int{nil, double}
	sliceArrays  = [][2]int{{1, 2}, {3, 4}}
	sliceMaps    = []map[string]int{{"x": 1}, nil}
	sliceLarge   = make([]int32, 5000)
	sliceFloats  = []float64{0.1, 1e21, -0.5}
	sliceStrings = []string{"x", "y z", "\"q\""}
	sliceErrors  = []error{nil, errPlain}

	structEmpty empty
	structAnon  = struct {
		X int
		Y string
	}{1, "why"}
	structTagged = struct {
		A int `json:"a"`
		b bool
	}{2, true}
	structPadded = padded{true, -1, 255, 65535, true}
	structBlank  = blanks{A: 1, B: "b"}
	structEmbed  = embedding{base{7}, &Exported{"exp"}, "emb", other.Point{Lat: 1.5, Lon: -2.5}}
	structDeep   = deepEmbedding{embedding{base: base{1}, Name: "deep"}, 99}
	structMixed  = mixed{A: -1, B: 5, E: map[string]int{"k": 1}, I: []interface{}{nil, 1}, O: 'x'}
	structMany   = manyFields{F00: 1, F19: 2, F29: "last"}
	structOther  = other.Point{Lat: 52.5, Lon: 13.4}
	structSame   = Point{1, 2}
	structPtr    = &padded{Half: 3}

	ptrNil      *int
	ptrInt               = &arrayInts[2]
	ptrPtr               = &ptrInt
	ptrString            = &stringPlain
	ptrStruct            = &Point{11, 22}
	ptrNamed    pointPtr = &Point{33, 44}
	ptrSlice             = &ints
	ptrMap               = &users
	ptrArray             = &arrayInts
	ptrAny               = &ifaceInt
	ptrEmpty             = &struct{}{}
	ptrInterior          = &structPadded.Half
	ptrSelf     selfPtr
	cycle       *self
	list        *node
	root        *tree
	sliceSelf   recursive
	mapSelf     nested

	unsafeNil   unsafe.Pointer
	unsafePtr   = unsafe.Pointer(&arrayInts)
	uintptrAddr = uintptr(unsafe.Pointer(&arrayInts))
)

func init() {
	copy(sliceRoom, []int{7, 8, 9})
	for i := range sliceLarge {
		sliceLarge[i] = int32(i * i)
	}
	ptrSelf = &ptrSelf
	cycle = &self{Name: "me"}
	cycle.Me = &self{Name: "you", Me: cycle}
	for i := 5; i > 0; i-- {
		list = &node{i, list}
	}
	root = &tree{&tree{nil, &tree{Key: "lr"}, "l"}, &tree{Key: "r"}, "root"}
	sliceSelf = recursive{nil, recursive{}, recursive{recursive{}}}
	mapSelf = nested{"a": nil, "b": {"c": {}}}
	structMixed.G = &mixed{A: 2}
	structMixed.K = unsafe.Pointer(&ints)
}
