package main

import (
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"
)

// What frames share with each other, and no package variable holds but this.
var shared = numbers(24, 24) //truth:skip

// sink keeps the compiler from forgetting values.
var sink int

// A pair is a variable that is more than a slice.
type pair struct {
	first  []int
	second []int
}

// Strings on all kinds of memory.
var (
	constant  = "a constant of the program"
	builder   strings.Builder //truth:skip
	built     string
	array     [64]byte
	overArray string
	mapped    string //truth:skip
	onStack   string //truth:skip
	literal   = []byte{'o', 'f', ' ', 'd', 'a', 't', 'a'}
	ofLiteral string
	tail      string
	tailOf    []byte
)

// keeps has a slice as a variable.
//
//go:noinline
func keeps(started chan bool, block chan int) {
	kept := shared[2:5:9]
	started <- true
	kept[<-block] = 1
	sink += len(kept) + cap(kept)
}

// given has one as its parameter.
//
//go:noinline
func given(started chan bool, block chan int, lent []int) {
	started <- true
	lent[<-block] = 1
	sink += len(lent) + cap(lent)
}

// returns has one as its result.
//
//go:noinline
func returns(started chan bool, block chan int) (out []int) {
	out = shared[6:8]
	started <- true
	out[<-block] = 1
	return out
}

// captures has a function with one that it captured.
//
//go:noinline
func captures(started chan bool, block chan int) {
	caught := shared[8:11]
	func() {
		started <- true
		caught[<-block] = 1
		sink += len(caught) + cap(caught)
	}()
	sink += len(caught)
}

// leads has what leads to one by pointers.
//
//go:noinline
func leads(started chan bool, block chan int) {
	leader := &holder{name: "leader", next: &holder{part: shared[12:14]}}
	started <- true
	leader.next.part[<-block] = 1
	sink += len(leader.name)
}

// owns alone leads to an object of the heap, whose address is no pointer.
//
//go:noinline
func owns(started chan bool, block chan int) {
	owner := newOwner()
	ownedAt = uintptr(unsafe.Pointer(owner.next))
	grow()
	started <- true
	owner.part = make([]int, <-block)
	sink += len(owner.next.name)
}

var ownedAt uintptr

//go:noinline
func newOwner() *holder {
	return &holder{name: "owner", next: &holder{name: "owned"}}
}

// holds has one in a larger variable.
//
//go:noinline
func holds(started chan bool, block chan int) {
	var both pair
	both.second = shared[14:18]
	started <- true
	both.second[<-block] = 1
	last = both
}

// escapes has a variable on the heap that holds one.
//
//go:noinline
func escapes(started chan bool, block chan int) {
	gone := shared[18:20]
	change := func() { gone = gone[:1] }
	go func() {
		if <-block > 5 {
			change()
		}
	}()
	started <- true
	gone[<-block] = 1
}

// forgets has one that it will not use again.
//
//go:noinline
func forgets(started chan bool, block chan int) {
	past := shared[20:22]
	sink += past[0]
	started <- true
	sink += <-block
}

// spins has one in registers.
//
//go:noinline
func spins(started chan bool, turned []int) {
	started <- true
	for i := 0; ; i++ {
		turned[i%len(turned)]++
	}
}

// Where the object is that only a register will lead to.
var (
	whirledOn = new([4]int) //truth:skip
	whirled   = uintptr(unsafe.Pointer(whirledOn))
	whirling  int32 //truth:skip
)

// whirls is in assembler: the runtime cannot stop it between two instructions,
// and saves its registers nowhere.
func whirls(at *[4]int, whirling *int32)

// quit has this thread die; the runtime has all others print what they run, so
// that they handle a signal, too.
func quit() {
	runtime.LockOSThread()
	syscall.RawSyscall(syscall.SYS_TGKILL, uintptr(syscall.Getpid()), uintptr(syscall.Gettid()),
		uintptr(syscall.SIGQUIT))
	for {
	}
}

// startWhirl is called last: the world cannot be stopped any more.
func startWhirl() {
	// Not here: words that lead there would be left on this stack.
	go func() {
		at := whirledOn
		whirledOn = nil
		go whirls(at, &whirling)
	}()
	// A timer may be on the P that is busy for good now.
	for atomic.LoadInt32(&whirling) == 0 {
		runtime.Gosched()
	}
}

// stands has a string over an array of its own frame.
//
//go:noinline
func stands(started chan bool, block chan int) {
	var bytes [32]byte
	grow()
	copy(bytes[:], "bytes on a stack")
	onStack = overBytes(uintptr(unsafe.Pointer(&bytes)), 16)
	started <- true
	sink += int(bytes[<-block])
}

var last pair //truth:skip

// grow makes the stack so large that it stays where it is, and wipes what
// calls have left there.
//
//go:noinline
func grow() {
	var room [4096]byte
	sink += int(room[sink%4096])
}

func overBytes(at uintptr, n int) string {
	header := struct {
		data uintptr
		len  int
	}{at, n}
	return *(*string)(unsafe.Pointer(&header))
}

func startFrames() {
	started := make(chan bool)
	block := make(chan int)
	frames := []func(){
		func() { keeps(started, block) },
		func() { given(started, block, shared[5:7:8]) },
		func() { returns(started, block) },
		func() { captures(started, block) },
		func() { leads(started, block) },
		func() { owns(started, block) },
		func() { holds(started, block) },
		func() { escapes(started, block) },
		func() { forgets(started, block) },
		func() { stands(started, block) },
		func() { spins(started, shared[22:24]) },
	}
	for _, f := range frames {
		go f()
		<-started
	}
	time.Sleep(20 * time.Millisecond)
}

func makeStrings() {
	builder.WriteString("what a builder made")
	built = builder.String()
	copy(array[:], "bytes of a package variable")
	overArray = overBytes(uintptr(unsafe.Pointer(&array[6])), 2)
	ofLiteral = unsafeString(literal[3:])
	tailOf = []byte(strings.Repeat("x", 100))
	tail = unsafeString(tailOf[90:])
	tailOf = tailOf[:10]
	memory, err := syscall.Mmap(-1, 0, 4096, syscall.PROT_READ|syscall.PROT_WRITE,
		syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		panic(err)
	}
	copy(memory, "bytes of a mapping")
	mapped = unsafeString(memory[:18])
}
