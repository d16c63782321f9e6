package main

import "unsafe"

// keep is what a blocked function still needs: without it the compiler would
// forget the variables the tests look at.
//
//go:noinline
func keep(values ...interface{}) {
	kept = values
}

var kept []interface{}

func address(ch chan int) uintptr {
	return *(*uintptr)(unsafe.Pointer(&ch))
}

var (
	empty    = make(chan int)
	buffered = make(chan int, 3)
	full     = make(chan int, 2)
	unsent   = make(chan int)
	many     = [3]chan int{make(chan int), make(chan int, 1), make(chan int)}
	nilChan  chan int
)

func startChans() {
	full <- 1
	full <- 2
	go receive(expect("receive", "chan receive"), empty)
	go receive(expect("receive buffered", "chan receive"), buffered)
	go receive(expect("receive nil", "chan receive (nil chan)"), nilChan)
	go send(expect("send", "chan send"), unsent, 41)
	go send(expect("send full", "chan send"), full, 42)
	go send(expect("send nil", "chan send (nil chan)"), nilChan, 43)
	go choose(expect("select", "select"))
	go chooseOne(expect("select of one", "chan receive"), empty)
	go chooseNil(expect("select of nil channels", "select"), nil, nil)
	go forever(expect("select of none", "select (no cases)"))
	go loop(expect("range", "chan receive"), empty)
}

func receive(t *task, ch chan int) {
	t.start()
	if ch != nil {
		t.on("receive", address(ch))
	}
	text := "got " + t.Name
	t.local("main.receive", "ch", [1]chan int{ch})
	t.local("main.receive", "text", [1]string{text})
	got, ok := <-ch
	keep(text, got, ok, ch)
}

func send(t *task, ch chan int, value int) {
	t.start()
	if ch != nil {
		t.on("send", address(ch))
	}
	pair := [2]int{value, -value}
	t.local("main.send", "pair", [1][2]int{pair})
	t.local("main.send", "value", [1]int{value})
	ch <- value
	keep(pair, value)
}

func choose(t *task) {
	t.start()
	t.on("receive", address(many[0]))
	t.on("send", address(many[2]))
	many[1] <- 7
	t.on("send", address(many[1]))
	which := []string{"first", "second", "third"}
	t.local("main.choose", "which", [1][]string{which})
	select {
	case n := <-many[0]:
		keep(n)
	case many[1] <- 8:
	case many[2] <- 9:
	}
	keep(which)
}

func chooseOne(t *task, ch chan int) {
	t.start()
	t.on("receive", address(ch))
	select {
	case n := <-ch:
		keep(n)
	}
}

func chooseNil(t *task, a, b chan int) {
	t.start()
	select {
	case <-a:
	case b <- 1:
	}
}

func forever(t *task) {
	t.start()
	select {}
}

func loop(t *task, ch chan int) {
	t.start()
	t.on("receive", address(ch))
	sum := 100
	t.local("main.loop", "sum", [1]int{sum})
	for n := range ch {
		sum += n
	}
	keep(sum)
}
