package main

// list is a generic type.
type list[T any] struct {
	items []T
	next  *list[T]
}

type number interface {
	~int | ~float64
}

func startGenerics() {
	go mapped(expect("generic function", "chan receive"), []string{"a", "b"}, func(s string) int {
		return len(s)
	})
	go total(expect("generic of int", "chan receive"), []int{1, 2, 3})
	l := &list[float64]{items: []float64{0.5}}
	go l.each(expect("generic method", "chan receive"))
	each := l.each
	go each(expect("generic method value", "chan receive"))
	m := &list[map[string]*list[int]]{items: make([]map[string]*list[int], 1)}
	go m.each(expect("generic of a map", "chan receive"))
}

//go:noinline
func mapped[T, U any](t *task, in []T, f func(T) U) []U {
	var out []U

	for _, it := range in {
		out = append(out, f(it))
	}
	t.start()
	keep(waiting(out))
	return out
}

func waiting[T any](list []T) T {
	<-empty
	return list[0]
}

//go:noinline
func total[T number](t *task, in []T) T {
	var sum T

	for _, it := range in {
		sum += it
	}
	t.start()
	func() {
		<-empty
		keep(sum)
	}()
	return sum
}

//go:noinline
func (l *list[T]) each(t *task) {
	for _, it := range l.items {
		t.start()
		<-empty
		keep(it)
	}
}
