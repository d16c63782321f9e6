package main

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"
)

// Config is the kind of value people print most.
type Config struct {
	Name     string            `json:"name"`
	Debug    bool              `json:"debug"`
	Listen   []Endpoint        `json:"listen"`
	Database *Database         `json:"database"`
	Labels   map[string]string `json:"labels"`
	Limits   struct {
		MaxConns int
		Rate     float64
		Burst    uint16
	}
	Timeouts map[string]time.Duration
	Handlers map[string]Handler
	Plugins  []Plugin
	Raw      json.RawMessage
	Parent   *Config
	mu       sync.Mutex
	once     sync.Once
}

// Endpoint is where a server listens.
type Endpoint struct {
	Host string
	Port uint16
	TLS  *struct{ Cert, Key string }
}

// Database is behind a pointer, which may be nil.
type Database struct {
	URL      *url.URL
	PoolSize int
	Replicas []*Database
}

// Handler has several dynamic types behind it.
type Handler interface{ Handle(string) error }

type logHandler struct{ Prefix string }

func (logHandler) Handle(string) error { return nil }

type chainHandler []Handler

func (chainHandler) Handle(string) error { return nil }

type funcHandler func(string) error

func (f funcHandler) Handle(s string) error { return f(s) }

// Plugin holds anything.
type Plugin struct {
	Name    string
	Options map[string]interface{}
}

var (
	config = &Config{
		Name:  "vole",
		Debug: true,
		Listen: []Endpoint{
			{"localhost", 8080, nil},
			{"::1", 443, &struct{ Cert, Key string }{"c.pem", "k.pem"}},
		},
		Database: &Database{
			URL:      &url.URL{Scheme: "postgres", Host: "db:5432", Path: "/x", User: url.UserPassword("u", "p")},
			PoolSize: 10,
			Replicas: []*Database{{PoolSize: 1}, nil},
		},
		Labels:   map[string]string{"env": "test", "zone": "eu\tw"},
		Timeouts: map[string]time.Duration{"read": time.Second},
		Handlers: map[string]Handler{
			"log":   logHandler{"> "},
			"chain": chainHandler{&logHandler{"a"}, nil, logHandler{"b"}},
			"nil":   nil,
		},
		Plugins: []Plugin{{"p", map[string]interface{}{"n": 1.0, "l": []interface{}{"x", nil}}}},
		Raw:     json.RawMessage(`{"a": [1]}`),
	}
	decoded interface{}
	decoder = json.NewDecoder(strings.NewReader(`[1]`))
	header  = http.Header{"Accept": {"text/html", "*/*"}, "X-Empty": nil}
	request *http.Request
	mutex   sync.Mutex
	group   sync.WaitGroup
	env     = os.Args[:0:0]
	builder strings.Builder
)

func init() {
	config.Limits.MaxConns = 100
	config.Limits.Rate = 0.25
	config.Parent = &Config{Name: "parent"}
	_ = json.Unmarshal([]byte(`{"name":"x","list":[1,2.5,null,true,{"k":"v"}]}`), &decoded)
	request, _ = http.NewRequest("GET", "http://example.org/p?q=1#f", nil)
	request.Header.Set("X-One", "1")
	mutex.Lock()
	group.Add(2)
	builder.WriteString("built")
}
