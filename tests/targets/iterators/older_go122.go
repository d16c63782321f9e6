//go:build !go1.23

package main

const pulls = false

func pull() {}
