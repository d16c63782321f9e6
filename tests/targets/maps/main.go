// Maps holds maps of every kind of key with every history: grown in both ways
// and caught at it, shrunk, emptied, cleared, written while iterated, copied,
// made by reflection. Ended by a kill, some are just being written.
package main

import (
	"fmt"
	"math"
	"reflect"
	"runtime"
	"strings"
	"time"
	"unsafe"

	"vole.test/targets/truth"
)

type pair struct{ A, B int32 }

// mixed has padding, a blank and parts that hash in different ways.
type mixed struct {
	S string
	A int8
	_ int16
	B float64
}

// cases are the maps, which notes say more of.
var cases []interface{}

var names []string

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

func classic() bool {
	var minor int

	fmt.Sscanf(runtime.Version(), "go1.%d", &minor)
	return minor <= 23 || strings.Contains(runtime.Version(), "noswissmap")
}

// add keeps a map for the test.
func add(kind, history string, m interface{}) {
	cases = append(cases, m)
	names = append(names, kind+" "+history)
}

// maker makes maps of one type, of different keys for different numbers.
type maker[K comparable, V any] struct {
	kind string
	max  int // how many keys there are
	key  func(i int) K
	elem func(i int) V
}

func (k maker[K, V]) fill(m map[K]V, from, count int) map[K]V {
	for i := from; i < from+count && i < k.max; i++ {
		m[k.key(i)] = k.elem(i)
	}
	return m
}

func (k maker[K, V]) remove(m map[K]V, from, count int) {
	for i := from; i < from+count && i < k.max; i++ {
		delete(m, k.key(i))
	}
}

// caught adds keys until the map is in the middle of growing, the way that is
// asked for; nil when that does not come.
func (k maker[K, V]) caught(same bool, rounds, each int) map[K]V {
	m := map[K]V{}
	h := *(**hmap)(unsafe.Pointer(&m))
	next := 0

	for round := 0; round < rounds; round++ {
		first := next
		for ; next < first+each && next < k.max; next++ {
			m[k.key(next)] = k.elem(next)
			if classic() && next > 60 && h.oldbuckets != nil &&
				(h.flags&sameSizeGrow != 0) == same {
				k.fill(m, next+1, 3)
				if h.oldbuckets != nil {
					return m
				}
			}
		}
		if same {
			k.remove(m, first, each)
		}
	}
	return nil
}

func (k maker[K, V]) grown() {
	if m := k.caught(false, 1, 2000); m != nil {
		add(k.kind, "doubling", m)
		add(k.kind, "doubling and copied", clone(m))
	}
	// Not so many that maps.Clone of Go 1.21 goes past the end of the buckets,
	// as it does with a map that grows and is too full all the same.
	if m := k.caught(true, 400, 180); m != nil {
		add(k.kind, "growing at the same size", m)
		add(k.kind, "growing at the same size and copied", clone(m))
	}
}

func (k maker[K, V]) shrunk() {
	m := k.fill(map[K]V{}, 0, 700)
	k.remove(m, 20, 700)
	add(k.kind, "shrunk", m)
	add(k.kind, "shrunk and copied", clone(m))
	m = k.fill(map[K]V{}, 0, 300)
	k.remove(m, 0, 300)
	add(k.kind, "emptied", m)
	m = k.fill(map[K]V{}, 0, 7)
	k.remove(m, 2, 3)
	add(k.kind, "small with gaps", k.fill(m, 3, 1))
	m = map[K]V{}
	for round := 0; round < 30; round++ {
		k.fill(m, round*40, 60)
		k.remove(m, round*40, 40)
	}
	add(k.kind, "refilled", m)
}

// empty is what compilers make a clear() of.
func empty[K comparable, V any](m map[K]V) {
	for k := range m {
		delete(m, k)
	}
}

func (k maker[K, V]) cleared() {
	m := k.fill(map[K]V{}, 0, 500)
	empty(m)
	add(k.kind, "cleared", m)
	m = k.fill(map[K]V{}, 0, 500)
	empty(m)
	add(k.kind, "cleared and refilled", k.fill(m, 100, 90))
	if m = k.caught(false, 1, 2000); m != nil {
		empty(m)
		add(k.kind, "cleared while it grew", k.fill(m, 0, 9))
	}
}

// written changes a map in a loop over it.
func (k maker[K, V]) written() {
	m := k.fill(map[K]V{}, 0, 100)
	n := 0
	for key := range m {
		switch n++; {
		case n%3 == 0:
			delete(m, key)
		case n < 150:
			k.fill(m, 100+3*n, 3)
		}
	}
	add(k.kind, "written while iterated", m)
}

func (k maker[K, V]) made() {
	for _, n := range []int{0, 1, 8, 9, 14, 15, 64, 500} {
		add(k.kind, fmt.Sprint("of ", n), k.fill(map[K]V{}, 0, n))
	}
	add(k.kind, "with room", k.fill(make(map[K]V, 900), 0, 5))
	m := reflect.MakeMapWithSize(reflect.TypeOf(map[K]V{}), 3)
	for i := 0; i < 120 && i < k.max; i++ {
		m.SetMapIndex(reflect.ValueOf(k.key(i)), reflect.ValueOf(k.elem(i)))
	}
	add(k.kind, "by reflection", m.Interface())
}

func (k maker[K, V]) all() {
	k.made()
	k.grown()
	k.shrunk()
	k.cleared()
	k.written()
}

const many = math.MaxInt

func number(i int) int { return i }

func numbers() {
	maker[bool, int]{"bool", 2, func(i int) bool { return i == 1 }, number}.all()
	maker[int8, int]{"int8", 256, func(i int) int8 { return int8(i) }, number}.all()
	maker[uint16, int]{"uint16", 1 << 16, func(i int) uint16 { return uint16(i) }, number}.all()
	maker[int32, int]{"int32", many, func(i int) int32 { return int32(i) << 8 }, number}.all()
	maker[int64, int]{"int64", many, func(i int) int64 { return int64(i) }, number}.all()
	maker[int64, string]{"int64 to string", many, func(i int) int64 { return int64(i) }, text}.all()
	maker[int64, struct{}]{"int64 to nothing", many, func(i int) int64 { return int64(i) << 40 },
		func(int) struct{} { return struct{}{} }}.all()
	maker[uint32, [200]byte]{"uint32 to much", many, func(i int) uint32 { return uint32(i) },
		func(i int) [200]byte { return [200]byte{1: byte(i)} }}.all()
	maker[float32, int]{"float32", 1 << 23, func(i int) float32 { return float32(i) / 4 }, number}.all()
	maker[float64, int]{"float64", many, func(i int) float64 { return float64(i) / 3 }, number}.all()
	maker[float64, int]{"float64 with NaN", many, sometimesNaN, number}.all()
	maker[complex128, int]{"complex128", many, func(i int) complex128 { return complex(float64(i), -1) }, number}.all()
}

// sometimesNaN gives keys that no delete() finds again.
func sometimesNaN(i int) float64 {
	if i%50 == 7 {
		return math.NaN()
	}
	return float64(i)
}

func text(i int) string { return strings.Repeat("x", i%37) + fmt.Sprint(i) }

func wide(i int) (k [200]byte) {
	k[0], k[100], k[199] = byte(i), byte(i>>8), byte(i>>16)
	return k
}

func others() {
	maker[string, int]{"string", many, text, number}.all()
	maker[string, string]{"string to string", many, text, text}.all()
	maker[[3]int16, int]{"array", many, func(i int) [3]int16 { return [3]int16{int16(i), int16(i >> 16), 3} }, number}.all()
	maker[[2]string, int]{"array of strings", many, func(i int) [2]string { return [2]string{text(i), "y"} }, number}.all()
	maker[pair, int]{"struct", many, func(i int) pair { return pair{int32(i), int32(-i)} }, number}.all()
	maker[mixed, int]{"mixed struct", many, func(i int) mixed { return mixed{S: text(i), A: int8(i), B: float64(i)} }, number}.all()
	maker[[200]byte, int]{"wide array", many, wide, number}.all()
	maker[struct{}, int]{"nothing", 1, func(int) struct{} { return struct{}{} }, number}.all()
	places := make([]int, 4000)
	maker[*int, int]{"pointer", len(places), func(i int) *int { return &places[i] }, number}.all()
	chans := make([]chan int, 1000)
	for i := range chans {
		chans[i] = make(chan int)
	}
	maker[chan int, string]{"chan", len(chans), func(i int) chan int { return chans[i] }, text}.all()
}

// Maps that goroutines never stop to write.
var (
	busyInts    = map[int]int{}
	busyStrings = map[string]string{}
	busyMore    = map[int]string{}
)

func write[K comparable, V any](k maker[K, V], m map[K]V) {
	for round := 0; ; round++ {
		k.fill(m, round%7*100, 900)
		k.remove(m, round%5*150, 1200)
		if round%50 == 0 {
			empty(m)
		}
	}
}

func main() {
	numbers()
	others()
	newer()
	changeKeys()
	d := truth.New()
	for i, name := range names {
		d.Note(fmt.Sprintf("main.cases[%d]", i), fmt.Sprintf("%d %s", reflect.ValueOf(cases[i]).Len(), name))
	}
	d.Var("main.reusedGot", &reusedGot)
	d.Var("main.longGot", &longGot)
	d.Var("main.namedGot", &namedGot)
	d.Var("main.wordGot", &wordGot)
	d.Var("main.sameHash", &sameHash)
	d.Var("main.nilParts", &nilParts)
	d.Var("main.wordsGot", &wordsGot)
	end(d)
}

// end lets the program die; when it is killed, in the middle of its writing.
func end(d *truth.Document) {
	truth.Tell(d)
	if *truth.How == "kill" {
		go write(maker[int, int]{"", many, number, number}, busyInts)
		go write(maker[string, string]{"", many, text, text}, busyStrings)
		go write(maker[int, string]{"", many, number, text}, busyMore)
		time.Sleep(50 * time.Millisecond)
		truth.Kill()
	}
	panic("truth is told")
}
