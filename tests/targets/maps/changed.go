package main

import "unsafe"

// A map whose keys are all of one buffer, so that each became the last one; and
// what the program itself finds by that.
var (
	reused     map[string]int //truth:skip
	reusedKey  string
	reusedGot  int
	reusedLong map[string]int //truth:skip
	longKey    string
	longGot    int
	lost       = map[string]int{} //truth:skip
	lostKey    string
)

// A struct of a string is looked up as a string is.
type wrapped struct{ name string }

var (
	reusedNamed map[wrapped]int //truth:skip
	namedKey    wrapped
	namedGot    int
)

func changeNamed(buffer []byte) {
	for len(reusedNamed) != 5 {
		reusedNamed = map[wrapped]int{}
		for i := range [5]int{} {
			buffer[0] = byte('a' + i)
			reusedNamed[wrapped{*(*string)(unsafe.Pointer(&buffer))}] = i
		}
	}
	namedKey = wrapped{string(buffer)}
	namedGot = reusedNamed[namedKey]
}

// change makes a map of five entries; that the last key's mark is the first one's
// is chance, and then there are fewer.
func change(buffer []byte) (m map[string]int, key string, got int) {
	for len(m) != 5 {
		m = map[string]int{}
		for i := range [5]int{} {
			buffer[0] = byte('a' + i)
			m[*(*string)(unsafe.Pointer(&buffer))] = i
		}
	}
	key = string(buffer)
	return m, key, m[key]
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
	word     map[int64]string //truth:skip
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

// changeWord makes 1000 of 7; their marks must not be the same by chance.
func changeWord() {
	for {
		word = map[int64]string{7: "changed under the map", 1000: ""}
		unit := unitsOf(*(*unsafe.Pointer)(unsafe.Pointer(&word)))
		marks := (*[8]uint8)(unit)
		if marks[0] == marks[1] {
			continue
		}
		delete(word, 1000)
		slot := (*int64)(unsafe.Pointer(uintptr(unit) + 8))
		*slot = 1000
		wordKey, wordGot = *slot, word[*slot]
		return
	}
}

func changeWords() {
	changeWord()
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
	nilParts = map[[2]interface{}]int{{nil, 1}: 1, {1, nil}: 2, {nil, nil}: 3}
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
	reused, reusedKey, reusedGot = change([]byte("? was read here"))
	changeNamed([]byte("? was named here"))
	reusedLong, longKey, longGot = change(make([]byte, 100))
}
