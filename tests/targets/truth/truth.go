// Package truth lets a test program state what its own variables hold.
//
// The program walks its package variables by reflection and prints one JSON
// document just before it dies. The tests then ask vole for the same
// expressions in the core and compare leaf by leaf, so no expected value is
// ever written by hand twice.
//
// A value has the shape that vole prints with --json. Three keys are only
// found here: "nil" (the thing is a nil pointer, map, slice, ...), "cut" (the
// walk stopped, the comparison must too) and "head" (only some entries of a
// large map are listed).
package truth

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"runtime"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"
	"unsafe"
)

// maxDepth stays below the depth the tests ask of vole, which is 20, so that
// every place vole cuts has been cut here before.
const maxDepth = 14

// Value is one JSON object.
type Value map[string]interface{}

// Item is one expression and what it must evaluate to, already written out:
// as a Value it takes many times the memory, all of which would end in the core.
type Item struct {
	Expr  string          `json:"expr"`
	Value json.RawMessage `json:"value"`
}

func item(expr string, value Value) Item {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return Item{expr, text}
}

// Text is what a value must read like, at least in the beginning.
type Text struct {
	Expr string `json:"expr"`
	Text string `json:"text"`
}

// Document is all that a program says about itself.
type Document struct {
	Go    string            `json:"go"`
	Pid   int               `json:"pid"`
	Vars  []Item            `json:"vars"`
	Exprs []Item            `json:"exprs"`
	Texts []Text            `json:"texts,omitempty"`
	Notes map[string]string `json:"notes,omitempty"`

	Goroutines []Goroutine `json:"goroutines,omitempty"`

	chans    map[uintptr]reflect.Value
	captures map[uintptr][]capture
	keep     []interface{}
}

type capture struct {
	name  string
	value reflect.Value
}

// New starts an empty document.
func New() *Document {
	return &Document{
		Go:       runtime.Version(),
		Pid:      os.Getpid(),
		Vars:     []Item{},
		Exprs:    []Item{},
		Notes:    map[string]string{},
		chans:    map[uintptr]reflect.Value{},
		captures: map[uintptr][]capture{},
	}
}

// Chan says what a channel's buffer holds, oldest first. Reflection cannot
// look without receiving, which would change the ring.
func (d *Document) Chan(ch, elements interface{}) {
	d.chans[reflect.ValueOf(ch).Pointer()] = reflect.ValueOf(elements)
}

// Captures says what a closure has captured, as name, value, name, value...
// The closure is known by its closure object: two closures share their code.
func (d *Document) Captures(fn interface{}, pairs ...interface{}) {
	var list []capture

	for i := 0; i < len(pairs); i += 2 {
		list = append(list, capture{pairs[i].(string), reflect.ValueOf(pairs[i+1])})
	}
	d.captures[closure(reflect.ValueOf(fn))] = list
}

// Var describes a package variable, given a pointer to it.
func (d *Document) Var(expr string, pointer interface{}) {
	d.keep = append(d.keep, pointer)
	d.Vars = append(d.Vars, item(expr, d.walk(reflect.ValueOf(pointer).Elem(), 0, nil)))
}

// Expr describes an expression by the value Go itself gave it. It is wrapped
// in an array of one so that an interface keeps its static type.
func (d *Document) Expr(expr string, arrayOfOne interface{}) {
	d.keep = append(d.keep, arrayOfOne)
	d.Exprs = append(d.Exprs,
		item(expr, d.walk(reflect.ValueOf(arrayOfOne).Index(0), 0, nil)))
}

// Holds describes a variable of a type that is there to hold another value,
// which is wrapped in an array of one, as in Expr.
func (d *Document) Holds(expr string, pointer, arrayOfOne interface{}) {
	value := d.walk(reflect.ValueOf(pointer).Elem(), 0, nil)

	value["holds"] = d.walk(reflect.ValueOf(arrayOfOne).Index(0), 1, nil)
	d.keep = append(d.keep, pointer, arrayOfOne)
	d.Vars = append(d.Vars, item(expr, value))
}

// Text says how the text of an expression begins: that of the value itself or
// of what it points to or holds.
func (d *Document) Text(expr, text string) {
	d.Texts = append(d.Texts, Text{expr, text})
}

// MapHead describes a map too large to be written out: its length and the
// entries of the given keys.
func (d *Document) MapHead(expr string, pointer interface{}, keys ...interface{}) {
	m := reflect.ValueOf(pointer).Elem()
	entries := []Value{}

	for _, k := range keys {
		key := reflect.ValueOf(k)
		entries = append(entries, Value{
			"key":   d.walk(key, 1, nil),
			"value": d.walk(m.MapIndex(key), 1, nil),
		})
	}
	d.keep = append(d.keep, pointer)
	d.Vars = append(d.Vars, item(expr, Value{
		"type": TypeName(m.Type()), "kind": "map", "address": address(m.UnsafeAddr()),
		"len": m.Len(), "head": true, "entries": entries,
	}))
}

// Note adds a word for a test that needs more than values, such as which
// state a map was caught in.
func (d *Document) Note(name, text string) {
	d.Notes[name] = text
}

// Print writes the document in one piece.
func (d *Document) Print() {
	out, err := json.Marshal(d)
	if err != nil {
		panic(err)
	}
	if _, err := os.Stdout.Write(append(out, '\n')); err != nil {
		panic(err)
	}
}

func address(p uintptr) string {
	return "0x" + strconv.FormatUint(uint64(p), 16)
}

// closure is the word a func variable holds. reflect's Pointer gives the code.
func closure(v reflect.Value) uintptr {
	box := reflect.New(v.Type())

	if v.CanInterface() {
		box.Elem().Set(v)
		return *(*uintptr)(unsafe.Pointer(box.Pointer()))
	}
	if v.CanAddr() {
		return *(*uintptr)(unsafe.Pointer(v.UnsafeAddr()))
	}
	return 0
}

func (d *Document) walk(v reflect.Value, depth int, path []uintptr) Value {
	ret := Value{"type": TypeName(v.Type()), "kind": v.Kind().String()}

	if v.CanAddr() {
		ret["address"] = address(v.UnsafeAddr())
	}
	if depth > maxDepth {
		ret["cut"] = true
		return ret
	}
	switch v.Kind() {
	case reflect.Ptr:
		d.walkPointer(ret, v, depth, path)
	case reflect.Struct:
		d.walkStruct(ret, v, depth, path)
	case reflect.Array:
		ret["len"] = v.Len()
		ret["elements"] = d.elements(v, depth, path)
	case reflect.Slice:
		if v.IsNil() {
			ret["nil"] = true
		}
		ret["len"], ret["cap"] = v.Len(), v.Cap()
		ret["elements"] = d.elements(v, depth, path)
	case reflect.Map:
		d.walkMap(ret, v, depth, path)
	case reflect.Chan:
		d.walkChan(ret, v, depth, path)
	case reflect.Interface:
		if v.IsNil() {
			ret["nil"] = true
		} else {
			ret["dynamic"] = d.walk(v.Elem(), depth+1, path)
		}
	case reflect.Func:
		d.walkFunc(ret, v, depth, path)
	default:
		walkScalar(ret, v)
	}
	return ret
}

func walkScalar(ret Value, v reflect.Value) {
	switch v.Kind() {
	case reflect.Bool:
		ret["value"] = v.Bool()
	case reflect.Int8, reflect.Int16, reflect.Int32:
		ret["value"] = v.Int()
	case reflect.Int, reflect.Int64:
		ret["value"] = strconv.FormatInt(v.Int(), 10)
	case reflect.Uint8, reflect.Uint16, reflect.Uint32:
		ret["value"] = v.Uint()
	case reflect.Uint, reflect.Uint64, reflect.Uintptr:
		ret["value"] = strconv.FormatUint(v.Uint(), 10)
	case reflect.Float32:
		ret["value"] = strconv.FormatFloat(v.Float(), 'g', -1, 32)
	case reflect.Float64:
		ret["value"] = strconv.FormatFloat(v.Float(), 'g', -1, 64)
	case reflect.Complex64:
		ret["value"] = strconv.FormatComplex(v.Complex(), 'g', -1, 64)
	case reflect.Complex128:
		ret["value"] = strconv.FormatComplex(v.Complex(), 'g', -1, 128)
	case reflect.String:
		s := v.String()
		ret["len"] = len(s)
		ret["value"] = strings.ToValidUTF8(s, "\uFFFD")
		if !utf8.ValidString(s) {
			ret["bytes"] = hex.EncodeToString([]byte(s))
		}
	case reflect.UnsafePointer:
		ret["value"] = address(v.Pointer())
	default:
		panic("truth: no rule for " + v.Kind().String())
	}
}

func (d *Document) walkPointer(ret Value, v reflect.Value, depth int, path []uintptr) {
	p := v.Pointer()

	ret["value"] = address(p)
	if p == 0 {
		ret["nil"] = true
		return
	}
	for _, seen := range path {
		if seen == p {
			ret["pointee"] = Value{"cut": true, "address": address(p)}
			return
		}
	}
	ret["pointee"] = d.walk(v.Elem(), depth+1, append(path[:len(path):len(path)], p))
}

func (d *Document) walkStruct(ret Value, v reflect.Value, depth int, path []uintptr) {
	fields := []Value{}

	for i := 0; i < v.NumField(); i++ {
		fields = append(fields, Value{
			"name":  v.Type().Field(i).Name,
			"value": d.walk(v.Field(i), depth+1, path),
		})
	}
	ret["fields"] = fields
}

func (d *Document) elements(v reflect.Value, depth int, path []uintptr) []Value {
	ret := []Value{}

	for i := 0; i < v.Len(); i++ {
		ret = append(ret, d.walk(v.Index(i), depth+1, path))
	}
	return ret
}

func (d *Document) walkMap(ret Value, v reflect.Value, depth int, path []uintptr) {
	if v.IsNil() {
		ret["nil"] = true
	}
	p := v.Pointer()
	for _, seen := range path {
		if seen == p && p != 0 {
			ret["cut"] = true
			return
		}
	}
	path = append(path[:len(path):len(path)], p)

	type entry struct {
		order string
		value Value
	}
	list := []entry{}
	for it := v.MapRange(); it.Next(); {
		e := Value{
			"key":   d.walk(it.Key(), depth+1, path),
			"value": d.walk(it.Value(), depth+1, path),
		}
		order, _ := json.Marshal(e)
		list = append(list, entry{string(order), e})
	}
	sort.Slice(list, func(i, j int) bool { return list[i].order < list[j].order })
	entries := []Value{}
	for _, e := range list {
		entries = append(entries, e.value)
	}
	ret["len"] = v.Len()
	ret["entries"] = entries
}

func (d *Document) walkChan(ret Value, v reflect.Value, depth int, path []uintptr) {
	if v.IsNil() {
		ret["nil"] = true
		return
	}
	ret["value"] = address(v.Pointer())
	ret["len"], ret["cap"] = v.Len(), v.Cap()
	if contents, ok := d.chans[v.Pointer()]; ok {
		if contents.Len() != v.Len() {
			panic(fmt.Sprintf("truth: channel holds %d, %d were named",
				v.Len(), contents.Len()))
		}
		ret["elements"] = stripAddresses(d.elements(contents, depth, path))
	}
}

// stripAddresses forgets where a copy lies; the original lies elsewhere.
func stripAddresses(list []Value) []Value {
	for _, v := range list {
		delete(v, "address")
		if fields, ok := v["fields"].([]Value); ok {
			for _, f := range fields {
				delete(f["value"].(Value), "address")
			}
		}
	}
	return list
}

func (d *Document) walkFunc(ret Value, v reflect.Value, depth int, path []uintptr) {
	if v.IsNil() {
		ret["nil"] = true
		return
	}
	ret["function"] = runtime.FuncForPC(v.Pointer()).Name()
	if list, ok := d.captures[closure(v)]; ok {
		captures := []Value{}
		for _, c := range list {
			captures = append(captures, Value{
				"name":  c.name,
				"value": d.walk(c.value, depth+1, path),
			})
		}
		ret["captures"] = captures
	}
}
