package main

import "math"

// Named types of each kind: the name must be printed, not the kind.
type (
	myBool       bool
	myInt        int
	myInt8       int8
	myInt16      int16
	myInt32      int32
	myInt64      int64
	myUint       uint
	myUint8      uint8
	myUint16     uint16
	myUint32     uint32
	myUint64     uint64
	myUintptr    uintptr
	myFloat32    float32
	myFloat64    float64
	myComplex64  complex64
	myComplex128 complex128
	myString     string
)

var (
	intMin                    = math.MinInt
	intMax                    = math.MaxInt
	intZero         int       = 0
	int8Min         int8      = math.MinInt8
	int8Max         int8      = math.MaxInt8
	int16Min        int16     = math.MinInt16
	int16Max        int16     = math.MaxInt16
	int32Min        int32     = math.MinInt32
	int32Max        int32     = math.MaxInt32
	int64Min        int64     = math.MinInt64
	int64Max        int64     = math.MaxInt64
	uintMax         uint      = math.MaxUint
	uint8Max        uint8     = math.MaxUint8
	uint16Max       uint16    = math.MaxUint16
	uint32Max       uint32    = math.MaxUint32
	uint64Max       uint64    = math.MaxUint64
	uintptrMax                = ^uintptr(0)
	uintptrSmall    uintptr   = 4096
	theByte         byte      = 'A'
	theRune         rune      = 'é'
	boolTrue                  = true
	boolFalse                 = false
	float32Max      float32   = math.MaxFloat32
	float32Tiny     float32   = math.SmallestNonzeroFloat32
	float32Tenth    float32   = 0.1
	float32NaN                = float32(math.NaN())
	float32Inf                = float32(math.Inf(-1))
	float64Max                = math.MaxFloat64
	float64Denormal           = math.SmallestNonzeroFloat64
	float64Tenth              = 0.1
	float64Third              = 1.0 / 3
	float64NaN                = math.NaN()
	float64Payload            = math.Float64frombits(0x7ff8_0000_dead_beef)
	float64Inf                = math.Inf(1)
	float64NegInf             = math.Inf(-1)
	float64NegZero            = math.Copysign(0, -1)
	float64E20                = 1e20
	float64E21                = 1e21
	float64E6                 = 1e-6
	float64E7                 = 1e-7
	float64Whole              = 100.0
	complex64One    complex64 = complex(1, -2.5)
	complex128One             = complex(0.1, 1e21)
	complexNaN                = complex(math.NaN(), math.Inf(-1))
	complexNegZero            = complex(math.Copysign(0, -1), math.Copysign(0, -1))

	namedBool       myBool       = true
	namedInt        myInt        = -1
	namedInt8       myInt8       = -8
	namedInt16      myInt16      = -16
	namedInt32      myInt32      = -32
	namedInt64      myInt64      = -64
	namedUint       myUint       = 1
	namedUint8      myUint8      = 8
	namedUint16     myUint16     = 16
	namedUint32     myUint32     = 32
	namedUint64     myUint64     = 64
	namedUintptr    myUintptr    = 0xfeed
	namedFloat32    myFloat32    = 1.5
	namedFloat64    myFloat64    = 2.5
	namedComplex64  myComplex64  = 1 + 2i
	namedComplex128 myComplex128 = 3 - 4i
	namedString     myString     = "named"
)

// Integer constants are in the binary's DWARF as well.
const (
	Answer          = 42
	Typed     myInt = 7
	BigAnswer       = 1 << 40
	Negative        = -5
)
