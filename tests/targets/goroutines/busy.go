package main

import (
	"runtime"
	"sync/atomic"
)

// startBusy starts what always would like to run. There are more of them than
// processors, so most are runnable, wherever they were interrupted.
func startBusy() {
	go spin(expect("tight loop", "running", "runnable"), 11)
	go spin(expect("tight loop too", "running", "runnable"), 12)
	go spinInlined(expect("tight inlined loop", "running", "runnable"))
	go spinCalling(expect("loop with calls", "running", "runnable"), 13)
	go yield(expect("yield", "running", "runnable"))
	lockedSpin := expect("locked loop", "running", "runnable")
	go func() {
		runtime.LockOSThread()
		spin(lockedSpin, 14)
	}()
}

// startFresh starts goroutines that may never have run when all ends.
func startFresh() {
	for i := 0; i < 5; i++ {
		go fresh(i)
		n := i
		go func() { fresh(n) }()
	}
}

var turns int64

// spin has no call in its loop: only a signal stops it.
//
//go:noinline
func spin(t *task, limit int) {
	t.start()
	for atomic.LoadInt64(&turns) < int64(limit) {
	}
	keep(limit)
}

func spinInlined(t *task) {
	t.start()
	for !enough() {
	}
	keep(t)
}

func enough() bool {
	return atomic.LoadInt64(&turns) > 1000
}

func spinCalling(t *task, limit int) {
	t.start()
	for !enoughCalled(limit) {
	}
	keep(limit)
}

// enoughCalled has a frame large enough for a check of the stack.
//
//go:noinline
func enoughCalled(limit int) bool {
	var buffer [256]byte

	buffer[limit] = byte(turns)
	return checksum(&buffer) > 1000
}

//go:noinline
func checksum(buffer *[256]byte) int {
	sum := 0
	for _, b := range buffer {
		sum += int(b)
	}
	return sum
}

func yield(t *task) {
	t.start()
	for !enough() {
		runtime.Gosched()
	}
}

//go:noinline
func fresh(n int) {
	keep(n, <-empty)
}
