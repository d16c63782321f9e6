//go:build go1.21
// +build go1.21

package main

import (
	"context"
	"errors"
	"time"

	"vole.test/targets/truth"
)

// hookCtx has an AfterFunc, which package context then uses.
type hookCtx struct {
	context.Context
	done chan struct{}
}

func (c *hookCtx) Done() <-chan struct{} { return c.done }

func (c *hookCtx) AfterFunc(func()) func() bool { return func() bool { return true } }

var (
	ctxCause   context.Context
	ctxApart   context.Context
	ctxHook    context.Context
	ctxTimeout context.Context
	errQuota   = errors.New("quota used up")
)

func tellNewContexts(d *truth.Document) {
	parent, cancel := context.WithCancelCause(ctxLive)

	ctxCause = context.WithValue(parent, 1, true)
	ctxApart = withCancel(context.WithoutCancel(ctxCause))
	ctxHook = withCancel(&hookCtx{ctxBackground, make(chan struct{})})
	ctxTimeout, cancelTimeout = context.WithDeadlineCause(ctxLive,
		time.Date(2001, 1, 2, 3, 4, 5, 0, time.UTC), errQuota)
	cancel(errQuota)
	const live = "context.Background.WithCancel"
	const cause = `, cause &errors.errorString("quota used up")]`
	const deadline = ".WithDeadline(2001-01-02 03:04:05 +0000 UTC)"
	const ended = live + ".WithCancel[context canceled" + cause + ".WithValue(1, true)"

	d.Text("main.ctxCause", ended)
	d.Text("main.ctxApart", ended+".WithoutCancel.WithCancel")
	d.Text("main.ctxHook", "context.Background.In(main.hookCtx).WithCancel")
	d.Text("main.ctxTimeout", live+deadline+"[context deadline exceeded"+cause)
}

var cancelTimeout context.CancelFunc
