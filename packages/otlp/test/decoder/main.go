// SPDX-License-Identifier: Apache-2.0

// The official Go types judge what this package writes: `decode` prints a request as JSON and fails
// on unknown fields; `recode` encodes requests again; `describe` prints the field tables; `certs` makes certificates; `serve` is a
// gRPC server that behaves as told on its standard input.
package main

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"os"

	colmetrics "go.opentelemetry.io/proto/otlp/collector/metrics/v1"
	colprofiles "go.opentelemetry.io/proto/otlp/collector/profiles/v1development"
	coltrace "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

func main() {
	if len(os.Args) < 2 {
		fail(fmt.Errorf("usage: decoder decode|recode|describe|certs|serve"))
	}
	switch os.Args[1] {
	case "decode":
		decode(os.Args[2])
	case "recode":
		recode(os.Args[2])
	case "describe":
		describe()
	case "certs":
		certs(os.Args[2])
	case "serve":
		serve(os.Args[2:])
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func requestOf(signal string) proto.Message {
	switch signal {
	case "traces":
		return &coltrace.ExportTraceServiceRequest{}
	case "metrics":
		return &colmetrics.ExportMetricsServiceRequest{}
	}
	return &colprofiles.ExportProfilesServiceRequest{}
}

func decode(signal string) {
	bytes, err := io.ReadAll(os.Stdin)
	if err != nil {
		fail(err)
	}
	message := requestOf(signal)
	if err := proto.Unmarshal(bytes, message); err != nil {
		fail(err)
	}
	if name := unknownFields(message.ProtoReflect()); name != "" {
		fail(fmt.Errorf("unknown fields in %s", name))
	}
	out, err := protojson.Marshal(message)
	if err != nil {
		fail(err)
	}
	os.Stdout.Write(out)
}

// recode reads requests, each behind its length (u32 big endian), and writes them again as the
// official types encode them.
func recode(signal string) {
	in, out := bufio.NewReader(os.Stdin), bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for {
		var size uint32
		if err := binary.Read(in, binary.BigEndian, &size); err != nil {
			return
		}
		bytes := make([]byte, size)
		if _, err := io.ReadFull(in, bytes); err != nil {
			fail(err)
		}
		message := requestOf(signal)
		if err := proto.Unmarshal(bytes, message); err != nil {
			fail(err)
		}
		if name := unknownFields(message.ProtoReflect()); name != "" {
			fail(fmt.Errorf("unknown fields in %s", name))
		}
		again, err := proto.Marshal(message)
		if err != nil {
			fail(err)
		}
		binary.Write(out, binary.BigEndian, uint32(len(again)))
		out.Write(again)
	}
}

// unknownFields names the first message that holds a field its type does not know.
func unknownFields(m protoreflect.Message) string {
	found := ""
	if len(m.GetUnknown()) > 0 {
		return string(m.Descriptor().FullName())
	}
	m.Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		if field.Message() == nil {
			return true
		}
		if !field.IsList() {
			found = unknownFields(value.Message())
			return found == ""
		}
		for i := 0; i < value.List().Len() && found == ""; i++ {
			found = unknownFields(value.List().Get(i).Message())
		}
		return found == ""
	})
	return found
}

// describe prints message → field → [number, kind, repeated, message, oneof]; the oneof of an
// optional field begins with an underscore.
func describe() {
	seen := map[string]map[string][]any{}
	for _, signal := range []string{"profiles", "traces", "metrics"} {
		describeMessage(requestOf(signal).ProtoReflect().Descriptor(), seen)
	}
	describeMessage((&colprofiles.ExportProfilesServiceResponse{}).ProtoReflect().Descriptor(), seen)
	describeMessage((&coltrace.ExportTraceServiceResponse{}).ProtoReflect().Descriptor(), seen)
	describeMessage((&colmetrics.ExportMetricsServiceResponse{}).ProtoReflect().Descriptor(), seen)
	out, err := json.Marshal(seen)
	if err != nil {
		fail(err)
	}
	os.Stdout.Write(out)
}

func describeMessage(m protoreflect.MessageDescriptor, seen map[string]map[string][]any) {
	name := string(m.FullName())
	if seen[name] != nil {
		return
	}
	fields := map[string][]any{}
	seen[name] = fields
	for i := 0; i < m.Fields().Len(); i++ {
		f := m.Fields().Get(i)
		of, oneof := "", ""
		if f.ContainingOneof() != nil {
			oneof = string(f.ContainingOneof().Name())
		}
		if f.Message() != nil {
			of = string(f.Message().FullName())
			describeMessage(f.Message(), seen)
		}
		fields[string(f.Name())] = []any{int(f.Number()), f.Kind().String(), f.IsList(), of, oneof}
	}
}
