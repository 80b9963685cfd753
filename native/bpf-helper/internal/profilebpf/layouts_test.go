// SPDX-License-Identifier: Apache-2.0
package profilebpf

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/cilium/ebpf/btf"

	"otelkit/bpf-helper/internal/kernelmap"
)

// The helper's structures against the C ones, as the object's BTF has them: sizes, and each member's
// name and place.
func TestGoLayoutsAreThoseOfTheObject(t *testing.T) {
	spec, err := Spec(Loop)
	if err != nil {
		t.Fatal(err)
	}
	var types []*btf.Struct
	for _, name := range []string{"process", "mapping", "table", "page", "record_header"} {
		var s *btf.Struct
		if err := spec.Types.TypeByName(name, &s); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		types = append(types, s)
	}
	for i, mirror := range []any{
		kernelmap.Process{}, kernelmap.Mapping{}, kernelmap.Table{}, kernelmap.Page{}, record{}.Header,
	} {
		compareLayout(t, types[i], reflect.TypeOf(mirror))
	}
}

func compareLayout(t *testing.T, c *btf.Struct, mirror reflect.Type) {
	t.Helper()
	if uintptr(c.Size) != mirror.Size() {
		t.Errorf("%s: %d bytes in C, %d in Go", c.Name, c.Size, mirror.Size())
	}
	if len(c.Members) != mirror.NumField() {
		t.Fatalf("%s: %d members in C, %d in Go", c.Name, len(c.Members), mirror.NumField())
	}
	for i, member := range c.Members {
		field := mirror.Field(i)
		name := strings.ReplaceAll(member.Name, "_", "")
		if field.Name != "_" && !strings.EqualFold(name, field.Name) {
			t.Errorf("%s: member %s in C, %s in Go", c.Name, member.Name, field.Name)
		}
		if uintptr(member.Offset.Bytes()) != field.Offset {
			t.Errorf("%s.%s: at %d in C, at %d in Go", c.Name, member.Name, member.Offset.Bytes(), field.Offset)
		}
	}
}

// BTF leaves out an enum that no type refers to, so the source itself is read.
func TestCountersAreNamedInOrder(t *testing.T) {
	source, err := os.ReadFile("../../../../bpf/profile/layouts.h")
	if err != nil {
		t.Skipf("skip: the BPF sources are not here: %v", err)
	}
	inC := regexp.MustCompile(`(?m)^  COUNT_(\w+),`).FindAllSubmatch(source, -1)
	if len(inC) != len(kernelmap.Counters) {
		t.Fatalf("%d counters in C, %d in Go", len(inC), len(kernelmap.Counters))
	}
	for i, name := range kernelmap.Counters {
		if !strings.EqualFold(strings.ReplaceAll(string(inC[i][1]), "_", ""), name) {
			t.Errorf("counter %d: %s in C, %s in Go", i, inC[i][1], name)
		}
	}
}
