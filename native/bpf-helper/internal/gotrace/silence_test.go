// SPDX-License-Identifier: Apache-2.0

package gotrace

import (
	"testing"
	"time"

	"github.com/cilium/ebpf"
)

func sampledBy(name string) Settings {
	var s Settings
	s.Sampler = &struct {
		Name  string   `json:"name"`
		Ratio *float64 `json:"ratio"`
	}{Name: name}
	return s
}

func entries(t *testing.T, m *ebpf.Map) int {
	t.Helper()
	key, value := make([]byte, m.KeySize()), make([]byte, m.ValueSize())
	count, all := 0, m.Iterate()
	for all.Next(&key, &value) {
		count++
	}
	if err := all.Err(); err != nil {
		t.Fatal(err)
	}
	return count
}

// waitFor waits until a condition holds that a hit on another thread brings about.
func waitFor(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal(what)
		}
	}
}

func TestNothingIsTold(t *testing.T) {
	s := sampledBy("always_off")
	isWanted := false
	s.Durations = &isWanted
	r := newRig(t, s)
	p := build(t, "rpc")
	r.attach(p)
	addresses, _ := run(t, p, 1)
	for _, path := range []string{"/none", "/sql/select", "/sql/exec", "/say/hello"} {
		get(t, addresses[0], path)
	}
	active := r.tracer.programs.Maps["active"]
	waitFor(t, "spans stay open", func() bool { return entries(t, active) == 0 })
	r.tracer.Drain(func(record []byte) { t.Errorf("a record of %d bytes", len(record)) })
	counters, err := r.tracer.Counters()
	if err != nil {
		t.Fatal(err)
	}
	// Four of the HTTP server, two of SQL, two of gRPC.
	if counters["unsampled"] != 8 {
		t.Errorf("counters: %v", counters)
	}
}

func TestDurationsAreToldOfCallsThatAreNotSampled(t *testing.T) {
	r := newRig(t, sampledBy("always_off"))
	p := build(t, "rpc")
	r.attach(p)
	addresses, _ := run(t, p, 1)
	get(t, addresses[0], "/sql/select")
	for _, s := range r.wait(2) {
		if s.flags&1 != 0 || s.kind == 1 && s.texts[1] != "GET" {
			t.Errorf("%+v", s)
		}
	}
}

func TestSpansWhoseSlotIsTakenAreWhole(t *testing.T) {
	r := newRig(t, Settings{})
	slots := r.tracer.programs.Maps["slots"]
	taken := make([]byte, slots.ValueSize())
	taken[0] = 1
	for i := range slots.MaxEntries() {
		if err := slots.Put(i, taken); err != nil {
			t.Fatal(err)
		}
	}
	p := build(t, "rpc")
	r.attach(p)
	addresses, _ := run(t, p, 1)
	get(t, addresses[0], "/sql/select")
	for _, s := range r.wait(2) {
		if s.kind == 1 && s.texts[2] != "/sql/select" || s.kind == 5 && s.texts[12] == "" {
			t.Errorf("%+v", s)
		}
	}
	for _, name := range []string{"active", "texts"} {
		waitFor(t, name+" keeps something", func() bool {
			return entries(t, r.tracer.programs.Maps[name]) == 0
		})
	}
}

func TestSlotsAreGivenBack(t *testing.T) {
	r := newRig(t, Settings{})
	p := build(t, "rpc")
	config, _ := r.attach(p)
	addresses, _ := run(t, p, 1)
	get(t, addresses[0], "/sql/select")
	r.wait(2)
	if err := r.tracer.Detach(config); err != nil {
		t.Fatal(err)
	}
	slots := r.tracer.programs.Maps["slots"]
	value := make([]byte, slots.ValueSize())
	for i := range slots.MaxEntries() {
		if err := slots.Lookup(i, &value); err != nil {
			t.Fatal(err)
		}
		if value[0] != 0 {
			t.Errorf("slot %d is taken", i)
		}
	}
}
