//go:build go1.20
// +build go1.20

package main

import (
	"errors"
	"fmt"
	"strconv"

	"vole.test/targets/truth"
)

var (
	errJoin = errors.Join(errPlain, nil, errPath)
	errBoth = fmt.Errorf("%w and %w", errPlain, errJoin)
	errMany error
)

func tellNewErrors(d *truth.Document) {
	const plain = `&errors.errorString("boom \"quoted\"\n")`
	const path = `&io/fs.PathError("open /nonexistent/file: no such file or directory"` +
		missing + ")"

	for i := 0; i < 40; i++ {
		errMany = errors.Join(errMany, errMany, errPlain)
	}
	tellError(d, "main.errJoin", errJoin, " wraps "+plain+", "+path)
	tellError(d, "main.errBoth", errBoth, " wraps "+plain+", &errors.joinError("+
		strconv.Quote(errJoin.Error())+" wraps "+plain+", "+path+")")
}
