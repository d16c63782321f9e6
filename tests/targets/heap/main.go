// Heap fills the heap with objects whose places and pointers it knows, has it
// collected, and dies right after it read the runtime's own statistics.
package main

import (
	"encoding/json"
	"reflect"
	"runtime"
	"strconv"
	"unsafe"

	"vole.test/targets/truth"
)

// Target is what holders point at; nothing else does but the list of targets.
type Target struct {
	number int
	text   [40]byte
}

// Mixed has words that look like the pointer between them.
type Mixed struct {
	before uintptr
	p      *Target
	after  uintptr
}

// Holder is an object all of whose words hold the address of one target.
type Holder struct {
	Base    string  `json:"base"`
	Size    uintptr `json:"size"`
	Pattern string  `json:"pattern"` // all, mixed, none: which are pointers
	Target  string  `json:"target"`
	Kept    string  `json:"kept"`   // where the pointer to the holder is
	Listed  string  `json:"listed"` // where the other pointer to the target is
}

// Finalized has a finalizer, which is a closure.
type Finalized struct {
	p     *Target
	other [8]uintptr
}

const room = 1024

var (
	stats   runtime.MemStats
	holders = make([]unsafe.Pointer, 0, room)
	targets = make([]*Target, 0, room)
	told    []Holder

	tinyA, tinyB *int16
	final        *Finalized
	parked       = make(chan *Target)
)

func hex(addr uintptr) string { return "0x" + strconv.FormatUint(uint64(addr), 16) }

// hold fills an object of so many words with the address of a target.
func hold(base unsafe.Pointer, words uintptr, pattern string) {
	target := &Target{number: len(targets)}
	targets = append(targets, target)
	holders = append(holders, base)
	for i := uintptr(0); i < words; i++ {
		word := unsafe.Pointer(uintptr(base) + i*8)
		if pattern == "all" || pattern == "mixed" && i%3 == 1 {
			*(**Target)(word) = target
		} else {
			*(*uintptr)(word) = uintptr(unsafe.Pointer(target))
		}
	}
	told = append(told, Holder{hex(uintptr(base)), words * 8, pattern,
		hex(uintptr(unsafe.Pointer(target))),
		hex(uintptr(unsafe.Pointer(&holders[len(holders)-1]))),
		hex(uintptr(unsafe.Pointer(&targets[len(targets)-1])))})
}

// fill makes objects of all size classes and some larger ones.
func fill() {
	mixed := reflect.TypeOf(Mixed{})
	for words := 2; words < 9000; words += 1 + words/8 {
		plain := make([]uintptr, words)
		hold(unsafe.Pointer(&plain[0]), uintptr(words), "none")
		pointers := make([]*Target, words)
		hold(unsafe.Pointer(&pointers[0]), uintptr(words), "all")
		if words < 3 {
			continue
		}
		slice := make([]Mixed, words/3)
		hold(unsafe.Pointer(&slice[0]), uintptr(words/3*3), "mixed")
		array := reflect.New(reflect.ArrayOf(words/3, mixed))
		hold(unsafe.Pointer(array.Pointer()), uintptr(words/3*3), "mixed")
	}
	static := new([1000]Mixed)
	hold(unsafe.Pointer(static), 3000, "mixed")
	small := new([12]Mixed)
	hold(unsafe.Pointer(small), 36, "mixed")
	one := new(*Target)
	hold(unsafe.Pointer(one), 1, "all")
	large := new([1 << 17]*Target)
	hold(unsafe.Pointer(large), 1<<17, "all")
}

// free says where objects were that nothing points at any more.
//
//go:noinline
func free() []string {
	var ret []string

	for i := 0; i < 40; i++ {
		gone := make([]*Target, 300)
		ret = append(ret, hex(uintptr(unsafe.Pointer(&gone[0]))))
	}
	return ret
}

//go:noinline
func finalize() string {
	final = &Finalized{p: &Target{number: -1}}
	witness := &Target{number: -2}
	finalizer := func(f *Finalized) { f.p = witness }
	runtime.SetFinalizer(final, finalizer)
	return hex(*(*uintptr)(unsafe.Pointer(&finalizer)))
}

// park keeps a target on its stack alone.
//
//go:noinline
func park(ready chan string) {
	mine := &Target{number: -3}
	ready <- hex(uintptr(unsafe.Pointer(mine)))
	parked <- mine
	runtime.KeepAlive(mine)
}

func describe(d *truth.Document) {
	ready := make(chan string)
	d.Note("closure", finalize())
	go park(ready)
	d.Note("parked", <-ready)
	gone, _ := json.Marshal(free())
	d.Note("gone", string(gone))
	tinyA, tinyB = new(int16), new(int16)
	d.Note("tiny", hex(uintptr(unsafe.Pointer(tinyA))))
	fill()
	list, _ := json.Marshal(told)
	d.Note("holders", string(list))
	told = nil
}

func main() {
	d := truth.New()
	describe(d)
	runtime.GC()
	truth.Tell(d)
	d = nil
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&stats)
	truth.Kill()
}
