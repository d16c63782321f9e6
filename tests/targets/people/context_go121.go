//go:build go1.21
// +build go1.21

package main

import (
	"context"
	"errors"

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
	ctxTimeout, cancelTimeout = context.WithTimeoutCause(ctxLive, 0, errQuota)
	cancel(errQuota)
	const live = "context.Background.WithCancel"
	const cause = `, cause &errors.errorString("quota used up")]`
	const ended = live + ".WithCancel[context canceled" + cause + ".WithValue(1, true)"

	d.Text("main.ctxCause", ended)
	d.Text("main.ctxApart", ended+".WithoutCancel.WithCancel")
	d.Text("main.ctxHook", "context.Background.In(main.hookCtx).WithCancel")
	d.Text("main.ctxTimeout", "")
}

var cancelTimeout context.CancelFunc
