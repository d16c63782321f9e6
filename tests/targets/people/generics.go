package main

import "vole.test/targets/truth"

// remember makes closures that share their code with those of other types.
//
//go:noinline
func remember[K comparable, V any](k K, v V) func() (K, V) {
	changes := v
	return func() (K, V) {
		changes = v
		return k, changes
	}
}

var (
	rememberInt   = remember(1, "one")
	rememberKey   = remember(onePoint, ctxKey("key"))
	rememberAlike = remember(ctxKey("key"), "text")
)

func tellGenerics(d *truth.Document) {
	d.Var("main.rememberInt", &rememberInt)
	d.Var("main.rememberKey", &rememberKey)
	d.Var("main.rememberAlike", &rememberAlike)
}
