package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unsafe"

	"vole.test/targets/values/other"
)

type codeError struct {
	Code int
	Err  error
}

func (e *codeError) Error() string { return fmt.Sprint("code ", e.Code) }
func (e *codeError) Unwrap() error { return e.Err }

type valueError int

func (e valueError) Error() string { return "value error" }

// onePtr is stored in an interface directly, being a single pointer.
type onePtr struct{ P *Point }

type oneFunc struct{ F func(int) int }

type onePtrArray [1]*Point

type shape interface {
	area() float64
	Name() string
}

type square struct{ Side float64 }

func (s square) area() float64 { return s.Side * s.Side }
func (s square) Name() string  { return "square" }

var (
	errPlain         = errors.New("plain")
	errWrapped       = fmt.Errorf("outer: %w", errPlain)
	errTwice         = fmt.Errorf("top: %w", errWrapped)
	errCustom  error = &codeError{404, errWrapped}
	errValue   error = valueError(3)
	errNil     error
	errTyped   error = (*codeError)(nil)

	// The data of what does not implement it stays behind: still nil.
	ifaceFailed, _ = errPlain.(fmt.Stringer)

	ifaceNil      interface{}
	ifaceInt      interface{} = 42
	ifaceSmall    interface{} = 7
	ifaceByte     interface{} = byte(200)
	ifaceNegative interface{} = int64(-1)
	ifaceZero     interface{} = 0
	ifaceString   interface{} = "text"
	ifaceEmptyStr interface{} = ""
	ifaceFloat    interface{} = 2.5
	ifaceBool     interface{} = true
	ifaceComplex  interface{} = 1 + 2i
	ifaceStruct   interface{} = Point{1, 2}
	ifaceEmpty    interface{} = struct{}{}
	ifacePtr      interface{} = &Point{3, 4}
	ifaceTypedNil interface{} = (*Point)(nil)
	ifaceNilMap   interface{} = map[string]int(nil)
	ifaceNilSlice interface{} = []int(nil)
	ifaceSlice    interface{} = []string{"x"}
	ifaceArray    interface{} = [2]int{1, 2}
	ifaceMap      interface{} = map[string]int{"k": 1}
	ifaceChan     interface{} = chanBuffered
	ifaceFunc     interface{} = double
	ifaceUnsafe   interface{} = unsafe.Pointer(&arrayInts)
	ifaceUintptr  interface{} = uintptr(1)
	ifaceOnePtr   interface{} = onePtr{&Point{5, 6}}
	ifaceOneFunc  interface{} = oneFunc{double}
	ifaceOneArray interface{} = onePtrArray{&Point{7, 8}}
	ifaceNamed    interface{} = myInt(5)
	ifaceOther    interface{} = other.Point{Lat: 1}
	ifaceGeneric  interface{} = Pair[string, int]{"k", 1}
	ifaceOfIface  interface{} = &ifaceInt
	ifaceWide     interface{} = wide{ID: 1, S: "w"}
	ifaceRune     interface{} = 'x'
	ifaceLocal    interface{}

	stringer    fmt.Stringer = Point{9, 9}
	stringerPtr fmt.Stringer = &Point{9, 8}
	stringerNil fmt.Stringer
	theShape    shape     = square{1.5}
	reader      io.Reader = strings.NewReader("read me")
	readerNil   io.Reader
	anonIface   interface {
		Name() string
		area() float64
	} = square{2}
	errNotExist       = os.ErrNotExist
	pathError   error = &os.PathError{Op: "open", Path: "/none", Err: os.ErrNotExist}
)

func init() {
	type local struct{ N int }
	ifaceLocal = local{77}
}
