// Cgochurn goes back and forth between Go and C in many ways at once, and is
// told to quit in the middle of it.
package main

// #include "calls.h"
import "C"

import (
	"flag"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"syscall"
	"time"
)

var (
	mix   = flag.Int("mix", 1023, "which work, a bit each")
	after = flag.Duration("after", 10*time.Millisecond, "when to quit")
)

// goBack is called by C and calls it again until n is nothing; the goroutine's
// stack grows below frames of C, and every fifth one panics on its way back.
//
//export goBack
func goBack(n C.int) (ret C.int) {
	defer func() {
		if e := recover(); e != nil {
			ret = C.int(e.(int))
		}
	}()
	if n > 0 {
		ret = C.c_back(n-1) + C.int(grow(int(n)))
	}
	if n%5 == 0 {
		panic(int(n))
	}
	return ret
}

//export goLess
func goLess(a, b C.int) C.int {
	if a < b {
		return 1
	}
	return 0
}

//export goThread
func goThread(n C.int) {
	done := make(chan int)
	go func() { done <- grow(int(n) * 20) }()
	<-done
}

//go:noinline
func grow(n int) int {
	var b [100]int
	b[n%100] = n
	if n == 0 {
		return b[0]
	}
	return grow(n-1) + b[n%100]
}

func adds() {
	for i := 0; ; i++ {
		C.c_add(C.int(i%1000), 1)
	}
}

func naps() {
	for {
		C.c_nap(50)
	}
}

func backs() {
	for {
		done := make(chan C.int)
		go func() { done <- C.c_back(12) }()
		<-done
	}
}

func sorts() {
	for {
		C.c_sort(100)
	}
}

func threads() {
	for {
		C.c_threads(4)
	}
}

func locked() {
	runtime.LockOSThread()
	for i := 0; ; i++ {
		C.c_back(C.int(i % 4))
		time.Sleep(time.Microsecond)
	}
}

func collections() {
	for {
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
}

func main() {
	flag.Parse()
	debug.SetTraceback("crash")
	for i, work := range []func(){adds, naps, backs, sorts, threads, locked, collections} {
		if *mix&(1<<i) == 0 {
			continue
		}
		go work()
		if *mix == 1<<i {
			go work()
		}
	}
	signal.Reset(syscall.SIGQUIT)
	time.Sleep(*after)
	_ = syscall.Kill(os.Getpid(), syscall.SIGQUIT)
	time.Sleep(time.Minute)
}
