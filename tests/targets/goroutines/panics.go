package main

import (
	"errors"
	"fmt"
)

func startPanics() {
	go panics(expect("in a panic", "chan receive"))
	go faults(expect("in a nil dereference", "chan receive"))
	go nested(expect("in a nested panic", "chan receive"))
	go recovered(expect("after a panic", "chan receive"))
	go nestedRecovered(expect("nested panics recovered", "chan receive"))
}

var errTest = errors.New("test")

func panics(t *task) {
	defer func() {
		t.start()
		<-empty
		keep(recover())
	}()
	panic(fmt.Errorf("wrapped: %w", errTest))
}

func faults(t *task) {
	var nowhere *guarded

	defer func() {
		t.start()
		<-empty
		keep(recover())
	}()
	nowhere.Balance++
}

func nested(t *task) {
	defer func() {
		keep(recover())
	}()
	defer func() {
		defer func() {
			t.start()
			<-empty
		}()
		panic("second")
	}()
	panic("first")
}

func recovered(t *task) {
	message := mayPanic()
	t.start()
	t.local("main.recovered", "message", [1]string{message})
	<-empty
	keep(message)
}

func mayPanic() (message string) {
	defer func() {
		message = fmt.Sprint("recovered ", recover())
	}()
	panic(errTest)
}

func nestedRecovered(t *task) {
	defer func() {
		keep(recover())
		t.start()
		<-empty
	}()
	defer func() {
		defer func() {
			keep(recover())
		}()
		panic("inner")
	}()
	panic("outer")
}
