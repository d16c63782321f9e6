package truth

import (
	"reflect"
	"regexp"
	"runtime"
	"strconv"
	"strings"
)

// Stack is one goroutine as the runtime's own traceback tells of it.
type Stack struct {
	ID      int64    `json:"id"`
	State   string   `json:"state"`
	Locked  bool     `json:"locked,omitempty"`
	Frames  []string `json:"functions"` // innermost first, without the runtime's
	Creator string   `json:"created_by,omitempty"`
	Parent  int64    `json:"parent,omitempty"` // since Go 1.21
}

// Goroutine is a Stack and what only the program can know.
type Goroutine struct {
	Name string `json:"name"`
	Stack
	Waits  []Wait            `json:"waits,omitempty"`
	Holder int64             `json:"holder,omitempty"` // who has the lock waited for
	Labels map[string]string `json:"labels,omitempty"`
	Locals []Local           `json:"locals,omitempty"`
}

// Wait is a thing waited for: kind is receive, send, mutex, ...
type Wait struct {
	Kind    string `json:"kind"`
	Address string `json:"address"`
}

// Local is a variable of a function that is on the stack.
type Local struct {
	Function string `json:"function"`
	Name     string `json:"name"`
	Value    Value  `json:"value"`
}

// Local describes a variable by its value, given in an array of one so that an
// interface keeps its static type.
func (d *Document) Local(function, name string, arrayOfOne interface{}) Local {
	d.keep = append(d.keep, arrayOfOne)
	value := d.walk(reflect.ValueOf(arrayOfOne).Index(0), 0, nil)
	delete(value, "address")
	return Local{function, name, value}
}

var (
	header  = regexp.MustCompile(`^goroutine (\d+) .*\[([^\],]*)(.*)\]:$`)
	creator = regexp.MustCompile(`^created by (.*?)(?: in goroutine (\d+))?$`)
)

// Stacks asks the runtime for the stacks of all goroutines and reads them.
func Stacks() []Stack {
	text := make([]byte, 1<<20)
	for {
		n := runtime.Stack(text, true)
		if n < len(text) {
			text = text[:n]
			break
		}
		text = make([]byte, 2*len(text))
	}

	var ret []Stack
	for _, part := range strings.Split(string(text), "\n\n") {
		lines := strings.Split(strings.TrimSpace(part), "\n")
		hit := header.FindStringSubmatch(lines[0])
		if hit == nil {
			continue
		}
		s := Stack{State: hit[2], Locked: strings.Contains(hit[3], "locked to thread")}
		s.ID, _ = strconv.ParseInt(hit[1], 10, 64)
		for _, line := range lines[1:] {
			s.line(line)
		}
		ret = append(ret, s)
	}
	return ret
}

func (s *Stack) line(line string) {
	if hit := creator.FindStringSubmatch(line); hit != nil {
		s.Creator = hit[1]
		s.Parent, _ = strconv.ParseInt(hit[2], 10, 64)
	} else if end := strings.LastIndexByte(line, '('); end > 0 && line[0] != '\t' {
		s.Frames = append(s.Frames, line[:end])
	}
}
