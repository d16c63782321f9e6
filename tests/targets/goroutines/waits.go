package main

import (
	"context"
	"net"
	"os"
	"os/signal"
	"runtime"
	"runtime/pprof"
	"syscall"
)

func startWaits() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go accept(expect("accept", "IO wait"), listener)
	client, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		panic(err)
	}
	go readConn(expect("network read", "IO wait"), client)
	reader, writer, err := os.Pipe()
	if err != nil {
		panic(err)
	}
	go readFile(expect("pipe read", "IO wait"), reader)
	go readRaw(expect("raw read", "syscall"), false)
	go readRaw(expect("raw read, locked", "syscall"), true)
	go locked(expect("locked", "chan receive"))
	go labelled(expect("labels", "chan receive"))

	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGUSR2)
	go onSignal(expect("signal", "chan receive"), signals)
	open = append(open, writer)
}

// open is what a collection must not close.
var open []interface{}

func accept(t *task, listener net.Listener) {
	t.start()
	for {
		conn, err := listener.Accept()
		if err != nil {
			panic(err)
		}
		open = append(open, conn)
	}
}

func readConn(t *task, conn net.Conn) {
	t.start()
	var buf [16]byte
	n, err := conn.Read(buf[:])
	keep(n, err)
}

func readFile(t *task, file *os.File) {
	t.start()
	buf := make([]byte, 512)
	n, err := file.Read(buf)
	keep(n, err)
}

// readRaw blocks in the kernel: the poller knows nothing of its pipe.
func readRaw(t *task, lock bool) {
	var fds [2]int
	var buf [8]byte

	if lock {
		runtime.LockOSThread()
	}
	t.start()
	if err := syscall.Pipe(fds[:]); err != nil {
		panic(err)
	}
	t.local("main.readRaw", "lock", [1]bool{lock})
	n, err := syscall.Read(fds[0], buf[:])
	keep(n, err, lock)
}

func locked(t *task) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	t.start()
	t.on("receive", address(empty))
	<-empty
}

func labelled(t *task) {
	t.Labels = map[string]string{"request": "42", "path": "/a b", "empty": ""}
	labels := pprof.Labels("request", "42", "path", "/a b", "empty", "")
	pprof.Do(context.Background(), labels, func(context.Context) {
		t.start()
		child := expect("labels inherited", "chan receive")
		child.Labels = t.Labels
		go late(child)
		t.on("receive", address(empty))
		<-empty
	})
}

func onSignal(t *task, signals chan os.Signal) {
	t.start()
	keep(<-signals)
}
