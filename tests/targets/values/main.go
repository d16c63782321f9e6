// Values holds a package variable of every kind of Go value vole prints,
// tells the truth about all of them and dies.
package main

import "vole.test/targets/truth"

// Point is the type most other examples are made of.
type Point struct{ X, Y int }

// String makes *Point, and Point, a fmt.Stringer.
func (p Point) String() string { return "point" }

// Move is a method with a pointer receiver.
func (p *Point) Move(dx, dy int) { p.X, p.Y = p.X+dx, p.Y+dy }

// User is what a reader of the documentation meets first.
type User struct {
	Name  string
	Age   int
	Tags  []string
	Boss  *User
	email string
}

var alice = &User{Name: "Alice", Age: 41, Tags: []string{"admin", "on call"}, email: "alice@example.org"}

var users = map[string]*User{
	"alice": alice,
	"bob":   {Name: "Bob", Age: 29, Boss: alice},
	"carol": {Name: "Carol \"C\"", Age: 63, Tags: []string{}, Boss: alice},
}

// tick is changed while a -wait process lives; see live.py.
var tick int

func main() {
	d := truth.New()
	// A channel's contents and a closure's captures must be named before the
	// variable that holds them is described.
	describeChans(d)
	describeFuncs(d)
	describeVars(d)
	describeExprs(d)
	describeNotes(d)
	truth.End(d, func() {
		tick++
		users["tick"] = &User{Name: "Tick", Age: tick}
	})
}
