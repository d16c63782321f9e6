package main

import "vole.test/targets/truth"

var (
	chanNil        chan int
	chanUnbuffered = make(chan string)
	chanBuffered   = make(chan int, 4)
	chanWrapped    = make(chan string, 3)
	chanFull       = make(chan int64, 2)
	chanClosed     = make(chan int, 3)
	chanStruct     = make(chan Point, 2)
	chanEmpty      = make(chan struct{}, 3)
	chanPtr        = make(chan *Point, 2)
	chanError      = make(chan error, 1)
	chanRecv       = (<-chan int)(chanBuffered)
	chanSend       = (chan<- int)(chanBuffered)
	chanChan       = make(chan chan int, 1)
	chanRecvOnly   = make(chan (<-chan int), 1)
	chanFunc       = make(chan func(int) int, 1)
	chanWide       = make(chan wide, 1)
)

func init() {
	chanBuffered <- 1
	chanBuffered <- 2
	// The read and write places have both gone round the ring.
	for _, s := range []string{"a", "b"} {
		chanWrapped <- s
		<-chanWrapped
	}
	chanWrapped <- "c"
	chanWrapped <- "d"
	chanWrapped <- "e"
	chanFull <- 1 << 40
	chanFull <- -1
	chanClosed <- 9
	close(chanClosed)
	chanStruct <- Point{1, 2}
	chanEmpty <- struct{}{}
	chanEmpty <- struct{}{}
	chanPtr <- alice2
	chanPtr <- nil
	chanError <- errPlain
	chanChan <- chanBuffered
	chanFunc <- double
}

var alice2 = &Point{100, 200}

func describeChans(d *truth.Document) {
	d.Chan(chanBuffered, []int{1, 2})
	d.Chan(chanWrapped, []string{"c", "d", "e"})
	d.Chan(chanFull, []int64{1 << 40, -1})
	d.Chan(chanClosed, []int{9})
	d.Chan(chanStruct, []Point{{1, 2}})
	d.Chan(chanEmpty, []struct{}{{}, {}})
	d.Chan(chanPtr, []*Point{alice2, nil})
	d.Chan(chanError, []error{errPlain})
	d.Chan(chanChan, []chan int{chanBuffered})
	d.Chan(chanFunc, []func(int) int{double})
}
