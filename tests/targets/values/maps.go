package main

import (
	"fmt"
	"math"
	"runtime"
	"strings"
	"unsafe"

	"vole.test/targets/truth"
)

type mapKey struct {
	A int
	B string
}

// wide is more than 128 bytes, so a map keeps it behind a pointer.
type wide struct {
	ID  int
	Pad [20]int
	S   string
}

type set map[string]struct{}

var (
	mapNil       map[string]int
	mapEmpty     = map[string]int{}
	mapMade      = make(map[int]int, 100)
	mapOne       = map[string]int{"one": 1}
	mapEight     = map[int]string{1: "a", 2: "b", 3: "c", 4: "d", 5: "e", 6: "f", 7: "g", 8: "h"}
	mapNine      = map[int]string{1: "a", 2: "b", 3: "c", 4: "d", 5: "e", 6: "f", 7: "g", 8: "h", 9: "i"}
	mapMedium    = map[string]int{}
	mapLarge     = map[int]int{}
	mapLargeStr  = map[string]string{}
	mapSpaces    = map[string]int{"a b": 1, "c\"d": 2, "e\\f": 3, "": 4, "g;h": 5, "i|j": 6, "k<l": 7, "m'n": 8, "世": 9}
	mapBool      = map[bool]string{true: "yes", false: "no"}
	mapInt8      = map[int8]int{-128: 1, 127: 2}
	mapInt16     = map[int16]int{-32768: 1, 32767: 2}
	mapInt32     = map[int32]int{math.MinInt32: 1, math.MaxInt32: 2}
	mapInt64     = map[int64]int{math.MinInt64: 1, math.MaxInt64: 2}
	mapUint      = map[uint]int{math.MaxUint: 1}
	mapUint8     = map[uint8]int{255: 1, 0: 2}
	mapUint16    = map[uint16]int{65535: 1}
	mapUint32    = map[uint32]int{math.MaxUint32: 1}
	mapUint64    = map[uint64]int{math.MaxUint64: 1}
	mapUintptr   = map[uintptr]int{0xdeadbeef: 1}
	mapFloat32   = map[float32]string{0.1: "tenth", -2: "minus two"}
	mapFloat64   = map[float64]string{0.1: "tenth", math.Inf(1): "inf", 1e21: "big"}
	mapNaN       = map[float64]int{}
	mapComplex   = map[complex128]int{1 + 2i: 1, -1: 2}
	mapRune      = map[rune]bool{'x': true, '世': false}
	mapNamed     = map[myString]myInt{"n": 1}
	mapArray     = map[[2]int]string{{1, 2}: "a", {3, 4}: "b"}
	mapArrayStr  = map[[2]string]int{{"x", "y"}: 1}
	mapStruct    = map[mapKey]int{{1, "a"}: 1, {2, "b"}: 2}
	mapPoint     = map[Point]Point{{1, 2}: {3, 4}}
	mapAny       = map[interface{}]string{}
	mapStringer  = map[fmt.Stringer]int{Point{1, 2}: 1, &Point{3, 4}: 2}
	mapPtr       = map[*Point]string{}
	mapChan      = map[chan int]string{}
	mapUnsafe    = map[unsafe.Pointer]int{unsafe.Pointer(&arrayInts): 1}
	mapWideKey   = map[wide]int{}
	mapWideElem  = map[int]wide{}
	mapWideBoth  = map[wide]wide{}
	mapEdgeElem  = map[int][128]byte{1: {0: 1, 127: 2}}
	mapOverElem  = map[int][129]byte{1: {0: 1, 128: 2}}
	mapSet       = set{"x": {}, "y": {}, "z": {}}
	mapSetInt    = map[int]struct{}{1: {}, 2: {}, 3: {}}
	mapEmptyKey  = map[struct{}]int{{}: 5}
	mapZeroArray = map[[0]int]int{{}: 6}
	mapOfMaps    = map[string]map[string]int{"a": {"x": 1, "y": 2}, "b": nil, "c": {}}
	mapOfSlices  = map[string][]int{"a": {1, 2}, "b": nil}
	mapOfFuncs   = map[string]func(int) int{"double": double, "nil": nil}
	mapOfAny     = map[string]interface{}{"i": 1, "s": "x", "n": nil, "m": map[string]interface{}{"k": []interface{}{1.5, true}}}
	mapOfPtrs    = map[string]*Point{"p": {1, 2}, "nil": nil}
	mapByte      = map[byte]byte{1: 2, 3: 4}
	mapDeleted   = map[int]string{}
	mapCleared   = map[string]int{}
	mapRefilled  = map[int]int{}
	mapDoubling  map[int]string
	mapDoublingS map[string]int
	mapSameSize  map[int]int
	mapPointer   = &mapEight
	mapFour      = map[int32]int32{1: 1, 2: 4, 3: 9}
)

func init() {
	for i := 0; i < 50; i++ {
		mapMedium[fmt.Sprintf("key%02d", i)] = i
	}
	for i := 0; i < 10000; i++ {
		mapLarge[i*7] = i
	}
	for i := 0; i < 3000; i++ {
		mapLargeStr[fmt.Sprintf("k%d", i)] = strings.Repeat("v", i%20)
	}
	for i := 0; i < 3; i++ {
		mapNaN[math.NaN()] = i
	}
	mapNaN[1] = 100
	for i, k := range []interface{}{
		1, "one", 1.5, Point{1, 2}, [2]int{1, 2}, true, int8(1), uint64(9), 'x', alice, mapKey{1, "k"}, struct{}{}, nil, myString("one"),
	} {
		mapAny[k] = fmt.Sprint("entry", i)
	}
	mapPtr[ptrStruct] = "struct"
	mapPtr[nil] = "nil"
	mapChan[chanBuffered] = "buffered"
	for i := 0; i < 20; i++ {
		w := wide{ID: i, S: fmt.Sprint(i)}
		w.Pad[19] = -i
		mapWideKey[w] = i
		mapWideElem[i] = w
		mapWideBoth[w] = w
	}
	for i := 0; i < 1000; i++ {
		mapDeleted[i] = fmt.Sprint(i)
		mapCleared[fmt.Sprint(i)] = i
	}
	for i := 0; i < 1000; i++ {
		if i%10 != 0 {
			delete(mapDeleted, i)
		}
		delete(mapCleared, fmt.Sprint(i))
	}
	for round := 0; round < 20; round++ {
		for i := 0; i < 100; i++ {
			mapRefilled[round*100+i] = i
		}
		for i := 0; i < 95; i++ {
			delete(mapRefilled, round*100+i)
		}
	}
	mapDoubling = doubling()
	mapDoublingS = doublingStrings()
	mapSameSize = sameSize()
}

// The parts of runtime.hmap that tell whether a classic map is growing.
type hmap struct {
	count      int
	flags, b   uint8
	noverflow  uint16
	hash0      uint32
	buckets    unsafe.Pointer
	oldbuckets unsafe.Pointer
}

const sameSizeGrow = 8

// classic says whether this program's maps are the buckets of Go 1.23 and
// before, which grow a little with every insertion and can be caught at it.
func classic() bool {
	var minor int

	if strings.Contains(runtime.Version(), "noswissmap") {
		return true
	}
	fmt.Sscanf(runtime.Version(), "go1.%d", &minor)
	return minor <= 23
}

func doubling() map[int]string {
	m := map[int]string{}
	h := *(**hmap)(unsafe.Pointer(&m))

	for i := 0; i < 2000; i++ {
		m[i] = fmt.Sprint("v", i)
		if classic() && i > 500 && h.oldbuckets != nil {
			// A few more, so that some buckets have moved.
			for k := -1; k > -8; k-- {
				m[k] = "late"
			}
			break
		}
	}
	return m
}

func doublingStrings() map[string]int {
	m := map[string]int{}
	h := *(**hmap)(unsafe.Pointer(&m))

	for i := 0; i < 300; i++ {
		m[fmt.Sprint("s", i)] = i
		if classic() && i > 100 && h.oldbuckets != nil {
			break
		}
	}
	return m
}

// sameSize fills and empties a map until so many overflow buckets hang on it
// that the runtime copies it at its old size, and stops in the middle.
func sameSize() map[int]int {
	m := map[int]int{}
	h := *(**hmap)(unsafe.Pointer(&m))
	next := 0

	for round := 0; round < 3000; round++ {
		var added []int
		for i := 0; i < 400; i++ {
			m[next] = -next
			added = append(added, next)
			next++
			if classic() && h.oldbuckets != nil && h.flags&sameSizeGrow != 0 {
				for k := 0; k < 5; k++ {
					m[-1-k] = k
				}
				if h.oldbuckets != nil {
					return m
				}
			}
		}
		if !classic() && round == 3 {
			return m
		}
		for _, k := range added {
			delete(m, k)
		}
	}
	return m
}

func describeNotes(d *truth.Document) {
	if !classic() {
		d.Note("maps", "swiss")
		return
	}
	d.Note("maps", "classic")
	for name, p := range map[string]unsafe.Pointer{
		"mapDoubling":  *(*unsafe.Pointer)(unsafe.Pointer(&mapDoubling)),
		"mapDoublingS": *(*unsafe.Pointer)(unsafe.Pointer(&mapDoublingS)),
		"mapSameSize":  *(*unsafe.Pointer)(unsafe.Pointer(&mapSameSize)),
	} {
		h := (*hmap)(p)
		d.Note(name, fmt.Sprintf("growing=%v same=%v", h.oldbuckets != nil, h.flags&sameSizeGrow != 0))
	}
}
