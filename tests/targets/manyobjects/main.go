// Manyobjects has a heap of as many million objects as it is asked for, of all
// small sizes, some of them views of one array, and is ended by the kernel. It
// is for the bench.
package main

import (
	"flag"
	"runtime"
	"strconv"

	"vole.test/targets/truth"
)

type node struct {
	next  *node
	name  string
	part  []byte
	extra []int64
	other *leaf
}

type leaf struct {
	value int64
	up    *node
}

var (
	count  = flag.Int("n", 680_000, "how many nodes, of five objects each")
	shared = make([]byte, 1<<20)
	all    *node
	index  []*node
)

func main() {
	flag.Parse()
	for i := 0; i < *count; i++ {
		n := &node{next: all, name: strconv.Itoa(i), other: &leaf{value: int64(i)}}
		n.other.up = n
		n.extra = make([]int64, i%48)
		switch i % 1000 {
		case 0:
			n.part = shared[i%(1<<20) : i%(1<<20)+1]
		default:
			n.part = make([]byte, 32+i%96)
		}
		all = n
		if i%16 == 0 {
			index = append(index, n)
		}
	}
	runtime.GC()
	truth.New().Print()
	truth.Kill()
}
