// SPDX-License-Identifier: Apache-2.0

package gotrace

import (
	"encoding/binary"
	"fmt"
	"math"
	"runtime"
	"strconv"
	"strings"
	"unicode"
)

// As in bpf/go/layouts.h.
const (
	maxFields                  = 256
	configBytes                = 8 + 2*maxFields
	configAllProcesses         = 1
	configSwissMaps            = 2
	configStreamPointer        = 4
	configManualSpans          = 8
	configInUse                = 1
	settingParentBased         = 1
	settingStatement           = 2
	settingNoDurations         = 4
	settingProfiled            = 8
	sampleAlways               = 0
	sampleNever                = 1
	sampleRatio                = 2
	goidBatch                  = 16
	swissSince                 = 24
	pointerBytes               = 8
	ratioOne            uint64 = 1 << 63
)

// Settings are what all executables share.
type Settings struct {
	Sampler *struct {
		Name  string   `json:"name"`
		Ratio *float64 `json:"ratio"`
	} `json:"sampler"`
	Statement *bool `json:"dbStatement"`
	// Durations is absent or true: calls that are not sampled are told, too.
	Durations *bool `json:"durations"`
	// Captures counts when it is opened only.
	Captures *Captures `json:"captureHeaders"`
}

type settings struct {
	sampler, flags uint32
	ratio          uint64
	window         uint32
	reserved       uint32
}

func (s Settings) apply(to *settings) error {
	if s.Statement != nil {
		to.flags &^= settingStatement
		if *s.Statement {
			to.flags |= settingStatement
		}
	}
	if s.Durations != nil {
		to.flags &^= settingNoDurations
		if !*s.Durations {
			to.flags |= settingNoDurations
		}
	}
	if s.Sampler == nil {
		return nil
	}
	name := s.Sampler.Name
	to.flags &^= settingParentBased
	if rest, is := strings.CutPrefix(name, "parentbased_"); is {
		to.flags |= settingParentBased
		name = rest
	}
	switch name {
	case "always_on":
		to.sampler = sampleAlways
	case "always_off":
		to.sampler = sampleNever
	case "traceidratio":
		to.sampler, to.ratio = sampleRatio, ratioOne
		if r := s.Sampler.Ratio; r != nil {
			if math.IsNaN(*r) || *r < 0 || *r > 1 {
				return fmt.Errorf("sampler ratio %v, expected 0 to 1", *r)
			}
			to.ratio = uint64(*r * float64(ratioOne))
		}
	default:
		return fmt.Errorf("no sampler is called %q", s.Sampler.Name)
	}
	return nil
}

// Set changes settings; what is left out stays.
func (t *Tracer) Set(s Settings) error {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	next := t.settings
	if next.window == 0 {
		next = settings{sampler: sampleAlways, flags: settingParentBased}
		// Goroutine numbers are handed to each P in batches.
		next.window = uint32(goidBatch * (runtime.NumCPU() + 1))
	}
	if err := s.apply(&next); err != nil {
		return err
	}
	return t.put(next)
}

func (t *Tracer) put(next settings) error {
	value := make([]byte, 0, 24)
	value = binary.LittleEndian.AppendUint32(value, next.sampler)
	value = binary.LittleEndian.AppendUint32(value, next.flags)
	value = binary.LittleEndian.AppendUint64(value, next.ratio)
	value = binary.LittleEndian.AppendUint32(value, next.window)
	value = binary.LittleEndian.AppendUint32(value, next.reserved)
	if err := t.programs.Maps["settings"].Put(uint32(0), value); err != nil {
		return err
	}
	t.settings = next
	return nil
}

// encode makes a value of `configs`.
func (p *programs) encode(flags uint32, offsets map[string]uint16) []byte {
	value := make([]byte, configBytes)
	for i := 8; i < configBytes; i += 2 {
		binary.LittleEndian.PutUint16(value[i:], absent)
	}
	if offsets == nil {
		return value
	}
	binary.LittleEndian.PutUint32(value, flags)
	binary.LittleEndian.PutUint32(value[4:], configInUse)
	for enumerator, names := range fieldNames {
		number, there := p.layout.fields[enumerator]
		if !there {
			continue
		}
		for _, name := range names {
			if offset, known := offsets[name]; known {
				binary.LittleEndian.PutUint16(value[8+2*number:], offset)
				break
			}
		}
	}
	return value
}

func (t *Tracer) configure(config uint16, r *AttachRequest) error {
	flags := traits(r)
	if r.PIDs == nil {
		flags |= configAllProcesses
	} else if err := t.add(t.targets[config], uint32(config), *r.PIDs); err != nil {
		return err
	}
	offsets := r.Offsets
	if offsets == nil {
		offsets = map[string]uint16{}
	}
	return t.programs.Maps["configs"].Put(uint32(config), t.programs.encode(flags, offsets))
}

// traits tells apart what differs between versions beside offsets.
func traits(r *AttachRequest) uint32 {
	var flags uint32
	_, swiss := r.Offsets["internal/runtime/maps.Map.dirPtr"]
	_, buckets := r.Offsets["runtime.hmap.buckets"]
	if swiss && (!buckets || minorVersion(r.GoVersion) >= swissSince) {
		flags |= configSwissMaps
	}
	// Up to grpc-go 1.76 the transport's ServerStream embeds a pointer, and `st` is behind it at once.
	stream, embedded := r.Offsets["google.golang.org/grpc/internal/transport.ServerStream.Stream"]
	st, known := r.Offsets["google.golang.org/grpc/internal/transport.ServerStream.st"]
	if embedded && known && st == stream+pointerBytes {
		flags |= configStreamPointer
	}
	for _, f := range r.Functions {
		if manualFunctions[f.Name] {
			flags |= configManualSpans
		}
	}
	return flags
}

// minorVersion of "go1.26.8" or "go1.27rc1" is 26 or 27; of what is no release, the newest.
func minorVersion(version string) int {
	rest, is := strings.CutPrefix(version, "go1.")
	if !is {
		return math.MaxInt32
	}
	end := strings.IndexFunc(rest, func(r rune) bool { return !unicode.IsDigit(r) })
	if end < 0 {
		end = len(rest)
	}
	minor, err := strconv.Atoi(rest[:end])
	if err != nil {
		return math.MaxInt32
	}
	return minor
}

// counterName makes "ringFull" of COUNT_RING_FULL.
func counterName(enumerator string) string {
	words := strings.Split(strings.ToLower(strings.TrimPrefix(enumerator, "COUNT_")), "_")
	for i := 1; i < len(words); i++ {
		words[i] = strings.ToUpper(words[i][:1]) + words[i][1:]
	}
	return strings.Join(words, "")
}
