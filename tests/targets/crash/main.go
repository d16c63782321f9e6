// Crash is a small server that falls over: `./try` shows what is left of it.
package main

import (
	"errors"
	"fmt"

	"vole.test/targets/truth"
)

// User is one account.
type User struct {
	Name  string
	Age   int
	Email string
	Tags  []string
	Boss  *User
}

// Event is anything that happened.
type Event interface{ When() int64 }

// Login is an Event.
type Login struct {
	User *User
	At   int64
}

// When is the time of the login in seconds.
func (l Login) When() int64 { return l.At }

var errOffline = errors.New("database is offline")

var (
	users = map[string]*User{
		"ada":   {Name: "Ada Lovelace", Age: 36, Email: "ada@example.org", Tags: []string{"admin", "math"}},
		"grace": {Name: "Grace Hopper", Age: 85, Email: "grace@example.org", Tags: []string{"navy"}},
	}
	recent  = make([]Event, 0, 8)
	lastErr = fmt.Errorf("load sessions: %w", errOffline)
	jobs    = make(chan string, 4)
	hits    = map[string]int{"/": 120, "/login": 7, "/a b": 1}
)

// login notes that a user came in. It does not ask whether there is one.
func login(name string, at int64) {
	user := users[name]
	user.Age++
	recent = append(recent, Login{user, at})
}

func serve(names []string) {
	for i, name := range names {
		jobs <- "greet " + name
		if i == len(names)-1 {
			d := truth.New()
			d.Chan(jobs, []string{"greet ada", "greet grace", "greet linus"})
			describeVars(d)
			d.Expr(`main.users["ada"].Tags[0]`, [1]string{users["ada"].Tags[0]})
			truth.Tell(d)
		}
		login(name, 1700000000+int64(i))
	}
}

func main() {
	users["grace"].Boss = users["ada"]
	serve([]string{"ada", "grace", "linus"})
}
