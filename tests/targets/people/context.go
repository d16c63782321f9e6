package main

import (
	"context"
	"fmt"
	"time"

	"vole.test/targets/truth"
)

type ctxKey string

type flagKey struct{}

type pointerKey struct{ name string }

// requestCtx is a context as programs make their own.
type requestCtx struct {
	context.Context
	id int
}

// sessionCtx embeds two; Go takes the methods of the one less deep.
type sessionCtx struct {
	*requestCtx
	context.Context
}

// plainCtx is one that knows of no other.
type plainCtx struct{ done chan struct{} }

func (*plainCtx) Deadline() (t time.Time, ok bool)  { return }
func (c *plainCtx) Done() <-chan struct{}           { return c.done }
func (*plainCtx) Err() error                        { return nil }
func (*plainCtx) Value(interface{}) (v interface{}) { return }

var (
	ctxNil        context.Context
	ctxBackground = context.Background()
	ctxTodo       = context.TODO()
	ctxLive       context.Context
	ctxCanceled   context.Context
	ctxChild      context.Context
	ctxValues     context.Context
	ctxFar        context.Context
	ctxExpired    context.Context
	ctxSoon       context.Context
	ctxOwn        context.Context
	ctxOwnPointer context.Context
	ctxOfTwo      context.Context
	ctxPlain      context.Context
	ctxOfCtx      context.Context
	ctxLong       context.Context
	ctxRing       = &requestCtx{id: 1}
	serverKey     = &pointerKey{"server"}
	stops         []context.CancelFunc
)

const far = "2100-01-02 03:04:05 +0000 UTC"

func withCancel(parent context.Context) context.Context {
	ctx, stop := context.WithCancel(parent)
	stops = append(stops, stop)
	return ctx
}

func withDeadline(parent context.Context, when time.Time) context.Context {
	ctx, stop := context.WithDeadline(parent, when)
	stops = append(stops, stop)
	return ctx
}

func makeContexts() {
	ctxLive = withCancel(ctxBackground)
	ctxCanceled = withCancel(ctxTodo)
	ctxChild = withCancel(context.WithValue(ctxCanceled, "k", 1.5))
	stops[1]()
	ctxValues = context.WithValue(ctxLive, ctxKey("user"), "ada")
	ctxValues = context.WithValue(ctxValues, serverKey, 42)
	ctxValues = context.WithValue(ctxValues, flagKey{}, time.Second)
	ctxValues = context.WithValue(ctxValues, 'k', []string{"a", "b"})
	ctxFar = withDeadline(ctxBackground, time.Date(2100, 1, 2, 3, 4, 5, 0, time.UTC))
	ctxExpired = withDeadline(ctxLive, time.Date(2001, 1, 2, 3, 4, 5, 0, time.UTC))
	ctxSoon = withDeadline(ctxBackground, time.Now().Add(time.Hour))
	ctxOwn = withCancel(requestCtx{ctxLive, 7})
	ctxOwnPointer = withCancel(&requestCtx{ctxLive, 8})
	ctxOfTwo = withCancel(sessionCtx{&requestCtx{ctxCanceled, 9}, ctxLive})
	ctxPlain = withCancel(&plainCtx{make(chan struct{})})
	ctxOfCtx = context.WithValue(ctxBackground, ctxKey("other"), ctxValues)
	ctxLong = ctxBackground
	for i := 0; i < 100; i++ {
		ctxLong = context.WithValue(ctxLong, i, i)
	}
	ctxRing.Context = context.WithValue(ctxRing, 1, 2)
	// They are canceled by a goroutine of their own, in a while.
	time.Sleep(10 * time.Millisecond)
}

func tellContexts(d *truth.Document) {
	const live = "context.Background.WithCancel"
	const key = `.WithValue(main.ctxKey("user"), "ada")`
	const rest = `.WithValue(&main.pointerKey{name: "server"}, 42)` +
		`.WithValue(main.flagKey{}, time.Duration(1s))` +
		`.WithValue(int32(107), []string{... +2 more})`

	d.Text("main.ctxLive", live)
	d.Text("main.ctxCanceled", fmt.Sprintf("%v[%v]", ctxCanceled, ctxCanceled.Err()))
	d.Text("main.ctxChild", fmt.Sprintf(`%v[%v].WithValue("k", 1.5).WithCancel[%v]`,
		ctxCanceled, ctxCanceled.Err(), ctxChild.Err()))
	d.Text("main.ctxValues", live+key+rest)
	d.Text("main.ctxFar", "context.Background.WithDeadline("+far+")")
	d.Text("main.ctxExpired", fmt.Sprintf("%s.WithDeadline(2001-01-02 03:04:05 +0000 UTC)[%v]",
		live, ctxExpired.Err()))
	d.Text("main.ctxOwn", live+".In(main.requestCtx).WithCancel")
	d.Text("main.ctxOwnPointer", live+".In(main.requestCtx).WithCancel")
	d.Text("main.ctxOfTwo", live+".In(main.sessionCtx).WithCancel")
	d.Text("main.ctxPlain", "main.plainCtx.WithCancel")
	d.Text("main.ctxOfCtx", `context.Background.WithValue(main.ctxKey("other"), `+
		"&context.valueCtx("+live+key+rest+"))")
	long := "..."
	for i := 36; i < 100; i++ {
		long += fmt.Sprintf(".WithValue(%d, %d)", i, i)
	}
	d.Text("main.ctxLong", long)
	d.Text("main.ctxRing.Context", `<a cycle>.In(main.requestCtx).WithValue(1, 2)`)
	d.Var("main.ctxValues", &ctxValues)
	tellNewContexts(d)
}
