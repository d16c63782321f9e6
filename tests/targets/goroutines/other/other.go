// Package other has functions of goroutines that are not in package main.
package other

// Queue is a type with methods of every kind.
type Queue struct {
	Name string
	Jobs chan int
}

// Take receives by way of a pointer's method.
func (q *Queue) Take(ready func()) int {
	ready()
	return <-q.Jobs
}

// Wait receives by way of a value's method.
func (q Queue) Wait(ready func()) int {
	ready()
	return <-q.Jobs
}

// Each calls back into the package that called it.
func Each(list []int, f func(int)) {
	for _, n := range list {
		f(n)
	}
}
