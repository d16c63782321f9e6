package truth

import (
	"flag"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"syscall"
	"time"
	"unsafe"
)

var (
	// How is the word of the command line.
	How  = flag.String("die", "panic", "how to end: panic, nil, quit, kill or exit")
	wait = flag.Bool("wait", false, "stay alive, changing what -wait changes")
)

// Ticks grows while a program waits, so that a test of a live process can see
// memory change under it.
var Ticks int

var nowhere *int

// Tell prints the document for a program that dies in a way of its own.
func Tell(d *Document) {
	flag.Parse()
	debug.SetTraceback("crash")
	// A collection in between would be harmless, but the fewer differences
	// between what was said and what died the better.
	debug.SetGCPercent(-1)
	d.Print()
}

// End prints the document and then dies the way the command line asks.
// Everything said stays reachable until the last moment.
func End(d *Document, tick func()) {
	Tell(d)
	if *wait {
		live(tick)
	}
	switch *How {
	case "nil":
		*nowhere = 1
	case "quit":
		signal.Reset(syscall.SIGQUIT)
		_ = syscall.Kill(os.Getpid(), syscall.SIGQUIT)
		time.Sleep(time.Minute)
	case "kill":
		Kill()
	case "exit":
		os.Exit(0)
	}
	panic("truth is told")
}

// Kill lets the kernel end the process: the runtime is not asked, so it neither
// stops the other threads nor prints their stacks.
func Kill() {
	// struct sigaction of the kernel: SIG_DFL, no flags, no mask.
	var action [4]uintptr

	_, _, errno := syscall.RawSyscall6(syscall.SYS_RT_SIGACTION, uintptr(syscall.SIGABRT),
		uintptr(unsafe.Pointer(&action)), 0, 8, 0, 0)
	if errno != 0 {
		panic(errno)
	}
	_ = syscall.Kill(os.Getpid(), syscall.SIGABRT)
	time.Sleep(time.Minute)
}

// live runs until it is killed. Ticked is where a debugger puts a breakpoint.
func live(tick func()) {
	for {
		time.Sleep(20 * time.Millisecond)
		Ticked(tick)
	}
}

// Ticked makes one change.
//
//go:noinline
func Ticked(tick func()) {
	Ticks++
	if tick != nil {
		tick()
	}
	runtime.KeepAlive(tick)
}
