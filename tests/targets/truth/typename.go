package truth

import (
	"fmt"
	"reflect"
	"strings"
)

// TypeName is the type's name as the compiler writes it into DWARF: full
// import paths, where reflect's String has only the last element.
func TypeName(t reflect.Type) string {
	if t.Name() != "" {
		if t.PkgPath() == "" {
			return t.Name()
		}
		return t.PkgPath() + "." + t.Name()
	}
	switch t.Kind() {
	case reflect.Ptr:
		return "*" + TypeName(t.Elem())
	case reflect.Slice:
		return "[]" + TypeName(t.Elem())
	case reflect.Array:
		return fmt.Sprintf("[%d]%s", t.Len(), TypeName(t.Elem()))
	case reflect.Map:
		return "map[" + TypeName(t.Key()) + "]" + TypeName(t.Elem())
	case reflect.Chan:
		return chanName(t)
	case reflect.Func:
		return "func" + signature(t, 0)
	case reflect.Struct:
		return structName(t)
	case reflect.Interface:
		return interfaceName(t)
	}
	return t.String()
}

func chanName(t reflect.Type) string {
	elem := TypeName(t.Elem())

	switch t.ChanDir() {
	case reflect.RecvDir:
		return "<-chan " + elem
	case reflect.SendDir:
		return "chan<- " + elem
	}
	if strings.HasPrefix(elem, "<-") {
		return "chan (" + elem + ")"
	}
	return "chan " + elem
}

func signature(t reflect.Type, skip int) string {
	var in, out []string

	for i := skip; i < t.NumIn(); i++ {
		if t.IsVariadic() && i == t.NumIn()-1 {
			in = append(in, "..."+TypeName(t.In(i).Elem()))
		} else {
			in = append(in, TypeName(t.In(i)))
		}
	}
	for i := 0; i < t.NumOut(); i++ {
		out = append(out, TypeName(t.Out(i)))
	}
	ret := "(" + strings.Join(in, ", ") + ")"
	switch len(out) {
	case 0:
		return ret
	case 1:
		return ret + " " + out[0]
	}
	return ret + " (" + strings.Join(out, ", ") + ")"
}

func structName(t reflect.Type) string {
	var fields []string

	for i := 0; i < t.NumField(); i++ {
		f := t.Field(i)
		text := TypeName(f.Type)
		if !f.Anonymous {
			name := f.Name
			if f.PkgPath != "" {
				name = f.PkgPath + "." + name
			}
			text = name + " " + text
		}
		if f.Tag != "" {
			text += fmt.Sprintf(" %q", string(f.Tag))
		}
		fields = append(fields, text)
	}
	if len(fields) == 0 {
		return "struct {}"
	}
	return "struct { " + strings.Join(fields, "; ") + " }"
}

func interfaceName(t reflect.Type) string {
	var methods []string

	for i := 0; i < t.NumMethod(); i++ {
		m := t.Method(i)
		name := m.Name
		if m.PkgPath != "" {
			name = m.PkgPath + "." + name
		}
		methods = append(methods, name+signature(m.Type, 0))
	}
	if len(methods) == 0 {
		return "interface {}"
	}
	return "interface { " + strings.Join(methods, "; ") + " }"
}
