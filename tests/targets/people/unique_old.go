//go:build go1.19 && !go1.24
// +build go1.19,!go1.24

package main

import "vole.test/targets/truth"

func tellUnique(*truth.Document) {}
