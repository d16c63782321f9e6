package main

import "unsafe"

// A map whose keys are all of one buffer, so that each became the last one; and
// what the program itself finds by that.
var (
	reused     = map[string]int{} //truth:skip
	reusedKey  string
	reusedGot  int
	reusedLong = map[string]int{} //truth:skip
	longKey    string
	longGot    int
)

func change(m map[string]int, buffer []byte) (key string, got int) {
	for i := range [5]int{} {
		buffer[0] = byte('a' + i)
		m[*(*string)(unsafe.Pointer(&buffer))] = i
	}
	key = string(buffer)
	return key, m[key]
}

func changeKeys() {
	reusedKey, reusedGot = change(reused, []byte("? was read here"))
	longKey, longGot = change(reusedLong, make([]byte, 100))
}
