// Goroutines has a goroutine in every state a person may find one in, lets
// the runtime confirm the states, tells about all of them and dies.
package main

import (
	"runtime"
	"time"

	"vole.test/targets/truth"
)

// newer starts what only later releases know; see the files named for them.
var newer []func()

func main() {
	// One thread for main, one for all that would like to run.
	runtime.GOMAXPROCS(2)
	startChans()
	startLocks()
	startTimers()
	startWaits()
	startCalls()
	startGenerics()
	startPanics()
	startFamily()
	for _, start := range newer {
		start()
	}
	// The last, for they leave little time to the others.
	startBusy()

	settle(30 * time.Second)
	d := truth.New()
	describe(d)
	startFresh()
	truth.End(d, nil)
}
