//go:build go1.23

package main

import (
	"iter"
	"maps"
)

const pulls = true

// Kept, so that the coroutine stays where it is.
var (
	next func() (int, bool)
	stop func()
)

// pull has a loop over a map on the stack of a coroutine.
func pull() {
	next, stop = iter.Pull(maps.Keys(mapKeys))
	for i := 0; i < 11; i++ {
		next()
	}
	leftKeys = len(mapKeys) - 11
}
