package main

import (
	"runtime"
	"sort"
	"strings"

	"vole.test/targets/goroutines/other"
)

func startCalls() {
	go inlinedOuter(expect("inlined", "chan receive"), 3)
	go deep(expect("deep", "chan receive"), 5000)
	go mutualA(expect("mutual recursion", "chan receive"), 30)
	go throughSort(expect("through sort", "chan receive"))
	go throughMap(expect("through strings.Map", "chan receive"))

	queue := other.Queue{Name: "q", Jobs: make(chan int)}
	t := expect("method of another package", "chan receive")
	t.on("receive", address(queue.Jobs))
	go queue.Take(t.start)
	t = expect("method value", "chan receive")
	take := queue.Take
	go take(t.start)
	t = expect("method expression", "chan receive")
	wait := other.Queue.Wait
	go wait(queue, t.start)
	// The runtime has a wrapper for (*embedder).Wait.
	t = expect("promoted method", "chan receive")
	var w waiter = &embedder{Queue: queue}
	go w.Wait(t.start)

	go deferred(expect("deferred", "chan receive"))
	go deferredMethod(expect("deferred method", "chan receive"))
	go deferredInLoop(expect("deferred in a loop", "chan receive"))
	go goexits(expect("goexit", "chan receive"))

	t = expect("closure", "chan receive")
	text, number := "captured", 5
	t.local("main.startCalls.func", "text", [1]string{text})
	go func() {
		inner := number * 2
		t.start()
		func() {
			<-empty
			keep(inner, text)
		}()
		number++
	}()
	finalized(expect("finalizer", "chan receive"))
}

type waiter interface {
	Wait(func()) int
}

// embedder has Queue's methods, by wrappers.
type embedder struct {
	Other int
	other.Queue
}

//go:noinline
func inlinedOuter(t *task, n int) {
	t.start()
	keep(inlinedOne(n) + 1)
}

func inlinedOne(n int) int {
	return inlinedTwo(n+1) + 1
}

func inlinedTwo(n int) int {
	block := func(m int) int {
		return inlinedThree(m * 2)
	}
	return block(n + 1)
}

func inlinedThree(n int) int {
	return notInlined(n) + n
}

//go:noinline
func notInlined(n int) int {
	other.Each([]int{n}, func(int) { inlinedReceive() })
	return n
}

func inlinedReceive() {
	<-empty
}

// deep is deeper than what the runtime prints of a stack.
func deep(t *task, n int) int {
	if n == 0 {
		t.start()
		return <-empty
	}
	return deep(t, n-1) + n
}

//go:noinline
func mutualA(t *task, n int) int {
	if n == 0 {
		t.start()
		return <-empty
	}
	return mutualB(t, n-1) + 1
}

//go:noinline
func mutualB(t *task, n int) int {
	return mutualA(t, n) + 2
}

func throughSort(t *task) {
	list := []int{3, 1, 2}
	t.local("main.throughSort", "list", [1][]int{[]int{3, 1, 2}})
	sort.Slice(list, func(i, j int) bool {
		t.start()
		<-empty
		return list[i] < list[j]
	})
	keep(list)
}

func throughMap(t *task) {
	keep(strings.Map(func(r rune) rune {
		t.start()
		<-empty
		return r
	}, "text"))
}

func deferred(t *task) {
	last := "last"
	defer func() {
		t.start()
		<-empty
		keep(last)
	}()
	t.local("main.deferred", "last", [1]string{last})
	keep(t)
}

func deferredMethod(t *task) {
	q := &other.Queue{Jobs: empty}
	defer q.Take(t.start)
	keep(q)
}

// deferredInLoop has defers that are not open-coded.
func deferredInLoop(t *task) {
	for i := 0; i < 3; i++ {
		defer func(n int) {
			if n == 1 {
				t.start()
				<-empty
			}
		}(i)
	}
}

func goexits(t *task) {
	defer func() {
		t.start()
		<-empty
	}()
	runtime.Goexit()
}

type finalizable struct{ words [8]int }

// finalized blocks the goroutine that runs all finalizers.
func finalized(t *task) {
	func() {
		it := &finalizable{}
		runtime.SetFinalizer(it, func(it *finalizable) {
			t.start()
			<-empty
		})
		keep()
	}()
	runtime.GC()
}
