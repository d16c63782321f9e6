// Manygoroutines has as many goroutines as it is asked for, with 14 different
// stacks of 6 to 12 frames, and is ended by the kernel. It is for the bench.
package main

import (
	"flag"
	"runtime/debug"
	"sync"
	"time"

	"vole.test/targets/truth"
)

var (
	count = flag.Int("n", 100_000, "how many goroutines")
	empty = make(chan int)
	never = make(chan int)
)

func main() {
	flag.Parse()
	debug.SetGCPercent(-1)
	var started sync.WaitGroup
	started.Add(*count)
	for i := 0; i < *count; i++ {
		go step(&started, i%7, i/7%2 == 0)
	}
	started.Wait()
	// Time for the last of them to get from there to their channel.
	time.Sleep(200 * time.Millisecond)
	truth.New().Print()
	truth.Kill()
}

//go:noinline
func step(started *sync.WaitGroup, left int, one bool) int {
	switch {
	case left > 0:
		return step(started, left-1, one) + 1
	case one:
		return receive(started)
	}
	return choose(started)
}

//go:noinline
func receive(started *sync.WaitGroup) int {
	started.Done()
	return <-empty
}

//go:noinline
func choose(started *sync.WaitGroup) int {
	started.Done()
	select {
	case n := <-empty:
		return n
	case n := <-never:
		return -n
	}
}
