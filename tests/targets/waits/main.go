// Waits has goroutines that lock each other out, and some that nothing can
// ever wake beside others that wait for the same kinds of things in vain only
// so far. It tells who is who and dies.
package main

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"vole.test/targets/truth"
)

type task struct {
	truth.Goroutine
	wanted string // part of the state it must come to
}

var (
	lock  sync.Mutex
	tasks []*task
)

// start is called in the goroutine.
func start(name, wanted string) {
	var header [64]byte
	t := &task{wanted: wanted}
	t.Name = name
	text := string(header[:runtime.Stack(header[:], false)])
	if _, err := fmt.Sscanf(text, "goroutine %d ", &t.ID); err != nil {
		panic(err)
	}
	lock.Lock()
	tasks = append(tasks, t)
	lock.Unlock()
}

// --- who locks whom out -----------------------------------------------------

type account struct {
	sync.Mutex
	name    string
	balance int
}

// transfer takes two locks; another takes them the other way round.
//
//go:noinline
func transfer(name string, from, to *account, both *sync.WaitGroup) {
	start(name, "Mutex.Lock|semacquire")
	from.Lock()
	defer from.Unlock()
	both.Done()
	both.Wait()
	to.Lock()
	defer to.Unlock()
	from.balance--
	to.balance++
}

// twice waits for the lock that it has.
//
//go:noinline
func twice(a *account) {
	start("twice", "Mutex.Lock|semacquire")
	a.Lock()
	defer a.Unlock()
	again(a)
}

//go:noinline
func again(a *account) {
	a.Lock()
	defer a.Unlock()
	a.balance++
}

// behind waits for a lock, but nobody waits for it.
//
//go:noinline
func behind(a *account) {
	start("behind", "Mutex.Lock|semacquire")
	a.Lock()
	defer a.Unlock()
	a.balance++
}

var ada, grace, linus, ken = &account{name: "ada"}, &account{name: "grace"},
	&account{name: "linus"}, &account{name: "ken"}

func startLocks() {
	var three sync.WaitGroup

	three.Add(3)
	go transfer("first", ada, grace, &three)
	go transfer("second", grace, linus, &three)
	go transfer("third", linus, ada, &three)
	three.Wait()
	go twice(ken)
	for len(running()) < 4 {
		time.Sleep(time.Millisecond)
	}
	go behind(ada)
}

func running() []*task {
	lock.Lock()
	defer lock.Unlock()
	return tasks
}

// --- what nothing can wake --------------------------------------------------

type result struct{ rows []string }

// produce sends to a channel nobody else has any more.
//
//go:noinline
func produce(name string, out chan *result) {
	start(name, "chan send")
	out <- &result{[]string{name}}
}

//go:noinline
func consume(name string, in chan *result) {
	start(name, "chan receive")
	fmt.Fprintln(os.Stderr, <-in)
}

// relay is woken by what only a leaked one could send.
//
//go:noinline
func relay(name string, in, out chan *result) {
	start(name, "chan receive")
	out <- <-in
}

//go:noinline
func choose(name string, a, b chan *result) {
	start(name, "select")
	select {
	case it := <-a:
		fmt.Fprintln(os.Stderr, it)
	case b <- nil:
	}
}

var known = make(chan *result)

// timed waits for what a timer's function will send.
//
//go:noinline
func timed(name string, in chan *result) {
	start(name, "chan receive")
	fmt.Fprintln(os.Stderr, <-in)
}

// sleeper has a channel on its stack and will wake by itself.
//
//go:noinline
func sleeper(name string, out chan *result) {
	start(name, "sleep")
	time.Sleep(time.Hour)
	out <- nil
}

func startLeaks() {
	go produce("leaked sender", make(chan *result))
	inner, outer := make(chan *result), make(chan *result)
	go relay("leaked relay", inner, outer)
	go consume("leaked by a leaked one", outer)
	go choose("leaked select", make(chan *result), make(chan *result))

	go consume("waits for a variable", known)
	go choose("select with a variable", known, make(chan *result))
	soon := make(chan *result)
	time.AfterFunc(time.Hour, func() { soon <- nil })
	go timed("waits for a timer", soon)
	late := make(chan *result)
	go sleeper("sleeps", late)
	go consume("waits for a sleeper", late)
	chained := make(chan *result)
	go relay("relays for a sleeper", late, chained)
	go consume("waits for a relay", chained)
	go func() {
		start("forever", "select (no cases)")
		select {}
	}()
}

// --- all --------------------------------------------------------------------

func settled(expected int) string {
	states := map[int64]string{}
	for _, s := range truth.Stacks() {
		states[s.ID] = s.State
	}
	all := running()
	if len(all) < expected {
		return fmt.Sprintf("%d of %d", len(all), expected)
	}
	for _, t := range all {
		ok := false
		for _, part := range strings.Split(t.wanted, "|") {
			ok = ok || strings.Contains(states[t.ID], part)
		}
		if !ok {
			return fmt.Sprintf("%s is %q", t.Name, states[t.ID])
		}
		t.State = states[t.ID]
	}
	return ""
}

// clear overwrites what the stack of main may still have of the channels.
//
//go:noinline
func clear(depth int) int {
	var words [256]uintptr

	if depth == 0 {
		return 0
	}
	for i := range words {
		words[i] = uintptr(i)
	}
	return clear(depth-1) + int(words[depth])
}

func main() {
	// How long one waits is noted from the second collection on: the one that
	// is asked for below must not be that by chance.
	debug.SetGCPercent(-1)
	startLocks()
	startLeaks()
	startWays()
	clear(20)
	missing := ""
	for i := 0; i < 3000; i++ {
		if missing = settled(17 + 2*len(ways)); missing == "" {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if missing != "" {
		fmt.Fprintln(os.Stderr, "waits: not as expected:", missing)
		os.Exit(1)
	}
	runtime.GC()
	d := truth.New()
	for _, t := range tasks {
		d.Goroutines = append(d.Goroutines, t.Goroutine)
	}
	truth.End(d, nil)
}
