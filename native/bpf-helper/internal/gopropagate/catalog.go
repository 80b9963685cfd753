// SPDX-License-Identifier: Apache-2.0

// Package gopropagate writes `traceparent` into what Go programs send, by one of two ways of the
// kernel: docs/go-propagation.md.
package gopropagate

// Names of the programs in bpf/go/propagate*.h.
const (
	linkRequest = "link_request"
	linkCall    = "link_call"
	linkList    = "link_list"
)

// maxFields is PF_MAX.
const maxFields = 32

// probe is a program at one place of one function.
type probe struct {
	program string
	// functions are alternatives: the first that the executable has.
	functions []string
	// callees: at the call of the first of these instead of the function's entry.
	callees []string
}

// library is what is attached as a whole, or not at all.
type library struct {
	name string
	// fields by their number in bpf/go/propagate_layouts.h; alternatives by version.
	fields map[int][]string
	links  []probe
	// probes of each way.
	probes map[Mechanism][]probe
}

// Numbers of enum propagate_field.
const (
	fieldGoid = iota
	fieldParentGoid
	fieldRequestHeader
	fieldRequestURL
	fieldBufioBuf
	fieldBufioN
	fieldBufioWr
	fieldPersistConn
	fieldNetFDFamily
	fieldNetFDSotype
	fieldNetFDConnected
	fieldFDSysfd
	fieldH2Conn
	fieldH2BW
	fieldH2Framer
	fieldH2Wbuf
	fieldLoopyFramer
	fieldFramerWriter
	fieldFramerFr
	fieldGRPCWbuf
	fieldBufWriterBuf
	fieldBufWriterOffset
	fieldBufWriterConn
	fieldHeadersHf
)

func one(names ...string) []string { return names }

// with returns the fields of every library and those of one.
func with(more map[int][]string) map[int][]string {
	all := map[int][]string{
		fieldGoid:           one("runtime.g.goid"),
		fieldNetFDFamily:    one("net.netFD.family"),
		fieldNetFDSotype:    one("net.netFD.sotype"),
		fieldNetFDConnected: one("net.netFD.isConnected"),
		fieldFDSysfd:        one("internal/poll.FD.Sysfd"),
	}
	for number, names := range more {
		all[number] = names
	}
	return all
}

const (
	requestWrite = "net/http.(*Request).write"
	writeSubset  = "net/http.Header.writeSubset"
	bufioFlush   = "bufio.(*Writer).Flush"
	transport    = "google.golang.org/grpc/internal/transport."
	// bufHandle is a pointer to the []byte that older versions have there (grpc-go 1.85).
	bufHandle = transport + "bufWriter.bufHandle"
)

var http1 = library{
	name: "HTTP/1.1",
	fields: with(map[int][]string{
		fieldRequestHeader: one("net/http.Request.Header"),
		fieldRequestURL:    one("net/http.Request.URL"),
		fieldBufioBuf:      one("bufio.Writer.buf"),
		fieldBufioN:        one("bufio.Writer.n"),
		fieldBufioWr:       one("bufio.Writer.wr"),
		fieldPersistConn:   one("net/http.persistConn.conn"),
	}),
	links: []probe{{linkRequest, one("net/http.(*Transport).roundTrip"), nil}},
	probes: map[Mechanism][]probe{
		SendTime: {{"arm_http1", one(requestWrite), nil}},
		WriteBuffer: {
			{"note_http1", one(requestWrite), nil},
			{"write_http1", one(requestWrite), one(writeSubset)},
		},
	},
}

// h2 is one of the three places where the same code is: bundled into net/http (Go up to 1.26), in
// golang.org/x/net, and in net/http/internal (Go 1.27).
func h2(name, pkg, prefix string) library {
	conn := pkg + "." + prefix + "ClientConn."
	encode := pkg + ".(*" + prefix + "clientStream).encodeAndWriteHeaders"
	write := pkg + ".(*" + prefix + "ClientConn).writeHeaders"
	return library{
		name: name,
		fields: with(map[int][]string{
			fieldParentGoid: one("runtime.g.parentGoid"),
			fieldBufioBuf:   one("bufio.Writer.buf"),
			fieldBufioN:     one("bufio.Writer.n"),
			fieldH2Conn:     one(conn + "tconn"),
			fieldH2BW:       one(conn + "bw"),
			fieldH2Framer:   one(conn + "fr"),
			fieldH2Wbuf:     one(pkg + "." + prefix + "Framer.wbuf"),
		}),
		probes: map[Mechanism][]probe{
			SendTime: {{"arm_h2", one(encode), one(write)}},
			WriteBuffer: {
				{"note_h2", one(encode), one(write)},
				{"write_h2", one(write), one(bufioFlush)},
			},
		},
	}
}

// Where a stream of a client begins: up to about v1.80, and later.
var grpcBegins = one(transport+"(*loopyWriter).originateStream",
	transport+"(*loopyWriter).clientHeaderHandler")

var grpcLibrary = library{
	name: "gRPC",
	fields: with(map[int][]string{
		fieldLoopyFramer:     one(transport + "loopyWriter.framer"),
		fieldFramerWriter:    one(transport + "framer.writer"),
		fieldFramerFr:        one(transport + "framer.fr"),
		fieldGRPCWbuf:        one("golang.org/x/net/http2.Framer.wbuf"),
		fieldBufWriterBuf:    one(transport+"bufWriter.buf", bufHandle),
		fieldBufWriterOffset: one(transport + "bufWriter.offset"),
		fieldBufWriterConn:   one(transport + "bufWriter.conn"),
		fieldHeadersHf:       one(transport+"clientHeaders.hf", transport+"headerFrame.hf"),
	}),
	links: []probe{
		{linkCall, one("google.golang.org/grpc.(*clientStream).newAttemptLocked"), nil},
		{linkList, one(transport + "(*http2Client).NewStream"),
			one(transport + "(*controlBuffer).executeAndPut")},
	},
	probes: map[Mechanism][]probe{
		SendTime: {{"arm_grpc", grpcBegins, one(transport + "(*loopyWriter).writeHeader")}},
		WriteBuffer: {
			{"note_grpc", grpcBegins, one(transport + "(*loopyWriter).writeHeader")},
			{"write_grpc", grpcBegins, one("runtime.mapassign_fast32")},
		},
	},
}

var libraries = []library{
	http1,
	h2("HTTP/2 of net/http", "net/http", "http2"),
	h2("HTTP/2 of golang.org/x/net", "golang.org/x/net/http2", ""),
	h2("HTTP/2 of net/http/internal", "net/http/internal/http2", ""),
	grpcLibrary,
}

// Functions returns the names of all functions that Attach looks for.
func Functions() []string {
	seen, out := map[string]bool{}, []string{}
	add := func(names []string) {
		for _, name := range names {
			if !seen[name] {
				seen[name] = true
				out = append(out, name)
			}
		}
	}
	for _, l := range libraries {
		lists := [][]probe{l.links, l.probes[SendTime], l.probes[WriteBuffer]}
		for _, probes := range lists {
			for _, p := range probes {
				add(p.functions)
				add(p.callees)
			}
		}
	}
	return out
}

// Fields returns the names of all fields whose offsets Attach looks for.
func Fields() []string {
	seen, out := map[string]bool{}, []string{}
	for _, l := range libraries {
		for number := range maxFields {
			for _, name := range l.fields[number] {
				if !seen[name] {
					seen[name] = true
					out = append(out, name)
				}
			}
		}
	}
	return out
}
