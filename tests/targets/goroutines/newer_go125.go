//go:build go1.25

package main

import (
	"runtime"
	"sync"
)

func init() {
	newer = append(newer, startGroups, startCleanups)
}

func startGroups() {
	var group sync.WaitGroup

	t := expect("WaitGroup.Go", "chan receive")
	group.Go(func() { late(t) })
	u := expect("WaitGroup.Go waiting", "sync.WaitGroup.Wait")
	go func() {
		u.start()
		group.Wait()
	}()
}

// startCleanups needs a release that does not run cleanups where finalizers run.
func startCleanups() {
	t := expect("cleanup", "chan receive")
	func() {
		it := &finalizable{}
		runtime.AddCleanup(it, func(n int) {
			t.start()
			<-empty
		}, 3)
		keep()
	}()
	runtime.GC()
}
