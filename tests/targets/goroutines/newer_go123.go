//go:build go1.23

package main

import "iter"

func init() {
	newer = append(newer, startIterators)
}

func startIterators() {
	next, stop := iter.Pull(count(10))
	if n, ok := next(); n != 0 || !ok {
		panic("iter.Pull")
	}
	go pulled(expect("iter.Pull", "chan receive"), next, stop)
	go ranged(expect("range over a function", "chan receive"))
}

func count(limit int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for i := 0; i < limit; i++ {
			if !yield(i) {
				return
			}
		}
	}
}

func pulled(t *task, next func() (int, bool), stop func()) {
	t.start()
	<-empty
	n, ok := next()
	keep(n, ok)
	stop()
}

func ranged(t *task) {
	sum := 0
	for n := range count(3) {
		sum += n
		for m := range waitingSeq {
			keep(m)
		}
		if n == 1 {
			t.start()
			<-empty
		}
	}
	keep(sum)
}

func waitingSeq(yield func(int) bool) {
	defer func() { keep() }()
	yield(5)
}
