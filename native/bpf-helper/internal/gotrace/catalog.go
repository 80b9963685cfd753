// SPDX-License-Identifier: Apache-2.0

// Package gotrace makes spans of Go programs: it chooses sites by decoding code, loads and attaches
// the programs of bpf/go, and hands their records on (docs/go-internals.md).
package gotrace

import "slices"

// A rule says which instructions of a function are sites.
type rule string

const (
	// atEntry is behind the stack check, where arguments are still in registers.
	atEntry rule = "entry"
	// atResult is the conditional jump that tests the result of a call to one of `after`, and the RETs
	// that are not reached from its side of success.
	atResult rule = "result"
	// atReturns is every RET that is not reached from behind a call to one of `after`.
	atReturns rule = "returns"
	// atTest is the conditional jump behind a call to one of `after`.
	atTest rule = "test"
	// atDeferred is the entry of `deferred` where its code tells how to find the error, or atReturns.
	atDeferred rule = "deferred"
)

// Function is one that a library's probes are put into.
type Function struct {
	Name     string `json:"name"`
	Role     string `json:"role"`
	Optional bool   `json:"optional,omitempty"`
	// AnyOf is the same for functions of which one is enough.
	AnyOf   string `json:"anyOf,omitempty"`
	program string
	rule    rule
	after   []string
	variant uint8
	// deferred is a closure that every way out calls and that holds the error's address.
	deferred        string
	deferredProgram string
}

// Field is a structure's field whose offset is needed.
type Field struct {
	Name     string `json:"name"`
	Optional bool   `json:"optional,omitempty"`
}

// Library is what is attached as a whole, or not at all.
type Library struct {
	Name      string     `json:"name"`
	Module    string     `json:"module"`
	Functions []Function `json:"functions"`
	Fields    []Field    `json:"fields"`
}

func begin(name, program string) Function {
	return Function{Name: name, Role: "begin", program: program, rule: atEntry}
}

func end(name, program string, rule rule, after ...string) Function {
	return Function{Name: name, Role: "end", program: program, rule: rule, after: after}
}

func (f Function) with(variant uint8) Function {
	f.variant = variant
	return f
}

func (f Function) optional() Function {
	f.Optional = true
	return f
}

func (f Function) anyOf(group string) Function {
	f.AnyOf = group
	return f
}

func need(names ...string) []Field { return fields(false, names) }
func may(names ...string) []Field  { return fields(true, names) }

func fields(optional bool, names []string) []Field {
	var out []Field
	for _, name := range names {
		out = append(out, Field{name, optional})
	}
	return out
}

func join(lists ...[]Field) []Field {
	var out []Field
	for _, list := range lists {
		out = append(out, list...)
	}
	return out
}

const (
	std  = "std"
	grpc = "google.golang.org/grpc"
)

var headerMaps = may("internal/runtime/maps.Map.used", "internal/runtime/maps.Map.dirPtr",
	"internal/runtime/maps.Map.dirLen", "runtime.hmap.count", "runtime.hmap.B",
	"runtime.hmap.buckets", "runtime.hmap.oldbuckets")

// runtimeLibrary is needed by all others.
var runtimeLibrary = Library{
	Name: "runtime", Module: std, Functions: []Function{},
	Fields: join(need("runtime.g.goid"), may("runtime.g.parentGoid", "runtime.g._panic",
		"runtime.g.m", "runtime.m.p", "runtime.p.goidcacheend"), headerMaps),
}

var serverRequest = join(
	need("net/http.Request.Method", "net/http.Request.URL", "net/http.Request.Header",
		"net/http.Request.Host", "net/http.Request.RemoteAddr", "net/http.Request.ctx",
		"net/url.URL.Path", "net/url.URL.RawQuery", "runtime.g._panic",
		"net/http.Request.ProtoMajor"),
	may("net/http.Request.ProtoMinor",
		"net/http.Request.ContentLength", "net/http.Request.TLS", "net/http.Request.Pattern",
		"net/http.Request.pat", "net/http.pattern.str"))

var clientExchange = join(need("net/http.Request.Method", "net/http.Request.URL",
	"net/http.Request.ctx", "net/url.URL.Scheme", "net/url.URL.Host", "net/url.URL.Path",
	"net/url.URL.RawQuery", "net/http.Response.StatusCode"),
	may("net/http.Request.Header", "net/http.Request.ContentLength",
		"net/http.Response.ProtoMajor", "net/http.Response.ProtoMinor",
		"net/http.Response.ContentLength"))

func http2Exchange(method string) []Function {
	name := "golang.org/x/net/http2.(*Transport)." + method
	return []Function{
		begin(name, "http_client_begin").with(1).optional(),
		end(name, "http_client_end", atReturns).with(1).optional(),
	}
}

// Catalog returns the libraries, runtime first, with the functions that only help to choose sites.
func Catalog() []Library {
	out := append([]Library{runtimeLibrary}, libraries()...)
	for i := range out {
		functions := slices.Clone(out[i].Functions)
		for _, f := range out[i].Functions {
			for _, name := range append([]string{f.deferred}, f.after...) {
				if name != "" {
					functions = append(functions, Function{Name: name, Role: "callee", Optional: true})
				}
			}
		}
		out[i].Functions = append([]Function{}, functions...)
	}
	return out
}

func libraries() []Library {
	return append([]Library{
		{
			Name: "net/http server", Module: std,
			Functions: []Function{
				begin("net/http.serverHandler.ServeHTTP", "http_server_begin"),
				end("net/http.(*response).finishRequest", "http_server_end", atEntry),
				end("net/http.(*conn).serve.func1", "http_server_abort", atEntry).optional(),
				// h2, up to Go 1.26 and since.
				h2End("net/http.(*http2serverConn)", 0).optional(),
				h2End("net/http/internal/http2.(*serverConn)", 2).optional(),
			},
			Fields: join(serverRequest, need("net/http.response.status"),
				may("net/http.response.written"), h2State("net/http.http2", may),
				h2State("net/http/internal/http2.", may)),
		},
		{
			// Its handler may be any, as h2c's is, not only net/http's own.
			Name: "golang.org/x/net/http2 server", Module: "golang.org/x/net",
			Functions: []Function{
				begin("golang.org/x/net/http2.(*serverConn).runHandler", "h2_server_begin").with(1),
				h2End("golang.org/x/net/http2.(*serverConn)", 1),
			},
			Fields: join(serverRequest, h2State("golang.org/x/net/http2.", need)),
		},
		{
			Name: "net/http client", Module: std,
			Functions: []Function{
				begin("net/http.(*Transport).roundTrip", "http_client_begin"),
				end("net/http.(*Transport).roundTrip", "http_client_end", atResult,
					"net/http.(*persistConn).roundTrip"),
			},
			Fields: clientExchange,
		},
		{
			// Without net/http's transport above it, as with HTTP/2 in cleartext. It looks twice at what its
			// connection returned, so success comes by the same RETs as failure.
			Name: "golang.org/x/net/http2 client", Module: "golang.org/x/net",
			// Where the one is only a way to the other, the inner one has its work.
			Functions: slices.Concat(http2Exchange("RoundTripOpt"), http2Exchange("roundTripOpt")),
			Fields:    clientExchange,
		},
	}, moreLibraries()...)
}

func h2End(receiver string, variant uint8) Function {
	return end(receiver+".runHandler.func1", "h2_server_end", atEntry).with(variant)
}

func h2State(prefix string, as func(...string) []Field) []Field {
	return as(prefix+"responseWriter.rws", prefix+"responseWriterState.status")
}
