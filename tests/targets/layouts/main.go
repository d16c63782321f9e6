// Has every structure that core/target/layout.def names in its debug
// information, and waits until its input ends: see tools/gen-layouts.
package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"runtime/pprof"
	"sync"
	"time"
)

type point struct{ X, Y int }

func main() {
	var all sync.Map
	var once sync.Once
	var group sync.WaitGroup
	var lock sync.RWMutex

	words := map[string]point{"one": {1, 2}}
	channel := make(chan point, 1)
	cond := sync.NewCond(&lock)
	pool := sync.Pool{New: func() any { return new(point) }}
	pool.Put(pool.Get())
	once.Do(func() { all.Store("words", words) })
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err == nil {
		defer listener.Close()
	}
	group.Add(1)
	pprof.Do(context.Background(), pprof.Labels("key", "value"), func(context.Context) {
		go func() {
			lock.Lock()
			channel <- words["one"]
			cond.Broadcast()
			lock.Unlock()
			group.Done()
		}()
	})
	group.Wait()
	select {
	case p := <-channel:
		fmt.Println("ready", p)
	case <-time.After(time.Minute):
	}
	io.Copy(io.Discard, os.Stdin)
}
