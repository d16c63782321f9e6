// Cgoprog holds Go variables of C types and pointers both ways.
package main

// #include <stdlib.h>
// #include "mem.h"
import "C"

import (
	"runtime/cgo"
	"unsafe"

	"vole.test/targets/truth"
)

type wrapper struct {
	Packet C.struct_packet
	Ptr    *C.packet_t
	Note   string
}

var (
	cInt        C.int        = -5
	cUint       C.uint       = 5
	cLong       C.long       = 1 << 40
	cULong      C.ulong      = 1 << 63
	cLongLong   C.longlong   = -1 << 62
	cShort      C.short      = -300
	cChar       C.char       = 'c'
	cUChar      C.uchar      = 200
	cFloat      C.float      = 0.5
	cDouble     C.double     = 0.1
	cSize       C.size_t     = 4096
	cInt32      C.int32_t    = -32
	cUint64     C.uint64_t   = 64
	cColor      C.enum_color = C.BLUE
	cUnion      C.union_word
	cInner      = C.struct_inner{ratio: 2.5}
	cPacket     C.struct_packet
	cString     = C.CString("from Go")
	cStringNil  *C.char
	cPacketPtr  = C.packet_new(42, packetName)
	cPacketNil  *C.packet_t
	cGlobalPtr  = &C.c_packet
	cCounterPtr = &C.c_counter
	cTable      = C.c_table
	cVoid       = unsafe.Pointer(cGlobalPtr)
	cMap        = map[C.int]*C.struct_packet{1: cGlobalPtr, 2: nil}
	cArray      [3]C.int
	cSlice                  = []C.double{1, 2.5}
	cIface      interface{} = C.int(9)
	cIfacePtr   interface{} = cGlobalPtr
	wrapped     wrapper
	overC       []C.int
	overCInt32  []int32
	overCBytes  []byte
	goString    string
	handle      cgo.Handle
	handedToC   unsafe.Pointer
)

// packetName goes before cPacketPtr needs it, by Go's order of initialization.
var packetName = C.CString("heap packet")

func init() {
	cPacket = *cGlobalPtr
	wrapped = wrapper{cPacket, cPacketPtr, "wrapped"}
	*(*int32)(unsafe.Pointer(&cUnion)) = 0x41424344
	cInner.pair[1] = -2
	cArray[2] = 3

	numbers := C.numbers_new(6)
	overC = unsafe.Slice(numbers, 6)
	overCInt32 = unsafe.Slice((*int32)(unsafe.Pointer(numbers)), 6)[2:4]
	overCBytes = unsafe.Slice((*byte)(unsafe.Pointer(cString)), 8)
	goString = C.GoString(C.c_text)
	handle = cgo.NewHandle(&wrapped)
	// Memory of C's own, so that the rules of passing pointers are kept.
	handedToC = C.malloc(64)
	C.remember(handedToC)
}

func main() {
	d := truth.New()
	describeVars(d)
	d.Expr("main.cPacketPtr.id", [1]C.int{cPacketPtr.id})
	d.Expr("main.cPacketPtr.next.parts[1].pair[0]", [1]C.short{cPacketPtr.next.parts[1].pair[0]})
	d.Expr("main.overC[5]", [1]C.int{overC[5]})
	d.Expr("main.overC[2:4]", [1][]C.int{overC[2:4]})
	d.Expr("main.wrapped.Packet.name[0]", [1]C.char{wrapped.Packet.name[0]})
	truth.End(d, nil)
}
