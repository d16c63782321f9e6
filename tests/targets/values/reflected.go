package main

import "reflect"

// Types that only exist at run time: no DWARF describes them.
var (
	reflectedMap    interface{}
	reflectedStruct interface{}
	reflectedSlice  interface{}
	reflectedArray  interface{}
	reflectedPtr    interface{}
	reflectedChan   interface{}
	reflectedFunc   interface{}
	reflectedMixed  interface{}
)

func init() {
	m := reflect.MakeMap(reflect.MapOf(reflect.TypeOf(int16(0)), reflect.TypeOf([3]uint8{})))
	m.SetMapIndex(reflect.ValueOf(int16(-3)), reflect.ValueOf([3]uint8{1, 2, 3}))
	m.SetMapIndex(reflect.ValueOf(int16(4)), reflect.ValueOf([3]uint8{4, 5, 6}))
	reflectedMap = m.Interface()

	t := reflect.StructOf([]reflect.StructField{
		{Name: "Alpha", Type: reflect.TypeOf(""), Tag: `json:"alpha"`},
		{Name: "Beta", Type: reflect.TypeOf(int8(0))},
		{Name: "Gamma", Type: reflect.TypeOf(Point{})},
	})
	s := reflect.New(t).Elem()
	s.Field(0).SetString("made at run time")
	s.Field(1).SetInt(-7)
	s.Field(2).Set(reflect.ValueOf(Point{8, 9}))
	reflectedStruct = s.Interface()

	l := reflect.MakeSlice(reflect.SliceOf(t), 2, 3)
	l.Index(1).Set(s)
	reflectedSlice = l.Interface()

	a := reflect.New(reflect.ArrayOf(7, reflect.TypeOf(uint16(0)))).Elem()
	a.Index(6).SetUint(65535)
	reflectedArray = a.Interface()

	p := reflect.New(t)
	p.Elem().Set(s)
	reflectedPtr = p.Interface()

	c := reflect.MakeChan(reflect.ChanOf(reflect.BothDir, reflect.TypeOf([5]int8{})), 2)
	c.Send(reflect.ValueOf([5]int8{5, 4, 3, 2, 1}))
	reflectedChan = c.Interface()

	reflectedFunc = reflect.Zero(reflect.FuncOf([]reflect.Type{t}, []reflect.Type{reflect.TypeOf(1)}, false)).Interface()

	mixedMap := reflect.MakeMap(reflect.MapOf(reflect.TypeOf([2]string{}), t))
	mixedMap.SetMapIndex(reflect.ValueOf([2]string{"a", "b"}), s)
	reflectedMixed = mixedMap.Interface()
}
