// Slices has slices, strings and pointers into each other's arrays, tells what
// append would give them and dies.
package main

import (
	"os"
	"runtime/debug"
	"strings"
	"time"
	"unsafe"

	"vole.test/targets/truth"
)

type holder struct {
	name string
	part []int
	next *holder
}

type record struct {
	id   int64
	name string
}

// One array, many views.
var (
	base   = numbers(10, 16)
	left   = base[:4]
	right  = base[4:8]
	cut    = base[2:3:3]
	held   = &holder{name: "held", part: base[8:10], next: &holder{part: base[:1:1]}}
	fourth = &base[4]
	alone  = numbers(3, 3)
)

// Bytes that strings stand on.
var (
	buffer = []byte(strings.Repeat("vole sees all. ", 20))
	forged = unsafeString(buffer[5:13])
	text   = strings.Repeat("copied text ", 30)
	word   = text[7:11]
)

// A header that claims more than its array has.
var forgedSlice []int //truth:skip

// What append makes of full slices: cap of the result in the variable behind.
var (
	huge        = make([]byte, 33_000)
	ints100     = make([]int, 100)
	ints100Next = cap(append(ints100, 1))
	ints300     = make([]int, 300) //truth:skip
	ints300Next = cap(append(ints300, 1))
	ints5k      = make([]int, 5000) //truth:skip
	ints5kNext  = cap(append(ints5k, 1))
	bytes33     = make([]byte, 33)
	bytes33Next = cap(append(bytes33, 1))
	bytes40     = make([]byte, 40000) //truth:skip
	bytes40Next = cap(append(bytes40, 1))
	ptrs70      = make([]*int, 70)
	ptrs70Next  = cap(append(ptrs70, nil))
	ptrs600     = make([]*int, 600) //truth:skip
	ptrs600Next = cap(append(ptrs600, nil))
	words17     = make([]string, 17)
	words17Next = cap(append(words17, ""))
	recs9       = make([]record, 9)
	recs9Next   = cap(append(recs9, record{}))
	recs900     = make([]record, 900) //truth:skip
	recs900Next = cap(append(recs900, record{}))
	triples     = make([][3]int32, 11)
	triplesNext = cap(append(triples, [3]int32{}))
	tiny5       = make([]byte, 5)
	tiny5Next   = cap(append(tiny5, 1))
	nothing     = make([]struct{}, 7)
	nothingNext = cap(append(nothing, struct{}{}))
	ints255     = make([]int, 255) //truth:skip
	ints255Next = cap(append(ints255, 1))
	ints256     = make([]int, 256) //truth:skip
	ints256Next = cap(append(ints256, 1))
	large       = make([]int64, 1<<17) //truth:skip
	largeNext   = cap(append(large, 1))
	numbers12   [12]int
	ofArray     = numbers12[2:5:5]
	ofArrayNext = cap(append(ofArray, 1))
)

// numbers makes its array on the heap.
//
//go:noinline
func numbers(n, room int) []int {
	ret := make([]int, n, room)
	for i := range ret {
		ret[i] = i
	}
	return ret
}

func unsafeString(bytes []byte) string {
	return *(*string)(unsafe.Pointer(&bytes))
}

// waits keeps a view on its stack alone.
//
//go:noinline
func waits(started chan bool, mine []int, block chan int) {
	started <- true
	n := <-block
	mine[n] = n
	os.Stderr.WriteString(string(rune('0' + len(mine))))
}

var appended []byte

// appends ends the program when the array is full. From Go 1.26 on the compiler
// keeps it in the frame while it has up to 32 bytes.
//
//go:noinline
func appends(n int, end func()) []byte {
	var mine []byte
	for i := 0; i < n; i++ {
		mine = append(mine, byte(i))
		if cap(mine) == len(mine) && len(mine) == 16 {
			end()
		}
	}
	return mine
}

func main() {
	started := make(chan bool)
	debug.SetGCPercent(-1) // a smaller stack would be another
	go waits(started, base[5:9:12], make(chan int))
	<-started
	time.Sleep(20 * time.Millisecond)
	forgedSlice = alone
	(*[3]int)(unsafe.Pointer(&forgedSlice))[2] = 1000
	makeStrings()
	makeHolders()
	startFrames()

	d := truth.New()
	describeVars(d)
	appended = appends(100, func() {
		truth.Tell(d)
		startWhirl()
		quit()
	})
}
