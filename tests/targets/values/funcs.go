package main

import "vole.test/targets/truth"

func double(n int) int { return 2 * n }

func variadic(prefix string, rest ...int) (sum int, err error) {
	for _, n := range rest {
		sum += n
	}
	return sum, err
}

var captured = &Point{50, 60}

func adder(n int) func(int) int {
	return func(x int) int { return x + n }
}

func counter() func() int {
	count := 10
	return func() int {
		count++
		return count
	}
}

func manyCaptures(a string, b []int, c *Point, d interface{}) func() string {
	return func() string {
		if c != nil && len(b) > 0 && d != nil {
			return a
		}
		return ""
	}
}

var (
	funcNil        func()
	funcTop        = double
	funcVariadic   = variadic
	funcMethod     = captured.Move
	funcMethodVal  = captured.String
	funcMethodExpr = (*Point).Move
	funcExprVal    = Point.String
	funcByValue    = adder(5)
	funcByRef      = counter()
	funcMany       = manyCaptures("cap", []int{1, 2}, captured, 3.5)
	funcLiteral    = func() {}
	funcIface      = theShape.Name
	funcStd        = errNotExist.Error
)

// funcOf is a type with a function's face.
type funcOf func(Point, ...interface{}) (map[string]int, error)

var funcNamed funcOf = func(Point, ...interface{}) (map[string]int, error) { return nil, nil }

func describeFuncs(d *truth.Document) {
	funcByRef()
	d.Captures(funcByValue, "n", 5)
	d.Captures(funcByRef, "count", 11)
	d.Captures(funcMany, "a", "cap", "b", []int{1, 2}, "c", captured, "d", [1]interface{}{3.5})
}
