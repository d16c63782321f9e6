// A program for Go compilers that vole does not read: it dies.
package main

var hits = 7

func main() {
	var none *int

	hits++
	*none = hits
}
