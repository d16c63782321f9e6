package main

import (
	"reflect"
	"sync"
	"unsafe"
)

// guarded has a lock of each kind; Mu is not its first word.
type guarded struct {
	Name    string
	Mu      sync.Mutex
	Read    sync.RWMutex
	Write   sync.RWMutex
	Group   sync.WaitGroup
	Cond    *sync.Cond
	Once    sync.Once
	Balance int
}

var account = &guarded{Name: "account", Balance: 12}

func startLocks() {
	var held sync.WaitGroup

	account.Cond = sync.NewCond(&sync.Mutex{})
	account.Group.Add(2)

	held.Add(3)
	owner := expect("mutex owner", "chan receive")
	go owner.hold(&held, account.Mu.Lock)
	writer := expect("write lock owner", "chan receive")
	go writer.hold(&held, account.Read.Lock)
	reader := expect("read lock owner", "chan receive")
	go reader.hold(&held, account.Write.RLock)
	held.Wait()

	t := expect("mutex", "sync.Mutex.Lock", "semacquire")
	t.holder = owner
	go account.lock(t)
	t = expect("mutex too", "sync.Mutex.Lock", "semacquire")
	t.holder = owner
	go account.lock(t)
	t = expect("read lock", "sync.RWMutex.RLock", "semacquire")
	t.holder = writer
	go account.readLock(t)
	t = expect("write lock", "sync.RWMutex.Lock", "semacquire")
	t.holder = reader
	go account.writeLock(t)
	go account.wait(expect("wait group", "sync.WaitGroup.Wait", "semacquire"))
	go account.condition(expect("condition", "sync.Cond.Wait"))
	go account.condition(expect("condition too", "sync.Cond.Wait"))

	first := expect("once", "chan receive")
	go account.once(first, true)
	<-inOnce
	t = expect("once too", "sync.Mutex.Lock", "semacquire")
	t.holder = first
	go account.once(t, false)
}

// hold takes a lock by a method value and never gives it back.
func (t *task) hold(held *sync.WaitGroup, lock func()) {
	t.start()
	lock()
	held.Done()
	t.on("receive", address(empty))
	<-empty
}

func (g *guarded) lock(t *task) {
	t.start()
	t.on("mutex", uintptr(unsafe.Pointer(&g.Mu)))
	before := g.Balance
	t.local("main.(*guarded).lock", "before", [1]int{before})
	g.Mu.Lock()
	defer g.Mu.Unlock()
	keep(before)
}

func (g *guarded) readLock(t *task) {
	t.start()
	t.on("rwmutex read", uintptr(unsafe.Pointer(&g.Read)))
	g.Read.RLock()
	keep(g.Balance)
}

func (g *guarded) writeLock(t *task) {
	t.start()
	t.on("rwmutex write", uintptr(unsafe.Pointer(&g.Write)))
	g.Write.Lock()
	keep(g.Balance)
}

func (g *guarded) wait(t *task) {
	t.start()
	t.on("wait group", uintptr(unsafe.Pointer(&g.Group)))
	g.Group.Wait()
}

func (g *guarded) condition(t *task) {
	t.start()
	t.on("condition", uintptr(unsafe.Pointer(g.Cond)))
	g.Cond.L.Lock()
	g.Cond.Wait()
}

var (
	inOnce      = make(chan bool)
	mutexOfOnce = field(sync.Once{}, "m")
)

// field is the offset of a field, exported or not.
func field(of interface{}, name string) uintptr {
	f, ok := reflect.TypeOf(of).FieldByName(name)
	if !ok {
		panic("no field " + name)
	}
	return f.Offset
}

func (g *guarded) once(t *task, first bool) {
	t.start()
	if first {
		t.on("receive", address(empty))
	} else {
		t.on("mutex", uintptr(unsafe.Pointer(&g.Once))+mutexOfOnce)
	}
	g.Once.Do(func() {
		inOnce <- true
		<-empty
	})
}
