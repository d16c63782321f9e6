//go:build go1.21

package main

import (
	"fmt"
	"maps"
)

func clone[K comparable, V any](m map[K]V) map[K]V { return maps.Clone(m) }

// newer has keys that were not "comparable" before.
func newer() {
	maker[any, int]{"interface", many, anything, number}.all()
	maker[fmt.Stringer, string]{"interface with methods", many,
		func(i int) fmt.Stringer { return named(i) }, text}.all()
}

type named int

func (n named) String() string { return fmt.Sprint(int(n)) }

func anything(i int) any {
	switch i % 6 {
	case 0:
		return i
	case 1:
		return text(i)
	case 2:
		return pair{int32(i), 1}
	case 3:
		return mixed{S: text(i)}
	case 4:
		return float64(i)
	}
	return [2]string{text(i), ""}
}
