package main

import (
	"fmt"
	"os"
	"time"
)

// Ways in which a sleeper's stack alone has the channel that another waits
// for: none of those is leaked.

type sender interface{ send() }

type holder struct {
	before [3]int
	out    chan *result
}

func (h *holder) send() { h.out <- nil }

type byValue struct{ out chan *result }

func (v byValue) send() { v.out <- nil }

// nap returns while its callers' variables are of use.
//
//go:noinline
func nap(name string) {
	start(name, "sleep")
	time.Sleep(time.Hour)
}

//go:noinline
func napWith(name string, several ...chan *result) {
	nap(name)
	several[len(several)-1] <- nil
}

//go:noinline
func napThen(name string, then func()) {
	nap(name)
	then()
}

//go:noinline
func napBy(name string, s sender) {
	nap(name)
	s.send()
}

//go:noinline
func napTo(name string, to **holder) {
	nap(name)
	(*to).out <- nil
}

//go:noinline
func inVariadic(name string, out chan *result) { napWith(name, nil, nil, out) }

//go:noinline
func inClosure(name string, out chan *result) {
	sent := 0
	napThen(name, func() { sent++; out <- nil })
	fmt.Fprintln(os.Stderr, sent)
}

//go:noinline
func inPointer(name string, out chan *result) {
	h := holder{out: out}
	napBy(name, &h)
	fmt.Fprintln(os.Stderr, h.before)
}

//go:noinline
func inInterface(name string, out chan *result) { napBy(name, byValue{out}) }

//go:noinline
func inTwoSteps(name string, out chan *result) {
	h := holder{out: out}
	p := &h
	napTo(name, &p)
}

//go:noinline
func inArray(name string, out chan *result) {
	all := [4]chan *result{2: out}
	nap(name)
	for i := range all {
		if all[i] != nil {
			all[i] <- nil
		}
	}
}

//go:noinline
func inMap(name string, out chan *result) {
	all := map[string]chan *result{name: out}
	nap(name)
	for _, it := range all {
		it <- nil
	}
}

//go:noinline
func inMethod(name string, out chan *result) {
	then := (&holder{out: out}).send
	nap(name)
	then()
}

//go:noinline
func inMany(name string, a, b, c, d, e, f, g, h, i, j, k int, out chan *result) int {
	nap(name)
	out <- nil
	return a + b + c + d + e + f + g + h + i + j + k
}

//go:noinline
func inDeferred(name string, out chan *result) {
	h := &holder{out: out}
	defer h.send()
	nap(name)
}

//go:noinline
func inLoop(name string, out chan *result) {
	for i, it := range []chan *result{out, nil} {
		if i == 0 {
			defer func() { it <- nil }()
			nap(name)
		}
	}
}

//go:noinline
func inResult(name string, out chan *result) (ret chan *result) {
	ret = out
	napThen(name, func() { ret = nil })
	out <- nil
	return ret
}

var ways = []struct {
	name string
	hold func(name string, out chan *result)
}{
	{"variadic", inVariadic},
	{"closure", inClosure},
	{"pointer", inPointer},
	{"interface", inInterface},
	{"two steps", inTwoSteps},
	{"array", inArray},
	{"map", inMap},
	{"method", inMethod},
	{"many arguments", func(name string, out chan *result) {
		inMany(name, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, out)
	}},
	{"deferred", inDeferred},
	{"loop", inLoop},
	{"result", func(name string, out chan *result) { inResult(name, out) }},
}

func startWays() {
	for _, way := range ways {
		out := make(chan *result)
		go way.hold("sleeps with a "+way.name, out)
		go consume("waits for a "+way.name, out)
	}
}
