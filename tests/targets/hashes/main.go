// Hashes holds maps of every kind of key and says how the runtime hashes some
// thousands of keys with each map's own hasher and seed.
package main

import (
	"fmt"
	"math"
	"math/rand"
	"os"
	"reflect"
	"runtime"
	"strings"
	"syscall"
	"unsafe"

	"vole.test/targets/truth"
)

type pair struct{ A, B int32 }

// runs has fields that the compiler's hash takes together, and others.
type runs struct {
	A, B int32
	S    string
	C    int64
	D    int8
}

// gaps has padding and a blank field, which do not count.
type gaps struct {
	A int8
	B int64
	_ int32
	C int16
	S string
}

type nested struct {
	P pair
	R [2]runs
	E struct{}
	F float64
}

type holder struct {
	I interface{}
	N int
}

type single struct{ S string }

type wide struct {
	A [20]int64
	S string
}

// made is a key of a map that only reflection knows.
type made struct {
	A, B int32
	S    string
}

var (
	mapInt8    = map[int8]int{}
	mapInt16   = map[int16]int{}
	mapInt32   = map[int32]int{}
	mapInt64   = map[int64]int{}
	mapUint    = map[uint]int{}
	mapUintptr = map[uintptr]int{}
	mapBool    = map[bool]int{}
	mapString  = map[string]int{}
	mapFloat32 = map[float32]int{}
	mapFloat64 = map[float64]int{}
	mapComplex = map[complex128]int{}
	mapArray   = map[[3]int16]int{}
	mapUUID    = map[[16]byte]int{}
	mapSHA     = map[[32]byte]int{}
	mapBig     = map[[200]byte]int{}
	mapStrings = map[[2]string]int{}
	mapPair    = map[pair]int{}
	mapRuns    = map[runs]int{}
	mapGaps    = map[gaps]int{}
	mapNested  = map[nested]int{}
	mapHolder  = map[holder]int{}
	mapSingle  = map[single]int{}
	mapWide    = map[wide]int{}
	mapAny     = map[interface{}]int{}
	mapEmpty   = map[struct{}]int{}
	mapMade    interface{}
	held       [asked]holder
)

var random = rand.New(rand.NewSource(1))

const (
	many  = 400 // keys of a map
	asked = 150 // of them whose hash is told
)

// text gives strings of lengths around all that the hash tells apart.
func text(i int) string {
	lengths := []int{0, 1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 31, 32, 33, 47, 48, 49,
		63, 64, 65, 96, 97, 127, 128, 129, 130, 255, 256, 257, 300}
	n := lengths[i%len(lengths)]
	s := fmt.Sprint(i)

	if n < len(s) {
		return s
	}
	return strings.Repeat(s+"-", n/(len(s)+1)+1)[:n]
}

// The words of an interface.
type eface struct{ typ, data unsafe.Pointer }

// The place of maptype.hasher has been this since Go 1.14.
const hasherOffset = 72

func classic() bool {
	var minor int

	if strings.Contains(runtime.Version(), "noswissmap") {
		return true
	}
	fmt.Sscanf(runtime.Version(), "go1.%d", &minor)
	return minor <= 23
}

func hash(m interface{}, key unsafe.Pointer) uintptr {
	words := (*eface)(unsafe.Pointer(&m))
	hasher := *(*func(unsafe.Pointer, uintptr) uintptr)(unsafe.Pointer(
		uintptr(words.typ) + hasherOffset))
	seed := *(*uintptr)(unsafe.Pointer(uintptr(words.data) + 8))

	if classic() {
		seed = uintptr(*(*uint32)(unsafe.Pointer(uintptr(words.data) + 12)))
	}
	return hasher(key, seed)
}

// literal spells a key as an expression with its type.
func literal(key interface{}) string {
	switch reflect.TypeOf(key).Kind() {
	case reflect.Struct, reflect.Array:
		return fmt.Sprintf("%#v", key)
	case reflect.Float32, reflect.Float64:
		return strings.ReplaceAll(fmt.Sprintf("%T(%v)", key, key), "+", "")
	case reflect.Complex128:
		return fmt.Sprintf("complex128(%v)", key)
	case reflect.String:
		return fmt.Sprintf("%q", key)
	}
	return fmt.Sprintf("%T(%v)", key, key)
}

// tell says the hash of the key at a place, for an expression.
func tell(d *truth.Document, name string, m interface{}, expr string, at unsafe.Pointer) {
	d.Note("main."+name+" --find '"+expr+"'", fmt.Sprintf("0x%016x", hash(m, at)))
}

// fill puts keys into a map and says the hashes of some.
func fill[K comparable](d *truth.Document, name string, m map[K]int, key func(i int) K) {
	for i := 0; i < many; i++ {
		m[key(i)] = i
	}
	for i := 0; i < asked; i++ {
		k := key(i)
		tell(d, name, m, literal(k), unsafe.Pointer(&k))
	}
}

// dirty is memory whose padding and blanks are not zero.
func dirty(i int) gaps {
	var g gaps

	bytes := (*[unsafe.Sizeof(g)]byte)(unsafe.Pointer(&g))
	for at := range bytes {
		bytes[at] = byte(random.Int())
	}
	g.A, g.B, g.C, g.S = int8(i), int64(i)*77, int16(-i), text(i)
	return g
}

func fillComposites(d *truth.Document) {
	fill(d, "mapArray", mapArray, func(i int) [3]int16 { return [3]int16{int16(i), -1, int16(i * 3)} })
	fill(d, "mapUUID", mapUUID, func(i int) (k [16]byte) { copy(k[:], text(i*31+10)); return })
	fill(d, "mapSHA", mapSHA, func(i int) (k [32]byte) { copy(k[:], text(i*31+10)); return })
	fill(d, "mapBig", mapBig, func(i int) (k [200]byte) { k[199], k[0], k[100] = byte(i), byte(i>>8), 7; return })
	fill(d, "mapStrings", mapStrings, func(i int) [2]string { return [2]string{text(i), text(i + 7)} })
	fill(d, "mapPair", mapPair, func(i int) pair { return pair{int32(i), int32(-i)} })
	fill(d, "mapRuns", mapRuns, func(i int) runs { return runs{int32(i), 5, text(i), int64(i) << 40, int8(i)} })
	fill(d, "mapGaps", mapGaps, dirty)
	fill(d, "mapNested", mapNested, func(i int) nested {
		return nested{P: pair{int32(i), 2}, R: [2]runs{{S: text(i)}, {A: int32(i)}}, F: float64(i % 2)}
	})
	fill(d, "mapSingle", mapSingle, func(i int) single { return single{text(i)} })
	fill(d, "mapWide", mapWide, func(i int) wide { return wide{[20]int64{int64(i)}, text(i)} })
	fill(d, "mapEmpty", mapEmpty, func(i int) struct{} { return struct{}{} })
}

// anything is a key for an interface.
func anything(i int) interface{} {
	switch i % 9 {
	case 0:
		return i
	case 1:
		return int8(i)
	case 2:
		return text(i)
	case 3:
		return float64(i) / 3
	case 4:
		return pair{int32(i), 1}
	case 5:
		return runs{S: text(i)}
	case 6:
		return [2]string{text(i), ""}
	case 7:
		return single{text(i)}
	}
	return uint16(i)
}

// Interfaces were not "comparable" before Go 1.20.
func fillAny(d *truth.Document) {
	for i := 0; i < many; i++ {
		mapAny[anything(i)] = i
		mapHolder[holder{anything(i), i}] = i
	}
	for i := 0; i < asked; i++ {
		key := anything(i)
		tell(d, "mapAny", mapAny, literal(key), unsafe.Pointer(&key))
		// Its literal would need a place for what the interface holds.
		held[i] = holder{anything(i), i}
		tell(d, "mapHolder", mapHolder, fmt.Sprintf("main.held[%d]", i),
			unsafe.Pointer(&held[i]))
	}
}

func fillMade() {
	m := reflect.MakeMap(reflect.MapOf(reflect.TypeOf(made{}), reflect.TypeOf(0)))

	for i := 0; i < many; i++ {
		m.SetMapIndex(reflect.ValueOf(made{int32(i), 3, text(i)}), reflect.ValueOf(i))
	}
	mapMade = m.Interface()
}

func fillNumbers(d *truth.Document) {
	fill(d, "mapInt8", mapInt8, func(i int) int8 { return int8(i) })
	fill(d, "mapInt16", mapInt16, func(i int) int16 { return int16(i * 91) })
	fill(d, "mapInt32", mapInt32, func(i int) int32 { return int32(i) << 20 })
	fill(d, "mapInt64", mapInt64, func(i int) int64 { return int64(i) << 50 })
	fill(d, "mapUint", mapUint, func(i int) uint { return uint(i) * 0x9e3779b97f4a7c15 })
	fill(d, "mapUintptr", mapUintptr, func(i int) uintptr { return uintptr(i) })
	fill(d, "mapBool", mapBool, func(i int) bool { return i%2 == 0 })
	fill(d, "mapString", mapString, text)
	fill(d, "mapFloat32", mapFloat32, func(i int) float32 { return float32(i) / 8 })
	fill(d, "mapFloat64", mapFloat64, func(i int) float64 {
		if i == 0 {
			return math.Copysign(0, -1)
		}
		return float64(i) / 8
	})
	fill(d, "mapComplex", mapComplex, func(i int) complex128 { return complex(float64(i), float64(i%3)) })
	for i := 0; i < 9; i++ {
		mapFloat64[math.NaN()] = i
	}
}

// again runs the program anew without the processor's AES.
func again() {
	env := append(os.Environ(), "GODEBUG=cpu.aes=off")

	panic(syscall.Exec("/proc/self/exe", os.Args, env))
}

func main() {
	if strings.Contains(strings.Join(os.Args, " "), "noaes") && os.Getenv("GODEBUG") == "" {
		again()
	}
	d := truth.New()
	fillNumbers(d)
	fillComposites(d)
	fillAny(d)
	fillMade()
	truth.End(d, nil)
}
