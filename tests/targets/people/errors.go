package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"

	"vole.test/targets/truth"
)

// accountError is an error as programs make their own.
type accountError struct {
	Account string
	Code    int
	Err     error
}

func (e *accountError) Error() string { return e.Account + ": " + e.Err.Error() }

// ringError wraps itself.
type ringError struct{ Next error }

func (e *ringError) Error() string { return "ring" }

// textError is one that is no struct.
type textError string

func (e textError) Error() string { return "text error " + string(e) }

var (
	errNil     error
	errPlain   = errors.New("boom \"quoted\"\n")
	errWrap    = fmt.Errorf("load %d: %w", 7, errPlain)
	errTwice   = fmt.Errorf("start: %w", errWrap)
	errFormat  = fmt.Errorf("no wrapping of %v", errPlain)
	_, errPath = os.Open("/nonexistent/file")
	errLink    = os.Rename("/nonexistent/a", "/nonexistent/b")
	errSyscall = os.NewSyscallError("futex", syscall.EAGAIN)
	_, errNum  = strconv.Atoi("12x")
	errExec    = error(&exec.Error{Name: "prog", Err: exec.ErrNotFound})
	errDial    = error(&net.OpError{Op: "dial", Net: "tcp",
		Source: &net.TCPAddr{IP: net.IPv4(10, 0, 0, 1), Port: 4000},
		Addr:   &net.TCPAddr{IP: net.ParseIP("2001:db8::5"), Port: 80},
		Err:    os.NewSyscallError("connect", syscall.ECONNREFUSED)})
	errListen = error(&net.OpError{Op: "listen", Net: "unix",
		Addr: &net.UnixAddr{Name: "/run/x.sock", Net: "unix"}, Err: syscall.EADDRINUSE})
	errRead = error(&net.OpError{Op: "read", Addr: &net.UDPAddr{Port: 53, Zone: "eth0",
		IP: net.ParseIP("fe80::1")}, Err: os.ErrDeadlineExceeded})
	errURL     = error(&url.Error{Op: "Get", URL: "http://x/?q=\"", Err: errDial})
	errStrange = error(&net.OpError{Op: "read", Addr: &net.IPNet{}, Err: syscall.EIO})
	errNumber  = error(syscall.ENOENT)
	errNoName  = error(syscall.Errno(4000))
	errText    = error(textError("t"))
	errOwn     = error(&accountError{"ada", 3, errPath})
	errOfOwn   = fmt.Errorf("outer: %w", errOwn)
	errPathOwn = error(&fs.PathError{Op: "open", Path: "p", Err: errText})
	errPathNil = fs.PathError{Op: "open", Path: "p"}
	errEnded   = fmt.Errorf("call: %w", context.DeadlineExceeded)
	errRing    = &ringError{}
	errOfRing  = fmt.Errorf("round: %w", errRing)
	errDeep    = errPlain
	errLong    = errors.New(string(make([]byte, 500)))
	errPlainAt = errPlain
)

func makeErrors() {
	errRing.Next = errOfRing
	for i := 0; i < 40; i++ {
		errDeep = fmt.Errorf("%d: %w", i, errDeep)
	}
}

// tellError says that the text is what Error returns, and what it wraps.
func tellError(d *truth.Document, expr string, err error, wraps string) {
	d.Text(expr, strconv.Quote(err.Error())+wraps)
}

// missing is what errors of files that are not there wrap.
const missing = ` wraps syscall.Errno(ENOENT, "no such file or directory")`

// deep is what errDeep wraps, as far as is shown: seven, each in the one before.
func deep() string {
	const shown = 7
	text := ""

	err := errDeep
	for i := 0; i < shown; i++ {
		err = errors.Unwrap(err)
		text += " wraps &fmt.wrapError(" + strconv.Quote(err.Error())
	}
	return text + " wraps &..." + strings.Repeat(")", shown)
}

func tellErrors(d *truth.Document) {
	const plain = ` wraps &errors.errorString("boom \"quoted\"\n")`
	const refused = ` wraps &os.SyscallError("connect: connection refused" wraps ` +
		`syscall.Errno(ECONNREFUSED, "connection refused"))`

	tellError(d, "main.errPlain", errPlain, "")
	tellError(d, "main.errWrap", errWrap, plain)
	tellError(d, "main.errTwice", errTwice, " wraps &fmt.wrapError("+
		strconv.Quote(errWrap.Error())+plain+")")
	tellError(d, "main.errFormat", errFormat, "")
	tellError(d, "main.errPath", errPath, missing)
	tellError(d, "main.errLink", errLink, missing)
	tellError(d, "main.errSyscall", errSyscall,
		` wraps syscall.Errno(EAGAIN, "resource temporarily unavailable")`)
	tellError(d, "main.errNum", errNum, ` wraps &errors.errorString("invalid syntax")`)
	tellError(d, "main.errURL", errURL, " wraps &net.OpError("+
		strconv.Quote(errDial.Error())+refused+")")
	tellError(d, "main.errExec", errExec,
		` wraps &errors.errorString("executable file not found in $PATH")`)
	tellError(d, "main.errDial", errDial, refused)
	tellError(d, "main.errListen", errListen,
		` wraps syscall.Errno(EADDRINUSE, "address already in use")`)
	tellError(d, "main.errRead", errRead, ` wraps &internal/poll.DeadlineExceededError("i/o timeout")`)
	tellError(d, "main.errOfOwn", errOfOwn,
		` wraps &main.accountError{Account: "ada", Code: 3, Err: &io/fs.PathError(`+
			strconv.Quote(errPath.Error())+missing+")}")
	tellError(d, "main.errEnded", errEnded,
		` wraps context.deadlineExceededError("context deadline exceeded")`)
	tellError(d, "main.errOfRing", errOfRing,
		` wraps &main.ringError{Next: (*fmt.wrapError)(`+fmt.Sprintf("%p", errOfRing)+") /* cycle */}")
	tellError(d, "main.errDeep", errDeep, deep())
	d.Var("main.errDial", &errDial)
	d.Var("main.errOfOwn", &errOfOwn)
	d.Text("main.errNumber", `ENOENT, "no such file or directory"`)
	tellNewErrors(d)
}
