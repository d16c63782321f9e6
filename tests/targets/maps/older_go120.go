//go:build !go1.21

package main

// clone is what maps.Clone does, by hand.
func clone[K comparable, V any](m map[K]V) map[K]V {
	ret := make(map[K]V, len(m))
	for k, v := range m {
		ret[k] = v
	}
	return ret
}

func newer() {}
