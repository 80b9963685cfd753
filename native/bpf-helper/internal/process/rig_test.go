// SPDX-License-Identifier: Apache-2.0

package process

import (
	"encoding/binary"
	"errors"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"otelkit/bpf-helper/internal/kernelmap"
	"otelkit/bpf-helper/internal/perfevent"
)

// PIDs that no kernel gives, so that /proc never answers for them.
const firstPID = 1 << 29

// memoryMaps stands for the BPF maps; a range that is used after its release fails the test.
type memoryMaps struct {
	t        *testing.T
	hash     map[uint32]kernelmap.Process
	ranges   map[int]*kernelmap.Range
	mappings map[int][]kernelmap.Mapping
	next     int
	full     bool
}

func (m *memoryMaps) PutMappings(list []kernelmap.Mapping) (*kernelmap.Range, error) {
	if m.full {
		return nil, errors.New("full")
	}
	r := &kernelmap.Range{First: m.next, Count: len(list), Users: 1}
	m.next += len(list)
	m.ranges[r.First] = r
	m.mappings[r.First] = append([]kernelmap.Mapping(nil), list...)
	return r, nil
}

func (m *memoryMaps) Patch(r *kernelmap.Range, mapping kernelmap.Mapping) bool {
	if m.ranges[r.First] != r {
		m.t.Fatalf("range %d was given up", r.First)
	}
	list := m.mappings[r.First]
	for i := range list {
		if list[i].Start == mapping.Start && list[i].End == mapping.End {
			list[i] = mapping
			return true
		}
	}
	return false
}

func (m *memoryMaps) Release(r *kernelmap.Range) {
	if r.Users--; r.Users < 0 {
		m.t.Fatalf("range %d was released twice", r.First)
	}
	if r.Users == 0 {
		delete(m.ranges, r.First)
	}
}

func (m *memoryMaps) SetProcess(pid uint32, entry kernelmap.Process) error {
	m.hash[pid] = entry
	return nil
}

func (m *memoryMaps) DeleteProcess(pid uint32) error {
	delete(m.hash, pid)
	return nil
}

// rig drives a tracker by records.
type rig struct {
	*testing.T
	tracker *Tracker
	maps    *memoryMaps
	clock   time.Time
	timeNs  uint64
}

func newRig(t *testing.T) *rig {
	maps := &memoryMaps{
		t: t, hash: map[uint32]kernelmap.Process{}, ranges: map[int]*kernelmap.Range{},
		mappings: map[int][]kernelmap.Mapping{},
	}
	r := &rig{T: t, tracker: NewTracker(maps), maps: maps, clock: time.Unix(1000, 0), timeNs: 1}
	r.tracker.now = func() time.Time { return r.clock }
	return r
}

func (r *rig) apply(records ...perfevent.Record) {
	for i := range records {
		if records[i].TimeNs == 0 {
			r.timeNs++
			records[i].TimeNs = r.timeNs
		}
	}
	r.tracker.Apply(records)
}

// later lets time pass.
func (r *rig) later(d time.Duration) {
	r.clock = r.clock.Add(d)
	r.tracker.Tick(r.clock)
}

// list returns what the BPF side sees of a process.
func (r *rig) list(pid uint32) []kernelmap.Mapping {
	r.Helper()
	entry, known := r.maps.hash[pid]
	if !known {
		r.Fatalf("process %d is not in the map", pid)
	}
	if entry.MappingCount == 0 {
		return nil
	}
	if r.maps.ranges[int(entry.FirstMapping)] == nil {
		r.Fatalf("process %d has mappings that were given up", pid)
	}
	return r.maps.mappings[int(entry.FirstMapping)]
}

func (r *rig) answer(key string, slot uint32, segments ...Segment) {
	r.Helper()
	if err := r.tracker.SetFile(Answer{Key: key, Slot: slot, Kind: "native", Segments: segments}); err != nil {
		r.Fatal(err)
	}
	r.tracker.Publish()
}

// event as it goes over the pipe.
type sentEvent struct {
	kind                  uint8
	pid, ppid, generation uint32
	timeNs                uint64
	comm, path, cgroup    string
	start                 uint64
	ref                   uint32
}

func (r *rig) events() (events []sentEvent) {
	r.Helper()
	data, _ := r.tracker.Output()
	for len(data) > 0 {
		length := int(binary.LittleEndian.Uint16(data))
		e := sentEvent{
			kind: data[2], pid: binary.LittleEndian.Uint32(data[4:]),
			ppid: binary.LittleEndian.Uint32(data[8:]), generation: binary.LittleEndian.Uint32(data[12:]),
			timeNs: binary.LittleEndian.Uint64(data[16:]),
		}
		body := data[24:length]
		switch e.kind {
		case eventFound, eventExec, eventComm:
			comm, path := binary.LittleEndian.Uint16(body), binary.LittleEndian.Uint16(body[2:])
			e.comm, e.path = string(body[8:8+comm]), string(body[8+comm:8+comm+path])
			e.cgroup = string(body[8+comm+path:])
		case eventMapping:
			e.start, e.ref = binary.LittleEndian.Uint64(body), binary.LittleEndian.Uint32(body[24:])
		}
		events = append(events, e)
		data = data[length:]
	}
	return events
}

func fork(pid, ppid uint32) perfevent.Record {
	return perfevent.Record{Type: unix.PERF_RECORD_FORK, PID: pid, TID: pid, PPID: ppid, PTID: ppid}
}

func thread(pid, tid uint32) perfevent.Record {
	return perfevent.Record{Type: unix.PERF_RECORD_FORK, PID: pid, TID: tid, PPID: pid, PTID: pid}
}

func exitOf(pid, tid uint32) perfevent.Record {
	return perfevent.Record{Type: unix.PERF_RECORD_EXIT, PID: pid, TID: tid}
}

func execOf(pid uint32, comm string) perfevent.Record {
	return perfevent.Record{Type: unix.PERF_RECORD_COMM, PID: pid, TID: pid, Exec: true, Comm: comm}
}

func mapOf(pid uint32, start, end, offset, inode uint64, path string) perfevent.Record {
	return perfevent.Record{Type: unix.PERF_RECORD_MMAP2, PID: pid, TID: pid, Mapping: perfevent.Mapping{
		Start: start, End: end, FileOffset: offset, Inode: inode, Path: path, Protection: 5,
	}}
}

// keyOf is the key of a file that mapOf tells of.
func keyOf(inode uint64, path string) string {
	return nameOf(&perfevent.Mapping{Inode: inode, Path: path}, byRecord, 0).key()
}
