// Locals is a chain of calls whose variables lie where compilers put them:
// in registers, spilled, a string in two registers, on the heap, in closures,
// in inlined calls, in results, behind dictionaries. Each function says what
// its variables hold, then calls the next; the last one dies.
package main

import (
	"errors"
	"reflect"
	"runtime"
	"strconv"
	"sync/atomic"
	"time"

	"vole.test/targets/truth"
)

var doc = truth.New()

// Point is split into its fields where it is not changed.
type Point struct {
	X, Y int
}

// Padded has holes that no register has.
type Padded struct {
	A int8
	B int64
	C bool
	D string
}

// Small is one word in memory and two registers.
type Small struct {
	Low, High int32
}

// Large is never taken apart.
type Large struct {
	Words [12]int
	Name  string
}

// Pair is generic.
type Pair[K comparable, V any] struct {
	Key   K
	Value V
}

// Shape is an interface to a parameter.
type Shape interface{ Area() int }

// Area makes Point a Shape.
func (p Point) Area() int { return p.X * p.Y }

var said = map[string][]truth.Local{}

// say tells what variables of a function hold: name, value, name, value... An
// interface comes in an array of one so that it keeps its static type.
func say(function string, pairs ...interface{}) {
	for i := 0; i < len(pairs); i += 2 {
		box := reflect.ValueOf(pairs[i+1])
		if box.Kind() != reflect.Array || box.Len() != 1 {
			box = reflect.New(reflect.ArrayOf(1, box.Type())).Elem()
			box.Index(0).Set(reflect.ValueOf(pairs[i+1]))
		}
		said[function] = append(said[function],
			doc.Local(function, pairs[i].(string), box.Interface()))
	}
}

// tell says which goroutines hold all that.
func tell() {
	for _, stack := range truth.Stacks() {
		g := truth.Goroutine{Name: strconv.FormatInt(stack.ID, 10), Stack: stack}
		for function, locals := range said {
			if (function == "main.spin") == (stack.ID != 1) {
				g.Locals = append(g.Locals, locals...)
			}
		}
		doc.Goroutines = append(doc.Goroutines, g)
	}
}

//go:noinline
func opaque(n int) int { return n }

//go:noinline
func scalars(a int, b uint8, c bool, d float64, e complex128, f rune) int {
	g := int16(a * 3)
	h := float32(d) / 2
	say("main.scalars", "a", a, "b", b, "c", c, "d", d, "e", e, "f", f, "g", g, "h", h)
	n := texts("first", []string{"one", "two"}, [3]byte{7, 8, 9})
	runtime.KeepAlive(g)
	runtime.KeepAlive(h)
	return n + a + int(b) + int(f) + int(d) + int(real(e))
}

//go:noinline
func texts(s string, list []string, bytes [3]byte) int {
	t := s + " of all"
	part := list[1:]
	say("main.texts", "s", s, "list", list, "bytes", bytes, "t", t, "part", part)
	n := structs(Point{3, 4}, Padded{-1, 1 << 40, true, "padded"}, Small{-5, 6}, &Point{5, 6})
	runtime.KeepAlive(t)
	return n + len(s) + len(list) + len(part) + int(bytes[0])
}

//go:noinline
func structs(p Point, q Padded, s Small, r *Point) int {
	var large Large
	for i := range large.Words {
		large.Words[i] = i * p.X
	}
	large.Name = q.D
	moved := Point{p.Y, p.X}
	say("main.structs", "p", p, "q", q, "s", s, "r", r, "large", large, "moved", moved)
	n := interfaces(p, errors.New("an error"), map[string]int{"k": 1}, nil)
	return n + p.X + int(q.B) + int(s.High) + r.Y + large.Words[opaque(2)] + moved.X
}

//go:noinline
func interfaces(shape Shape, err error, m map[string]int, none error) int {
	var any interface{} = 42
	say("main.interfaces", "shape", [1]Shape{shape}, "err", [1]error{err}, "m", m,
		"none", [1]error{none}, "any", [1]interface{}{any})
	n := escaped(10, "kept")
	runtime.KeepAlive(any)
	return n + shape.Area() + len(err.Error()) + len(m)
}

var escapes []interface{}

//go:noinline
func escaped(n int, s string) int {
	x := n * 2
	y := Point{n, n + 1}
	escapes = append(escapes, &x, &y, &s)
	x++
	say("main.escaped", "n", n, "s", s, "x", x, "y", y)
	return blocks(4) + x + n
}

//go:noinline
func blocks(n int) int {
	x, total := 1, 0
	for i := 0; i < n; i++ {
		x := i * 10
		if i == 2 {
			x := "inner"
			say("main.blocks", "n", n, "i", i, "x", x, "total", total)
			total += closures(x)
		}
		total += x
	}
	late := total + x
	return late
}

//go:noinline
func closures(name string) int {
	count := 0
	fixed := len(name)
	inner := func(step int) int {
		count += step
		sum := count + fixed
		say("main.closures.func1", "step", step, "count", count, "fixed", fixed, "sum", sum)
		n, _ := results(sum)
		return n + count
	}
	escapes = append(escapes, inner)
	return inner(3) + inner2(name, inner)
}

func inner2(name string, f func(int) int) int { return len(name) }

//go:noinline
func results(n int) (code int, err error) {
	code = n * 7
	if n > 0 {
		err = errors.New("result")
	}
	say("main.results", "n", n, "code", code, "err", [1]error{err})
	code += inlines(n)
	return
}

// inlines calls what is small enough to vanish into it.
//
//go:noinline
func inlines(n int) int {
	say("main.inlines", "n", n)
	return outerInlined(n+1, "in") + n
}

func outerInlined(a int, s string) int {
	b := opaque(a + 1)
	return innerInlined(b, len(s)) + b + a
}

func innerInlined(c, d int) int {
	e := opaque(c * 2)
	say("main.outerInlined", "a", c-1, "s", "in", "b", c)
	say("main.innerInlined", "c", c, "d", d, "e", e)
	return generics(Pair[string, int]{"key", e}) + d + e
}

//go:noinline
func generics(p Pair[string, int]) int {
	say("main.generics", "p", p)
	return generic(p, []string{"a", "b"}, &p) + generic(Pair[int, *Point]{1, nil}, nil, nil)
}

//go:noinline
func generic[K comparable, V any](p Pair[K, V], keys []K, q *Pair[K, V]) int {
	k := p.Key
	v := p.Value
	if q == nil {
		return 0
	}
	say("main.generic[...]", "p", p, "keys", keys, "q", q, "k", k, "v", v)
	n := q.method(7)
	runtime.KeepAlive(k)
	runtime.KeepAlive(v)
	return n + len(keys)
}

//go:noinline
func (p *Pair[K, V]) method(n int) int {
	value := p.Value
	say("main.(*Pair[...]).method", "p", p, "n", n, "value", value)
	r := many(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, "eleven", "twelve")
	runtime.KeepAlive(value)
	return r + n
}

// many has more arguments than there are registers for.
//
//go:noinline
func many(a, b, c, d, e, f, g, h, i, j int, k, l string) int {
	say("main.many", "a", a, "b", b, "c", c, "d", d, "e", e, "f", f, "g", g, "h", h,
		"i", i, "j", j, "k", k, "l", l)
	n := deferred("deferred")
	return n + a + b + c + d + e + f + g + h + i + j + len(k) + len(l)
}

//go:noinline
func deferred(s string) (n int) {
	defer func() { n += len(s) }()
	m := map[string]bool{s: true}
	say("main.deferred", "s", s, "m", m)
	n = switches("word", len(s))
	return n + len(m)
}

// pending dies while variables of the functions around it wait for it.
//
//go:noinline
func pending(a, b int) int {
	say("main.pending", "a", a, "b", b)
	unset := last(a,
		"last",
		opaque(b))
	return unset
}

//go:noinline
func last(a int, s string, b int) int {
	say("main.last", "a", a, "s", s, "b", b)
	tell()
	truth.End(doc, func() {})
	return a + b + len(s)
}

var spins, stop int32

// spin runs when the program dies: its variables are in its thread's registers.
//
//go:noinline
func spin(a, b int, s string, f float64) int {
	for atomic.LoadInt32(&stop) == 0 {
		if atomic.LoadInt32(&spins) < 1<<30 {
			atomic.AddInt32(&spins, 1)
		}
	}
	return a + b + len(s) + int(f)
}

func main() {
	say("main.spin", "a", 1001, "b", 2002, "s", "spinning", "f", 2.5)
	go spin(1001, 2002, "spinning", 2.5)
	for atomic.LoadInt32(&spins) == 0 {
		time.Sleep(time.Millisecond)
	}
	scalars(opaque(1), 2, true, 3.5, complex(4, -5), 'x')
}
