// Iterators has goroutines that wait inside range loops over maps.
package main

import (
	"sync"

	"vole.test/targets/truth"
)

var (
	mapSmall   = map[string]int{"a": 1, "b": 2, "c": 3}
	mapLarge   = map[int]int{}
	mapStrings = map[string]int{}
	mapGrown   = map[int]int{}
	mapTwice   = map[int]int{}
	mapEnded   = map[int]int{}
	mapNever   = map[int]int{1: 1}

	// Where the loops stand and how many entries they have not seen.
	atLarge, leftLarge     int
	leftSmall, leftStrings int
	leftOuter, leftInner   int
	seenEnded              int

	ready   sync.WaitGroup
	forever = make(chan int)
)

func park() {
	ready.Done()
	<-forever
}

//go:noinline
func walkSmall() {
	n := 0
	for range mapSmall {
		if n++; n == 2 {
			leftSmall = len(mapSmall) - n
			park()
		}
	}
}

//go:noinline
func walkLarge() {
	n := 0
	for k := range mapLarge {
		if n++; n == 300 {
			atLarge, leftLarge = k, len(mapLarge)-n
			park()
		}
	}
}

//go:noinline
func walkStrings() {
	n := 0
	for k, v := range mapStrings {
		if n++; n == 7 {
			leftStrings = len(mapStrings) - n
			park()
			println(k, v)
		}
	}
}

//go:noinline
func walkGrown() {
	n := 0
	for k := range mapGrown {
		if n++; n == 3 {
			for i := 0; i < 5000; i++ {
				mapGrown[k+i*1000] = i
			}
			park()
		}
	}
}

//go:noinline
func walkTwice() {
	n, m := 0, 0
	for range mapTwice {
		if n++; n < 5 {
			continue
		}
		leftOuter = len(mapTwice) - n
		for range mapTwice {
			if m++; m == 80 {
				leftInner = len(mapTwice) - m
				park()
			}
		}
	}
}

//go:noinline
func walkEnded() {
	for range mapEnded {
		seenEnded++
	}
	park()
}

func fill(m map[int]int, count int) {
	for i := 0; i < count; i++ {
		m[i*17] = i
	}
}

func main() {
	fill(mapLarge, 1000)
	fill(mapGrown, 100)
	fill(mapTwice, 90)
	fill(mapEnded, 100)
	for i := 0; i < 2000; i++ {
		mapStrings[string(rune('a'+i%26))+string(rune(0x4e00+i))] = i
	}
	walks := []func(){walkSmall, walkLarge, walkStrings, walkGrown, walkTwice, walkEnded}
	ready.Add(len(walks))
	for _, walk := range walks {
		go walk()
	}
	ready.Wait()
	d := truth.New()
	d.Var("main.atLarge", &atLarge)
	d.Var("main.leftLarge", &leftLarge)
	d.Var("main.leftSmall", &leftSmall)
	d.Var("main.leftStrings", &leftStrings)
	d.Var("main.leftOuter", &leftOuter)
	d.Var("main.leftInner", &leftInner)
	truth.End(d, nil)
}
