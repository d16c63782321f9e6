// Package other has types whose base names are taken in main as well.
package other

// Point is not main.Point.
type Point struct{ Lat, Lon float64 }

// Pair is not main.Pair.
type Pair[K comparable, V any] struct {
	First  K
	second V
}

// MakePair sets the unexported half as well.
func MakePair[K comparable, V any](k K, v V) Pair[K, V] { return Pair[K, V]{k, v} }

// Hidden is a package variable outside main.
var Hidden = Point{Lat: 1, Lon: 2}

// Users is found under the same base name as main.users, but exported.
var Users = map[string]Point{"home": {Lat: 52.52, Lon: 13.405}}

var counter = 12345

// Counter keeps counter alive.
func Counter() *int { return &counter }
