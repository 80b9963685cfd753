// SPDX-License-Identifier: Apache-2.0

// Package procfs reads what /proc tells of processes.
package procfs

import (
	"bufio"
	"bytes"
	"io"
	"strconv"
	"strings"

	"otelkit/bpf-helper/internal/limits"
)

// Mapping is one executable mapping.
type Mapping struct {
	Start, End   uint64
	FileOffset   uint64
	Major, Minor uint32
	Inode        uint64
	Path         string
}

const maxLine = limits.PathBytes*4 + 256

// ExecutableMappings reads /proc/PID/maps, in ascending order. Lines that are no mappings are
// passed over.
func ExecutableMappings(pid uint32) ([]Mapping, error) {
	text, err := readOf(pid, "maps", limits.MapsBytes)
	if err != nil {
		return nil, err
	}
	return parseMaps(bytes.NewReader(text))
}

func parseMaps(in io.Reader) ([]Mapping, error) {
	var mappings []Mapping
	scanner := bufio.NewScanner(in)
	scanner.Buffer(make([]byte, 0, 4096), maxLine)
	for scanner.Scan() {
		m, ok := parseMapsLine(scanner.Bytes())
		if !ok {
			continue
		}
		mappings = append(mappings, m)
		if len(mappings) == limits.ProcessMappings {
			break
		}
	}
	return mappings, scanner.Err()
}

// parseMapsLine reads `start-end perms offset major:minor inode   path`.
func parseMapsLine(line []byte) (m Mapping, ok bool) {
	addresses, rest, _ := bytes.Cut(line, []byte{' '})
	permissions, rest, _ := bytes.Cut(rest, []byte{' '})
	if len(permissions) < 4 || permissions[2] != 'x' {
		return m, false
	}
	offset, rest, _ := bytes.Cut(rest, []byte{' '})
	device, rest, _ := bytes.Cut(rest, []byte{' '})
	inode, path, _ := bytes.Cut(rest, []byte{' '})
	start, end, _ := bytes.Cut(addresses, []byte{'-'})
	major, minor, _ := bytes.Cut(device, []byte{':'})
	var failed bool
	number := func(text []byte, base int) uint64 {
		value, err := strconv.ParseUint(string(text), base, 64)
		failed = failed || err != nil
		return value
	}
	m.Start, m.End = number(start, 16), number(end, 16)
	m.FileOffset = number(offset, 16)
	m.Major, m.Minor = uint32(number(major, 16)), uint32(number(minor, 16))
	m.Inode = number(inode, 10)
	m.Path = unescape(bytes.TrimLeft(path, " "))
	return m, !failed && m.End > m.Start
}

// unescape turns `\012`, as a newline in a path is written, back.
func unescape(path []byte) string {
	return strings.ReplaceAll(string(path), `\012`, "\n")
}
