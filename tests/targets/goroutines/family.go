package main

import "sync"

// startFamily makes goroutines that make goroutines, some gone since.
func startFamily() {
	parent := expect("parent", "sync.WaitGroup.Wait", "semacquire")
	go parent.generation(3)
	go orphans()
	for i := 0; i < 20; i++ {
		done := make(chan bool)
		go func() { close(done) }()
		<-done
	}
}

func (t *task) generation(left int) {
	var children sync.WaitGroup

	t.start()
	children.Add(1)
	if left > 0 {
		child := expect("child", "sync.WaitGroup.Wait", "semacquire")
		go child.generation(left - 1)
	}
	t.local("main.(*task).generation", "left", [1]int{left})
	children.Wait()
	keep(left)
}

// orphans ends, its children do not.
func orphans() {
	for i := 0; i < 3; i++ {
		go late(expect("orphan", "chan receive"))
	}
}
