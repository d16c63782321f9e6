// Churn does many kinds of work at once and is told to quit in the middle of
// it: its goroutines are at instructions nobody chose.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"regexp"
	"runtime"
	"runtime/debug"
	"sort"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

var (
	mix   = flag.Int("mix", 1023, "which work, a bit each")
	after = flag.Duration("after", 10*time.Millisecond, "when to quit")
)

// sink keeps results from being optimized away.
var sink interface{}

func maps() {
	for {
		m := map[string]int{}
		for i := 0; i < 300; i++ {
			m["k"+strconv.Itoa(i)] = i
		}
		for k := range m {
			delete(m, k)
		}
	}
}

func jsons() {
	v := map[string]interface{}{"a": []int{1, 2, 3}, "b": map[string]string{"x": "y"}}
	for {
		b, _ := json.Marshal(v)
		var w interface{}
		_ = json.Unmarshal(b, &w)
		sink = w
	}
}

func sorts() {
	for {
		l := make([]int, 500)
		for i := range l {
			l[i] = (i * 7919) % 503
		}
		sort.Slice(l, func(i, j int) bool { return l[i] < l[j] })
	}
}

func prints() {
	for i := 0; ; i++ {
		sink = fmt.Sprintf("%d %s %v %x", i, "text", []string{"a", "b"}, 3.5)
	}
}

func regexps() {
	re := regexp.MustCompile(`(a+)(b+)?c*[d-f]{2}`)
	s := strings.Repeat("aaabbbccdef", 20)
	for {
		sink = re.FindAllStringIndex(s, -1)
	}
}

func defers() {
	var mu sync.Mutex
	f := func(n int) (r int) {
		defer func() {
			if e := recover(); e != nil {
				r = n
			}
		}()
		mu.Lock()
		defer mu.Unlock()
		if n%3 == 0 {
			panic("x")
		}
		return n * 2
	}
	for i := 0; ; i++ {
		f(i)
	}
}

func grow(n int) int {
	var b [100]int
	b[n%100] = n
	if n == 0 {
		return b[0]
	}
	return grow(n-1) + b[n%100]
}

func grows() {
	for {
		done := make(chan int)
		go func() { done <- grow(200) }()
		<-done
	}
}

func calls() {
	for {
		syscall.Getpid()
		syscall.Getppid()
		time.Now()
		time.Since(time.Now())
	}
}

func pings() {
	a, b := make(chan int), make(chan int, 1)
	go func() {
		for v := range a {
			b <- v
		}
	}()
	for i := 0; ; i++ {
		a <- i
		select {
		case <-b:
		case <-time.After(time.Second):
		}
	}
}

func collections() {
	for {
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
}

func main() {
	flag.Parse()
	debug.SetTraceback("crash")
	for i, work := range []func(){
		maps, jsons, sorts, prints, regexps, defers, grows, calls, pings, collections,
	} {
		if *mix&(1<<i) == 0 {
			continue
		}
		go work()
		if *mix == 1<<i {
			go work()
		}
	}
	signal.Reset(syscall.SIGQUIT)
	time.Sleep(*after)
	_ = syscall.Kill(os.Getpid(), syscall.SIGQUIT)
	time.Sleep(time.Minute)
}
