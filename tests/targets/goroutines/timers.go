package main

import (
	"context"
	"time"
)

func startTimers() {
	go sleep(expect("sleep", "sleep"), 3*time.Hour)
	go after(expect("time.After", "chan receive"), time.Hour)
	go timer(expect("timer", "select"), time.NewTimer(2*time.Hour))
	go ticker(expect("ticker", "chan receive"), time.NewTicker(time.Hour))
	t := expect("time.AfterFunc", "chan receive")
	time.AfterFunc(time.Millisecond, func() { late(t) })
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
	go withContext(expect("context", "chan receive"), ctx, cancel)
}

func sleep(t *task, d time.Duration) {
	t.start()
	naps := 1
	t.local("main.sleep", "d", [1]time.Duration{d})
	t.local("main.sleep", "naps", [1]int{naps})
	time.Sleep(d)
	keep(d, naps)
}

func after(t *task, d time.Duration) {
	t.start()
	now := <-time.After(d)
	keep(now)
}

func timer(t *task, it *time.Timer) {
	t.start()
	t.on("receive", address(empty))
	select {
	case <-it.C:
	case <-empty:
	}
}

func ticker(t *task, it *time.Ticker) {
	t.start()
	for range it.C {
		keep(it)
	}
}

func late(t *task) {
	t.start()
	t.on("receive", address(empty))
	<-empty
}

func withContext(t *task, ctx context.Context, cancel func()) {
	t.start()
	<-ctx.Done()
	cancel()
}
