// SPDX-License-Identifier: Apache-2.0

package perfevent

import (
	"bytes"
	"encoding/binary"

	"golang.org/x/sys/unix"
)

// Record is one task record, decoded. Which fields hold something depends on Type (PERF_RECORD_*).
type Record struct {
	Type    uint32
	TimeNs  uint64
	CPU     uint32
	PID     uint32
	PPID    uint32
	TID     uint32
	PTID    uint32
	Exec    bool // COMM by execve
	Comm    string
	Mapping Mapping
	Lost    uint64
}

// Mapping is what MMAP2 tells.
type Mapping struct {
	Start, End      uint64
	FileOffset      uint64
	Major, Minor    uint32
	Inode           uint64
	InodeGeneration uint64
	Protection      uint32
	Path            string
}

const (
	sampleIDBytes  = 8 + 8 + 8 // TID, TIME, CPU
	mmap2Fixed     = 72
	taskFixed      = 32
	commFixed      = 16
	lostFixed      = 24
	mmap2PathStart = mmap2Fixed
)

// Decode reads one record; ok is false for those that are of no interest or damaged.
func Decode(raw []byte) (record Record, ok bool) {
	if len(raw) < recordHeader+sampleIDBytes {
		return Record{}, false
	}
	record.Type = binary.LittleEndian.Uint32(raw)
	misc := binary.LittleEndian.Uint16(raw[4:])
	trailer := raw[len(raw)-sampleIDBytes:]
	record.TimeNs = binary.LittleEndian.Uint64(trailer[8:])
	record.CPU = binary.LittleEndian.Uint32(trailer[16:])
	body := raw[:len(raw)-sampleIDBytes]
	switch record.Type {
	case unix.PERF_RECORD_FORK, unix.PERF_RECORD_EXIT:
		return record, decodeTask(body, &record)
	case unix.PERF_RECORD_COMM:
		record.Exec = misc&unix.PERF_RECORD_MISC_COMM_EXEC != 0
		return record, decodeComm(body, &record)
	case unix.PERF_RECORD_MMAP2:
		return record, decodeMapping(body, &record)
	case unix.PERF_RECORD_LOST:
		if len(body) < lostFixed {
			return Record{}, false
		}
		record.Lost = binary.LittleEndian.Uint64(body[16:])
		return record, true
	}
	return Record{}, false
}

func decodeTask(body []byte, record *Record) bool {
	if len(body) < taskFixed {
		return false
	}
	record.PID = binary.LittleEndian.Uint32(body[8:])
	record.PPID = binary.LittleEndian.Uint32(body[12:])
	record.TID = binary.LittleEndian.Uint32(body[16:])
	record.PTID = binary.LittleEndian.Uint32(body[20:])
	record.TimeNs = binary.LittleEndian.Uint64(body[24:])
	return true
}

func decodeComm(body []byte, record *Record) bool {
	if len(body) < commFixed {
		return false
	}
	record.PID = binary.LittleEndian.Uint32(body[8:])
	record.TID = binary.LittleEndian.Uint32(body[12:])
	record.Comm = text(body[commFixed:])
	return true
}

func decodeMapping(body []byte, record *Record) bool {
	if len(body) < mmap2Fixed {
		return false
	}
	record.PID = binary.LittleEndian.Uint32(body[8:])
	record.TID = binary.LittleEndian.Uint32(body[12:])
	m := &record.Mapping
	m.Start = binary.LittleEndian.Uint64(body[16:])
	m.End = m.Start + binary.LittleEndian.Uint64(body[24:])
	m.FileOffset = binary.LittleEndian.Uint64(body[32:])
	// Marked or not (PERF_RECORD_MISC_MMAP_BUILD_ID): we never ask for a build ID, and get none. The
	// kernel marks our records when somebody else asks (seen on 6.18).
	m.Major = binary.LittleEndian.Uint32(body[40:])
	m.Minor = binary.LittleEndian.Uint32(body[44:])
	m.Inode = binary.LittleEndian.Uint64(body[48:])
	m.InodeGeneration = binary.LittleEndian.Uint64(body[56:])
	m.Protection = binary.LittleEndian.Uint32(body[64:])
	m.Path = text(body[mmap2PathStart:])
	return m.End > m.Start
}

func text(padded []byte) string {
	if end := bytes.IndexByte(padded, 0); end >= 0 {
		padded = padded[:end]
	}
	return string(padded)
}
