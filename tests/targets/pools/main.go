// Pools fills pools of the sync package: with items for now, with victims of a
// collection, and with one whose memory is not its own any more.
package main

import (
	"runtime"
	"sync"
	"syscall"
	"unsafe"

	"vole.test/targets/truth"
)

type buffer struct {
	ID  int
	Pad [3000]byte
}

type holder struct {
	ID     int
	Buffer *buffer
}

var (
	poolEmpty  = sync.Pool{}
	poolNow    = sync.Pool{New: func() interface{} { return new(buffer) }}
	poolVictim = &sync.Pool{}
	poolStale  sync.Pool
	poolLast   sync.Pool
	poolMany   sync.Pool
	sliceStale []byte
	poolHolds  sync.Pool
	poolMapped sync.Pool

	neighbours []*buffer
	fresh      []*buffer
)

// freed is the address of a buffer that a collection has freed. Others around
// it live, so that its span stays in use.
//
//go:noinline
func freed() uintptr {
	var ret uintptr

	for i := 0; i < 40; i++ {
		b := &buffer{ID: i}
		if i == 20 {
			ret = uintptr(unsafe.Pointer(b))
			continue
		}
		neighbours = append(neighbours, b)
	}
	return ret
}

func main() {
	runtime.LockOSThread()
	poolEmpty.Get()
	stale := freed()
	for i := 0; i < 4; i++ {
		poolVictim.Put(&buffer{ID: 10 + i})
	}
	// Made later, one could come where the freed buffer was.
	for i := 0; i < 4; i++ {
		fresh = append(fresh, &buffer{ID: 20 + i})
	}
	runtime.GC()
	for _, b := range fresh[:3] {
		poolNow.Put(b)
	}
	for i := 0; i < 100; i++ {
		poolMany.Put(i)
	}
	at := (*buffer)(unsafe.Pointer(*(*uintptr)(unsafe.Pointer(&stale))))
	poolHolds.Put(&holder{ID: 1, Buffer: at})
	mapped, err := syscall.Mmap(-1, 0, 4096, syscall.PROT_READ, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		panic(err)
	}
	poolMapped.Put(&holder{ID: 2, Buffer: (*buffer)(unsafe.Pointer(&mapped[0]))})
	poolStale.Put(at)
	sliceStale = at.Pad[:10]
	poolLast.Put(fresh[3])
	poolLast.Put(at)
	d := truth.New()
	d.Var("main.neighbours[0].ID", &neighbours[0].ID)
	truth.End(d, nil)
}
