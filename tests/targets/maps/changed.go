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

// Keys of one word, changed where they are: code compares nothing else in a
// classic map, nor in a map of one group.
var (
	word     = map[int64]string{7: "changed under the map"} //truth:skip
	wordKey  int64
	wordGot  string
	words    = map[uint32]int{} //truth:skip
	wordsKey uint32
	wordsGot int
)

// unitsOf is where the buckets are, or the one group, or the directory.
func unitsOf(m unsafe.Pointer) unsafe.Pointer {
	return *(*unsafe.Pointer)(unsafe.Pointer(uintptr(m) + 16))
}

// uint32Bucket is one of a classic map[uint32]int.
type uint32Bucket struct {
	top      [8]uint8
	keys     [8]uint32
	elems    [8]int
	overflow unsafe.Pointer
}

func changeWords() {
	slot := (*int64)(unsafe.Pointer(uintptr(unitsOf(*(*unsafe.Pointer)(unsafe.Pointer(&word)))) + 8))
	*slot = 1000
	wordKey, wordGot = *slot, word[*slot]
	for i := uint32(0); i < 20; i++ {
		words[i] = int(i) * 10
	}
	if !classic() {
		return
	}
	// Which bucket is the first that is not empty is chance.
	bucket := (*uint32Bucket)(unitsOf(*(*unsafe.Pointer)(unsafe.Pointer(&words))))
	for bucket.top[0] == 0 {
		bucket = (*uint32Bucket)(unsafe.Pointer(uintptr(unsafe.Pointer(bucket)) + unsafe.Sizeof(*bucket)))
	}
	if bucket.top[0]++; bucket.top[0] == 0 {
		bucket.top[0] = 200
	}
	wordsKey, wordsGot = bucket.keys[0], words[bucket.keys[0]]
}

// The same key twice, as threads leave it that write without a lock; and keys of
// one hash that are not the same, by their types.
var (
	twins    = map[int64]string{1: "one", 2: "two"} //truth:skip
	sameHash = map[interface{}]int{int64(5): 1, uint64(5): 2, uintptr(5): 3}
)

func makeTwins() {
	units := unitsOf(*(*unsafe.Pointer)(unsafe.Pointer(&twins)))
	keys, step := uintptr(8), uintptr(8)
	if !classic() {
		step += unsafe.Sizeof("")
	}
	mark := func(i uintptr) *uint8 { return (*uint8)(unsafe.Pointer(uintptr(units) + i)) }
	key := func(i uintptr) *int64 { return (*int64)(unsafe.Pointer(uintptr(units) + keys + i*step)) }
	*mark(1), *key(1) = *mark(0), *key(0)
}

func changeKeys() {
	lose()
	makeTwins()
	changeWords()
	reusedKey, reusedGot = change(reused, []byte("? was read here"))
	longKey, longGot = change(reusedLong, make([]byte, 100))
}
