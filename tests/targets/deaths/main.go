// Deaths ends in the way it is told to, each of them a kind of crash that
// people meet. What the runtime says on stderr is the truth about its stacks.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"syscall"
	"time"
	"unsafe"

	"vole.test/targets/truth"
)

var deaths = map[string]func(){
	"panic":    panics,
	"nested":   nests,
	"nil":      derefs,
	"nilfunc":  callsNil,
	"index":    indexes,
	"fault":    faults,
	"race":     races,
	"deadlock": deadlocks,
	"goexit":   goexits,
	"overflow": overflows,
	"quit":     quits,
	"kill":     truth.Kill,
}

func main() {
	flag.Parse()
	die, ok := deaths[*truth.How]
	if !ok {
		fmt.Fprintln(os.Stderr, "deaths: no such death:", *truth.How)
		os.Exit(2)
	}
	debug.SetTraceback("crash")
	d := truth.New()
	d.Note("death", *truth.How)
	d.Print()
	die()
}

// accountError is an error of its own, as people write them.
type accountError struct {
	Account string
	Code    int
	cause   error
}

func (e *accountError) Error() string {
	return fmt.Sprintf("account %s: code %d: %v", e.Account, e.Code, e.cause)
}

func (e *accountError) Unwrap() error { return e.cause }

var errLocked = errors.New("account is locked")

func panics() {
	// Some goroutines beside, one of which waits in a deferred call.
	for i := 0; i < 3; i++ {
		go waits(i)
	}
	time.Sleep(10 * time.Millisecond)
	withdraw(&account{Name: "ada", Balance: 7}, 12)
}

type account struct {
	Name    string
	Balance int
}

//go:noinline
func withdraw(a *account, amount int) {
	defer func() { a.Balance = 0 }()
	if a.Balance < amount {
		cause := &accountError{a.Name, a.Balance - amount, errLocked}
		panic(fmt.Errorf("withdraw %d: %w", amount, cause))
	}
}

func waits(n int) {
	defer func() {
		<-make(chan int, n)
	}()
	runtime.Gosched()
}

// nests panics in deferred calls; one of the panics is recovered on the way.
func nests() {
	defer func() {
		defer func() {
			if r := recover(); r != nil {
				panic(fmt.Sprint("again: ", r))
			}
		}()
		panic(&accountError{"grace", 2, errLocked})
	}()
	recovered()
	panic("first")
}

func recovered() {
	defer func() { _ = recover() }()
	panic("nobody sees this one")
}

func derefs() {
	list := []*account{{Name: "ada"}, nil}
	keep(sum(list))
}

// sum is inlined in optimized programs: the fault is in an inlined call.
func sum(list []*account) int {
	ret := 0
	for _, a := range list {
		ret += a.Balance
	}
	return ret
}

var hook func(int) int

func callsNil() {
	keep(callHook(3))
}

//go:noinline
func callHook(n int) int {
	near := map[int]int{n: 1} // does not escape
	return hook(n) + near[n]
}

func indexes() {
	list := []int{1, 2, 3}
	keep(at(list, len(os.Args)+2))
}

//go:noinline
func at(list []int, i int) int {
	return list[i]
}

// faults reads where nothing can be mapped.
func faults() {
	address := uintptr(0xdeadbeef000)
	keep(**(**int)(unsafe.Pointer(&address)))
}

// races writes a map from several goroutines, which the runtime notices.
func races() {
	m := map[int]int{}
	for i := 0; i < 4; i++ {
		go writes(m, i)
	}
	writes(m, 4)
}

//go:noinline
func writes(m map[int]int, first int) {
	for i := 0; ; i++ {
		m[first+i%100] = i
	}
}

func deadlocks() {
	answer := make(chan int)
	for i := 0; i < 3; i++ {
		go waits(i)
	}
	keep(<-answer)
}

// goexits ends the main goroutine and leaves the others in a deadlock.
func goexits() {
	go waits(0)
	runtime.Goexit()
}

func overflows() {
	debug.SetMaxStack(256 << 10)
	keep(recurse(1))
}

//go:noinline
func recurse(n int) int {
	var buffer [64]int

	buffer[n%64] = recurse(n + 1)
	return buffer[n%64] + n
}

// quits gets its signal while one goroutine computes and others wait.
func quits() {
	for i := 0; i < 3; i++ {
		go waits(i)
	}
	go computes()
	time.Sleep(30 * time.Millisecond)
	signal.Reset(syscall.SIGQUIT)
	_ = syscall.Kill(os.Getpid(), syscall.SIGQUIT)
	time.Sleep(time.Minute)
}

var number int

//go:noinline
func computes() {
	for {
		number++
	}
}

//go:noinline
func keep(n int) { number = n }
