// A Go library for a C program: main is not Go's here.
package main

import "C"

var held = map[string]int{"in a library": 1}

//export Touch
func Touch() C.int {
	held["touched"]++
	return C.int(len(held))
}

func main() {}
