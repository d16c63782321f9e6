//go:build !go1.21
// +build !go1.21

package main

import "vole.test/targets/truth"

func tellNewContexts(*truth.Document) {}
