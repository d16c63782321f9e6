package main

// Variables of statements: each lives in a block of its own, some many times.

//go:noinline
func switches(v interface{}, n int) int {
	switch x := v.(type) {
	case int:
		return x
	case string:
		say("main.switches", "n", n, "x", x)
		return selects(len(x)) + n
	}
	return 0
}

//go:noinline
func selects(n int) int {
	ch := make(chan string, 1)
	ch <- "message"
	select {
	case m, ok := <-ch:
		say("main.selects", "n", n, "m", m, "ok", ok)
		return loops(n) + len(m)
	default:
	}
	return 0
}

// loops is left in the third round: stale has a value of the round before in
// its place.
//
//go:noinline
func loops(n int) int {
	sum := 0
	for i := 0; i < 3; i++ {
		var before int
		if i > 0 {
			before = i * 100
		}
		stale := step(i, before, sum)
		sum += stale
	}
	return sum
}

//go:noinline
func step(i, n, sum int) int {
	if i < 2 {
		return i + 7
	}
	say("main.loops", "i", i, "before", n, "sum", sum)
	say("main.step", "i", i, "n", n, "sum", sum)
	return branches(true, i)
}

//go:noinline
func branches(yes bool, n int) int {
	if a, b := opaque(n), "b"; yes && a > 0 {
		c := a + len(b)
		say("main.branches", "yes", yes, "n", n, "a", a, "b", b, "c", c)
		return ranges([]Point{{1, 2}, {3, 4}}, map[string]int{"only": 5}) + c
	} else {
		d := a * 2
		return d + len(b)
	}
}

//go:noinline
func ranges(points []Point, m map[string]int) int {
	total := 0
	for i, p := range points {
		for key, value := range m {
			if i == 1 {
				say("main.ranges", "points", points, "m", m, "i", i,
					"p", p, "key", key, "value", value, "total", total)
				total += jumps(i)
			}
			total += value + p.X + len(key)
		}
	}
	return total
}

//go:noinline
func jumps(n int) int {
	i := 0
again:
	i++
	late := i * 10
	if i < 3 {
		goto again
	}
	say("main.jumps", "n", n, "i", i, "late", late)
	return multiple(n) + late + i
}

//go:noinline
func two(n int) (int, int) { return n + 1, n + 2 }

//go:noinline
func multiple(n int) int {
	a, b := two(n)
	a, c := two(b)
	say("main.multiple", "n", n, "a", a, "b", b, "c", c)
	list := [4]int{a, b, c, n}
	list[opaque(1)] = 9
	say("main.multiple", "list", list)
	s, err := recovered(list[opaque(1)])
	if err != nil {
		return len(s)
	}
	return list[opaque(2)] + a + b + c
}

//go:noinline
func recovered(n int) (s string, err error) {
	defer func() {
		// A package's name, and of no use when the program dies.
		main := []int32{stop}
		if r := recover(); r != nil && len(main) > opaque(0) {
			panic(r)
		}
	}()
	s = "set"
	say("main.recovered", "n", n, "s", s, "err", [1]error{err})
	n += pending(
		opaque(1),
		opaque(2))
	return s, nil
}
