// Cgodeaths ends where Go and C call each other.
package main

// #include "calls.h"
import "C"

import (
	"flag"
	"fmt"
	"os"
	"runtime/debug"
	"time"

	"vole.test/targets/truth"
)

var deaths = map[string]func(){
	"segv":     func() { C.c_segv(1) },
	"abort":    func() { C.c_abort(2) },
	"callback": func() { goCallsC(3) },
	"gopanic":  func() { goCallsC(-3) },
	"cthread":  func() { C.c_thread(4) },
	"other":    func() { inOther() },
}

func main() {
	flag.Parse()
	die, ok := deaths[*truth.How]
	if !ok {
		fmt.Fprintln(os.Stderr, "cgodeaths: no such death:", *truth.How)
		os.Exit(2)
	}
	debug.SetTraceback("crash")
	d := truth.New()
	d.Note("death", *truth.How)
	d.Print()
	// Others wait in C and in Go that C called.
	go func() { C.c_sleep(60) }()
	go func() { C.c_call(waitInGo, 60) }()
	time.Sleep(30 * time.Millisecond)
	die()
}

// inOther dies in C that another goroutine called.
func inOther() {
	go func() { C.c_segv(5) }()
	<-make(chan int)
}

const waitInGo = 1000

//go:noinline
func goCallsC(n int) { C.c_call(C.int(n), 0) }

// goCallback is called by C. A negative number panics in Go, a positive one
// goes on to C and dies there.
//
//export goCallback
func goCallback(n C.int) {
	switch {
	case n == waitInGo:
		<-make(chan int)
	case n < 0:
		panic(fmt.Sprintf("callback of %d", n))
	}
	C.c_segv(n)
}

// goThread is called by a thread that C made.
//
//export goThread
func goThread(n C.int) {
	panic(fmt.Sprintf("thread of %d", n))
}
