package main

import (
	"reflect"
	"sync"
	"sync/atomic"
	"time"

	"vole.test/targets/truth"
)

type point struct{ X, Y int }

type describer interface{ Describe() string }

func (p point) Describe() string { return "a point" }

// settings has what is held in fields and elements, too.
type settings struct {
	Name    string
	Current atomic.Value
	Kinds   []reflect.Value
}

var (
	onePoint   = &point{3, 4}
	twoTexts   = []string{"a", "b"}
	refNone    reflect.Value
	refInt     = reflect.ValueOf(42)
	refByte    = reflect.ValueOf(uint8(7))
	refString  = reflect.ValueOf("text")
	refStruct  = reflect.ValueOf(point{1, 2})
	refPointer = reflect.ValueOf(onePoint)
	refElem    = reflect.ValueOf(onePoint).Elem()
	refField   = reflect.ValueOf(onePoint).Elem().Field(1)
	refMap     = reflect.ValueOf(map[string]int{"one": 1})
	refNilMap  = reflect.ValueOf(map[string]int(nil))
	refSlice   = reflect.ValueOf(twoTexts)
	refIface   = reflect.ValueOf(&oneIface).Elem()
	refMethod  = reflect.ValueOf(point{}).Method(0)
	refOfRef   = reflect.ValueOf(refInt)
	refSelf    reflect.Value
	oneIface   describer = point{5, 6}
	typePoint            = reflect.TypeOf(point{})
	typeMap              = reflect.TypeOf(map[string]*point{})
	typeMade             = reflect.SliceOf(reflect.TypeOf(point{}))
	valueNone  atomic.Value
	valueInt   atomic.Value
	valuePoint atomic.Value
	conf       settings
	groupIdle  sync.WaitGroup
	groupBusy  sync.WaitGroup
	condition  = sync.NewCond(&sync.Mutex{})
)

func makeHeld() {
	refSelf = reflect.ValueOf(&refSelf).Elem()
	valueInt.Store(42)
	valuePoint.Store(onePoint)
	conf.Name = "c"
	conf.Current.Store("now")
	conf.Kinds = []reflect.Value{refInt, refString, refNone}
	groupBusy.Add(3)
	for i := 0; i < 2; i++ {
		go groupBusy.Wait()
	}
	go func() {
		condition.L.Lock()
		condition.Wait()
	}()
	for waiting := 0; waiting < 1; time.Sleep(time.Millisecond) {
		notify := reflect.ValueOf(condition).Elem().FieldByName("notify")
		waiting = int(notify.FieldByName("wait").Uint())
	}
	// The group's waiters cannot be asked for; they need no more than this.
	time.Sleep(50 * time.Millisecond)
}

func tellHeld(d *truth.Document) {
	d.Holds("main.refInt", &refInt, [1]int{42})
	d.Holds("main.refByte", &refByte, [1]uint8{7})
	d.Holds("main.refString", &refString, [1]string{"text"})
	d.Holds("main.refStruct", &refStruct, [1]point{{1, 2}})
	d.Holds("main.refPointer", &refPointer, [1]*point{onePoint})
	d.Holds("main.refElem", &refElem, [1]point{*onePoint})
	d.Holds("main.refField", &refField, [1]int{onePoint.Y})
	d.Holds("main.refMap", &refMap, [1]map[string]int{{"one": 1}})
	d.Holds("main.refNilMap", &refNilMap, [1]map[string]int{nil})
	d.Holds("main.refSlice", &refSlice, [1][]string{twoTexts})
	d.Holds("main.refIface", &refIface, [1]describer{oneIface})
	d.Holds("main.valueNone", &valueNone, [1]interface{}{nil})
	d.Holds("main.valueInt", &valueInt, [1]interface{}{42})
	d.Holds("main.valuePoint", &valuePoint, [1]interface{}{onePoint})
	d.Text("main.refNone", "invalid")
	d.Text("main.refMethod", "method 0 of main.point")
	d.Text("main.typePoint", "main.point")
	d.Text("main.typeMap", "map[string]*main.point")
	d.Text("main.typeMade", "[]main.point")
	tellNewHeld(d)
}
