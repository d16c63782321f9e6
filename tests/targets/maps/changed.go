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
	lost       = map[string]int{} //truth:skip
	lostKey    string
)

func change(m map[string]int, buffer []byte) (key string, got int) {
	for i := range [5]int{} {
		buffer[0] = byte('a' + i)
		m[*(*string)(unsafe.Pointer(&buffer))] = i
	}
	key = string(buffer)
	return key, m[key]
}

// lose changes the first key of many until it is found no more.
func lose() {
	buffer := []byte("the first key")
	lost[*(*string)(unsafe.Pointer(&buffer))] = 1
	for i := 0; i < 50; i++ {
		lost[text(i)+"!"] = i
	}
	for buffer[0] = 'A'; ; buffer[0]++ {
		if _, found := lost[string(buffer)]; !found {
			lostKey = string(buffer)
			return
		}
	}
}

func changeKeys() {
	lose()
	reusedKey, reusedGot = change(reused, []byte("? was read here"))
	longKey, longGot = change(reusedLong, make([]byte, 100))
}
