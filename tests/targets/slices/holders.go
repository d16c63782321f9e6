package main

import (
	"sync"
	"syscall"
	"unsafe"
)

// A box has an array that is not its first field.
type box struct {
	number int
	bytes  [40]byte
	words  [8]int
}

// What is in a box, and what alone leads to that box.
var (
	inAny     string
	anyBox    interface{}
	inPool    string
	boxes     sync.Pool //truth:skip
	inUntyped string
	untyped   unsafe.Pointer //truth:skip
	words     []int
	wordsBox  interface{}
	readOnly  []byte //truth:skip
)

func newBox() *box {
	ret := &box{number: 7}
	copy(ret.bytes[:], "bytes of a box with room behind")
	return ret
}

func makeHolders() {
	made := newBox()
	anyBox, inAny = made, unsafeString(made.bytes[9:14])
	made = newBox()
	inPool = unsafeString(made.bytes[9:14])
	boxes.Put(made)
	made = newBox()
	untyped, inUntyped = unsafe.Pointer(made), unsafeString(made.bytes[9:14])
	made = newBox()
	wordsBox, words = made, made.words[2:4:6]
	readOnly = protected()[:100]
}

// protected has more room than anybody may write to.
func protected() []byte {
	ret, err := syscall.Mmap(-1, 0, 4096, syscall.PROT_READ|syscall.PROT_WRITE,
		syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		panic(err)
	}
	copy(ret, "no longer to be written")
	if err := syscall.Mprotect(ret, syscall.PROT_READ); err != nil {
		panic(err)
	}
	return ret
}
