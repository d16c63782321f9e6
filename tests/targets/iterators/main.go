// Iterators has goroutines that wait inside range loops over maps.
package main

import (
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"unsafe"

	"vole.test/targets/truth"
)

var (
	mapSmall   = map[string]int{"a": 1, "b": 2, "c": 3}
	mapLarge   = map[int]int{}
	mapStrings = map[string]int{}
	mapGrown   = map[int]int{}
	mapTwice   = map[int]int{}
	mapEnded   = map[int]int{}
	mapNever   = map[int]int{1: 1}
	// Filled to the brim: the next entry makes them grow.
	mapOnce     = map[int]int{}
	mapMore     = map[int]string{}
	mapBegun    = map[int]int{}
	mapDuring   = map[int]int{}
	mapDuringS  = map[string]string{}
	mapLeft     = map[int]int{}
	mapReused   = map[int]int{1: 1}
	mapCleared  = map[int]int{}
	mapDeleted  = map[int]int{}
	mapBig      = map[[20]int][20]int{} // keys and elements lie elsewhere
	mapBigAgain = map[[20]int]int{}
	mapBigFew   = map[[20]int]int{}
	mapBigElem  = map[int][20]int{}
	mapReflect  = make(map[string]int, 50)
	mapHeld     = map[int]int{}
	mapGlobal   = map[int]int{}
	mapKeys     = map[int]int{}

	// Iterators that are in no frame.
	onHeap   *reflect.MapIter
	inHolder *holder
	inGlobal reflect.MapIter

	// Where the loops stand and how many entries they have not seen.
	atLarge, leftLarge      int
	leftSmall, leftStrings  int
	leftOuter, leftInner    int
	seenEnded               int
	leftOnce, leftMore      int
	leftBegun, leftCleared  int
	leftDuring, leftDuringS int
	leftDeleted             int
	leftBig, leftBigFew     int
	leftBigElem             int
	leftReflect, leftHeld   int
	leftGlobal, leftKeys    int

	ready   sync.WaitGroup
	forever = make(chan int)
	leave   = make(chan int)
	left    sync.WaitGroup
)

func park() {
	ready.Done()
	<-forever
}

//go:noinline
func walkSmall() {
	n := 0
	for range mapSmall {
		if n++; n == 2 {
			leftSmall = len(mapSmall) - n
			park()
		}
	}
}

//go:noinline
func walkLarge() {
	n := 0
	for k := range mapLarge {
		if n++; n == 300 {
			atLarge, leftLarge = k, len(mapLarge)-n
			park()
		}
	}
}

//go:noinline
func walkStrings() {
	n := 0
	for k, v := range mapStrings {
		if n++; n == 7 {
			leftStrings = len(mapStrings) - n
			park()
			println(k, v)
		}
	}
}

//go:noinline
func walkGrown() {
	n := 0
	for k := range mapGrown {
		if n++; n == 3 {
			for i := 0; i < 5000; i++ {
				mapGrown[k+i*1000] = i
			}
			park()
		}
	}
}

//go:noinline
func walkTwice() {
	n, m := 0, 0
	for range mapTwice {
		if n++; n < 5 {
			continue
		}
		leftOuter = len(mapTwice) - n
		for range mapTwice {
			if m++; m == 80 {
				leftInner = len(mapTwice) - m
				park()
			}
		}
	}
}

//go:noinline
func walkEnded() {
	for range mapEnded {
		seenEnded++
	}
	park()
}

// holder has an iterator among other things.
type holder struct {
	before [3]int
	it     reflect.MapIter
	after  string
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

// minor is the release, of Go 1.18 on.
func minor() (ret int) {
	fmt.Sscanf(runtime.Version(), "go1.%d", &ret)
	return ret
}

func classic() bool {
	return minor() <= 23 || strings.Contains(runtime.Version(), "noswissmap")
}

// brim is how many entries a map of 16 buckets, or a table of 128 slots, takes
// before it grows.
func brim() int {
	switch {
	case minor() == 21:
		return 96 // six for each bucket, by a rounding error
	case classic():
		return 104
	}
	return 112
}

func isGrowing(m map[int]int) bool {
	return classic() && (*(**hmap)(unsafe.Pointer(&m))).oldbuckets != nil
}

// walkOnce lets its map grow to the double, all of it.
//
//go:noinline
func walkOnce() {
	n := 0
	for range mapOnce {
		if n++; n == 20 {
			leftOnce = len(mapOnce) - n
			mapOnce[-1] = 0
			for i := -2; isGrowing(mapOnce); i-- {
				mapOnce[i] = 0
			}
			park()
		}
	}
}

// walkMore lets its map grow to four times its size; the runtime collects
// garbage while the loop still goes through what the map had first.
//
//go:noinline
func walkMore() {
	n := 0
	for range mapMore {
		if n++; n == 20 {
			leftMore = len(mapMore) - n
			for i := 1; i <= 300; i++ {
				mapMore[-i] = "more"
			}
			runtime.GC()
			runtime.GC()
			park()
		}
	}
}

// walkBegun stops when its map has just begun to grow.
//
//go:noinline
func walkBegun() {
	n := 0
	for range mapBegun {
		if n++; n == 20 {
			leftBegun = len(mapBegun) - n
			mapBegun[-1] = 0
			park()
		}
	}
}

// walkDuring has a loop that began while its map was growing.
//
//go:noinline
func walkDuring() {
	n := 0
	for range mapDuring {
		if n++; n == 30 {
			leftDuring = len(mapDuring) - n
			park()
		}
	}
}

//go:noinline
func walkDuringS() {
	n := 0
	for range mapDuringS {
		if n++; n == 40 {
			leftDuringS = len(mapDuringS) - n
			park()
		}
	}
}

// walkLeft leaves its loop early; then what it went through is collected.
//
//go:noinline
func walkLeft() {
	n := 0
	for range mapLeft {
		if n++; n == 20 {
			for i := 1; i <= 300; i++ {
				mapLeft[-i] = i
			}
			break
		}
	}
	ready.Done()
	<-leave
	runtime.GC()
	runtime.GC()
	left.Done()
	<-forever
}

// empty is what compilers make a clear() of.
func empty(m map[int]int) {
	for k := range m {
		delete(m, k)
	}
}

//go:noinline
func walkCleared() {
	n := 0
	for range mapCleared {
		if n++; n == 20 {
			empty(mapCleared)
			leftCleared = 0
			park()
		}
	}
}

//go:noinline
func walkDeleted() {
	n := 0
	for k := range mapDeleted {
		if n++; n == 20 {
			delete(mapDeleted, k)
			leftDeleted = len(mapDeleted) - n + 1
			park()
		}
	}
}

// walkReused inserts another entry where the one was that it was given.
//
//go:noinline
func walkReused() {
	for k := range mapReused {
		delete(mapReused, k)
		mapReused[k+1] = 2
		park()
	}
}

//go:noinline
func walkBig() {
	n := 0
	for k := range mapBig {
		if n++; n == 20 {
			delete(mapBig, k)
			leftBig = len(mapBig) - n + 1
			park()
		}
	}
}

// walkBigAgain inserts again what it deleted: the key lies elsewhere then.
//
//go:noinline
func walkBigAgain() {
	n := 0
	for k, v := range mapBigAgain {
		if n++; n == 20 {
			delete(mapBigAgain, k)
			mapBigAgain[k] = v
			park()
		}
	}
}

//go:noinline
func walkBigFew() {
	n := 0
	for k := range mapBigFew {
		if n++; n == 2 {
			delete(mapBigFew, k)
			leftBigFew = len(mapBigFew) - n + 1
			park()
		}
	}
}

//go:noinline
func walkBigElem() {
	n := 0
	for k := range mapBigElem {
		if n++; n == 20 {
			delete(mapBigElem, k)
			leftBigElem = len(mapBigElem) - n + 1
			park()
		}
	}
}

func step(it *reflect.MapIter, count int) {
	for i := 0; i < count; i++ {
		it.Next()
	}
}

// reflected makes iterators that lie elsewhere than in a frame.
func reflected() {
	onHeap = reflect.ValueOf(mapReflect).MapRange()
	step(onHeap, 5)
	leftReflect = len(mapReflect) - 5
	inHolder = &holder{before: [3]int{1, 2, 3}, after: "after"}
	inHolder.it.Reset(reflect.ValueOf(mapHeld))
	step(&inHolder.it, 7)
	leftHeld = len(mapHeld) - 7
	inGlobal.Reset(reflect.ValueOf(mapGlobal))
	step(&inGlobal, 9)
	leftGlobal = len(mapGlobal) - 9
}

func fill(m map[int]int, count int) {
	for i := 0; i < count; i++ {
		m[i*17] = i
	}
}

func main() {
	fill(mapLarge, 1000)
	fill(mapGrown, 100)
	fill(mapTwice, 90)
	fill(mapEnded, 100)
	for i := 0; i < 2000; i++ {
		mapStrings[string(rune('a'+i%26))+string(rune(0x4e00+i))] = i
	}
	for _, m := range []map[int]int{mapOnce, mapBegun, mapLeft, mapDuring} {
		fill(m, brim())
	}
	mapDuring[-1] = 1
	for i := 0; i < 2*brim()+5; i++ {
		mapDuringS[fmt.Sprint("key", i)] = "value"
	}
	for i := 0; i < brim(); i++ {
		mapMore[i] = "first"
	}
	for _, m := range []map[int]int{mapCleared, mapDeleted, mapHeld, mapGlobal, mapKeys} {
		fill(m, 300)
	}
	for i := 0; i < 300; i++ {
		mapBig[[20]int{i}] = [20]int{i}
		mapBigAgain[[20]int{i}] = i
		mapBigElem[i] = [20]int{i}
	}
	for i := 0; i < 4; i++ {
		mapBigFew[[20]int{i}] = i
	}
	for i := 0; i < 50; i++ {
		mapReflect[fmt.Sprint("key", i)] = i
	}
	reflected()
	pull()
	walks := []func(){walkOnce, walkMore, walkBegun, walkDuring, walkDuringS, walkLeft, walkCleared, walkDeleted,
		walkReused, walkBig, walkBigAgain, walkBigFew, walkBigElem,
		walkSmall, walkLarge, walkStrings, walkGrown, walkTwice, walkEnded}
	ready.Add(len(walks))
	left.Add(1)
	for _, walk := range walks {
		go walk()
	}
	ready.Wait()
	d := truth.New()
	d.Var("main.atLarge", &atLarge)
	d.Var("main.leftLarge", &leftLarge)
	d.Var("main.leftSmall", &leftSmall)
	d.Var("main.leftStrings", &leftStrings)
	d.Var("main.leftOuter", &leftOuter)
	d.Var("main.leftInner", &leftInner)
	d.Var("main.leftOnce", &leftOnce)
	d.Var("main.leftMore", &leftMore)
	d.Var("main.leftBegun", &leftBegun)
	d.Var("main.leftDuring", &leftDuring)
	d.Var("main.leftDuringS", &leftDuringS)
	d.Var("main.leftCleared", &leftCleared)
	d.Var("main.leftDeleted", &leftDeleted)
	d.Var("main.leftBig", &leftBig)
	d.Var("main.leftBigFew", &leftBigFew)
	d.Var("main.leftBigElem", &leftBigElem)
	d.Var("main.leftReflect", &leftReflect)
	d.Var("main.leftHeld", &leftHeld)
	d.Var("main.leftGlobal", &leftGlobal)
	d.Var("main.leftKeys", &leftKeys)
	if pulls {
		d.Note("pulls", "yes")
	}
	// What is collected here would be used again for what is told.
	truth.Tell(d)
	close(leave)
	left.Wait()
	panic("truth is told")
}
