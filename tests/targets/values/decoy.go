package main

// decoy looks like the scheduler to who must search for runtime.sched, as in a
// program without symbols: all of it but the number of idle Ps.
var decoy struct {
	words [31]uint64
	last  *uint64 // puts it where sched is, among what has pointers
}

func init() {
	decoy.words[0] = 16    // goidgen
	decoy.words[7] = 10000 // maxmcount
	decoy.words[11] = 1000 // npidle
	decoy.last = &decoy.words[0]
}
