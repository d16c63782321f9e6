package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"time"

	"vole.test/targets/truth"
)

// task is one goroutine and what the tests may know about it. The goroutine
// itself tells, then goes into the state it is there for.
type task struct {
	truth.Goroutine
	wanted  []string
	holder  *task
	doc     *truth.Document
	started bool
}

var (
	tasksLock sync.Mutex
	tasks     []*task
)

// expect announces a goroutine and the states the runtime may say it is in.
func expect(name string, states ...string) *task {
	t := &task{wanted: states, doc: truth.New()}
	t.Name = name
	tasksLock.Lock()
	tasks = append(tasks, t)
	tasksLock.Unlock()
	return t
}

// start is called in the goroutine.
func (t *task) start() {
	var header [64]byte

	tasksLock.Lock()
	defer tasksLock.Unlock()
	text := string(header[:runtime.Stack(header[:], false)])
	if _, err := fmt.Sscanf(text, "goroutine %d ", &t.ID); err != nil {
		panic(err)
	}
	t.started = true
}

// local says what a variable of a function on the goroutine's stack holds.
// It is told by value: to take its address would change where it lives.
func (t *task) local(function, name string, arrayOfOne interface{}) {
	t.Locals = append(t.Locals, t.doc.Local(function, name, arrayOfOne))
}

// on says which channel, lock or the like it waits for.
func (t *task) on(kind string, address uintptr) {
	t.Waits = append(t.Waits, truth.Wait{Kind: kind, Address: fmt.Sprintf("%#x", address)})
}

// settle waits until the runtime says of every goroutine what we expect.
func settle(patience time.Duration) {
	var missing string

	for end := time.Now().Add(patience); time.Now().Before(end); {
		time.Sleep(10 * time.Millisecond)
		missing = look()
		if missing == "" {
			// Only a collection notes since when they wait.
			runtime.GC()
			time.Sleep(20 * time.Millisecond)
			if missing = look(); missing == "" {
				return
			}
		}
	}
	fmt.Fprintln(os.Stderr, "goroutines: not as expected:", missing)
	os.Exit(1)
}

// look asks the runtime for all stacks and compares; it returns the first task
// that is not yet where it should be.
func look() string {
	stacks := map[int64]truth.Stack{}
	for _, s := range truth.Stacks() {
		stacks[s.ID] = s
	}
	tasksLock.Lock()
	defer tasksLock.Unlock()
	for _, t := range tasks {
		s := stacks[t.ID]
		if !t.started || !has(t.wanted, s.State) {
			return fmt.Sprintf("%s, goroutine %d, is %q, not %q",
				t.Name, t.ID, s.State, strings.Join(t.wanted, " or "))
		}
		t.Stack = s
	}
	return ""
}

func has(list []string, word string) bool {
	for _, it := range list {
		if it == word {
			return true
		}
	}
	return false
}

func describe(d *truth.Document) {
	tasksLock.Lock()
	defer tasksLock.Unlock()
	for _, t := range tasks {
		if t.holder != nil {
			t.Holder = t.holder.ID
		}
		d.Goroutines = append(d.Goroutines, t.Goroutine)
	}
}
