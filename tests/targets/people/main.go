// People has values of the standard library whose fields say less than the
// text that people would write.
package main

import (
	"bufio"
	"bytes"
	"container/list"
	"container/ring"
	"math/big"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"vole.test/targets/truth"
)

type counters struct {
	Hits  int64
	Locks sync.Mutex
}

var (
	buffer    = bytes.NewBufferString("hello, world")
	bufEmpty  bytes.Buffer
	bufLong   bytes.Buffer
	builder   strings.Builder
	readBytes = bytes.NewReader([]byte("abcdef"))
	readText  = strings.NewReader("abcdef")
	readFrom  = bufio.NewReader(strings.NewReader("line one\nline two\n"))
	writeTo   = bufio.NewWriter(os.Stderr)

	bigZero   big.Int
	bigSmall  = big.NewInt(-42)
	bigLarge  = new(big.Int).Exp(big.NewInt(7), big.NewInt(200), nil)
	bigRound  = new(big.Int).Exp(big.NewInt(10), big.NewInt(57), nil)
	addrNone  netip.Addr
	addr4     = netip.MustParseAddr("192.0.2.17")
	addr6     = netip.MustParseAddr("2001:db8::1:0:0:8")
	addrAny   = netip.MustParseAddr("::")
	addrLoop  = netip.MustParseAddr("::1")
	addrFull  = netip.MustParseAddr("1:2:3:4:5:6:7:8")
	addrMid   = netip.MustParseAddr("fe80::")
	addrIn4   = netip.MustParseAddr("::ffff:10.1.2.3")
	addrZone  = netip.MustParseAddr("fe80::1%eth0")
	port4     = netip.MustParseAddrPort("10.0.0.1:8080")
	port6     = netip.MustParseAddrPort("[::1]:443")
	prefix4   = netip.MustParsePrefix("10.1.0.0/16")
	prefix6   = netip.MustParsePrefix("2001:db8::/32")
	prefixNon netip.Prefix
	portNone  netip.AddrPort
	tcpZone   = &net.TCPAddr{IP: net.IPv4(1, 2, 3, 4), Zone: "eth0", Port: 80}
	tcpZone6  = &net.TCPAddr{IP: net.ParseIP("fe80::1"), Zone: "eth0", Port: 80}

	// Zones without a name are what parsing makes.
	timeEast = time.Date(2024, 5, 6, 7, 8, 9, 0, time.FixedZone("", 5400))
	timeWest = time.Date(-1, 5, 6, 7, 8, 9, 0, time.FixedZone("", -30))

	lockFree  sync.Mutex
	lockHeld  sync.Mutex
	rwFree    sync.RWMutex
	rwRead    sync.RWMutex
	rwHeld    sync.RWMutex
	onceDone  sync.Once
	onceNever sync.Once
	counter   counters

	mapEmpty  sync.Map
	mapFew    sync.Map
	mapRead   sync.Map
	mapMany   sync.Map
	listEmpty list.List
	listThree = list.New()
	listCopy  = *list.New()
	ringThree = ring.New(3)
	word      int32
)

// keep holds what nothing else refers to, or the linker leaves it out.
var keep = []interface{}{
	&bufEmpty, &lockFree, &rwFree, &onceNever, &addrMid, &prefixNon, &bigZero, &addrNone,
	&portNone, &tcpZone, &tcpZone6, &timeEast, &timeWest, &mapEmpty, &listEmpty, &listCopy, &ctxNil, &ctxSoon, &errNil, &errStrange, &errNoName, &errText,
	&errPathOwn, &errPathNil, &errLong, &errPlainAt,
	&errNumber, &refOfRef, &refSelf, &conf, &groupIdle, &groupBusy,
}

func fill() {
	mapFew.Store("one", 1)
	mapFew.Store("two", []int{2})
	mapFew.Store("three", nil)
	mapFew.Delete("two")
	for i := 0; i < 20; i++ {
		mapRead.Store(i, i*i)
	}
	// Reads make a new entry one of those that are read without a lock.
	for i := 0; i < 50; i++ {
		mapRead.Load(i % 20)
	}
	mapRead.Delete(7)
	for i := 0; i < 1000; i++ {
		mapMany.Store(i, i)
	}
	listThree.PushBack("a")
	listThree.PushBack(2)
	listThree.PushBack(nil)
	for i := 0; i < 3; i++ {
		ringThree.Value = i
		ringThree = ringThree.Next()
	}
}

func main() {
	buffer.Next(7)
	bufLong.WriteString(strings.Repeat("0123456789", 100))
	builder.WriteString("built \"here\"")
	_, _ = readBytes.ReadByte()
	_, _ = readText.ReadByte()
	_, _ = readFrom.ReadString('\n')
	_, _ = writeTo.WriteString("not yet written")
	lockHeld.Lock()
	rwRead.RLock()
	rwRead.RLock()
	rwHeld.Lock()
	onceDone.Do(func() {})
	counter.Locks.Lock()
	atomic.AddInt32(&word, 1)
	fill()
	makeContexts()
	makeErrors()
	makeHeld()
	d := truth.New()
	d.Var("main.word", &word)
	d.Expr("len(main.keep)", [1]int{len(keep)})
	tellContexts(d)
	tellErrors(d)
	tellHeld(d)
	tellGenerics(d)
	truth.End(d, nil)
}
