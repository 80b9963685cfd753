// SPDX-License-Identifier: Apache-2.0

package trace

import (
	"math"
	"sort"
	"sync"
	"sync/atomic"
	"time"
)

// Series is one set of attributes' values: texts and numbers under the names that the instrument
// has for them, empty ones left out.
type Series struct {
	Text   [6]string
	Number [2]int
}

// Instrument is a histogram of durations in seconds.
type Instrument struct {
	Name, Description string
	Scope             *Scope
	Text              [6]string // names of the texts; "error.type" is filled in by the span
	Number            [2]string
	Bounds            []float64

	mu     sync.RWMutex
	series map[Series]*held
}

// Points is what was measured of one series.
type Points struct {
	Counts   []uint64 // one more than there are bounds
	Count    uint64
	Sum      float64
	Min, Max float64
}

type held struct {
	sync.Mutex
	Points
}

// Advised bounds of the semantic conventions, in seconds (http-metrics, rpc-metrics; database-metrics).
var (
	callBounds     = []float64{0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10}
	databaseBounds = []float64{0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10}
)

// The instruments of the semantic conventions that the integrations have.
var (
	HTTPServer = &Instrument{
		Name: "http.server.request.duration", Description: "Duration of HTTP server requests.", Bounds: callBounds,
		Text:   [6]string{"http.request.method", "url.scheme", "http.route", "network.protocol.version", "error.type", ""},
		Number: [2]string{"http.response.status_code", ""},
	}
	HTTPClient = &Instrument{
		Name: "http.client.request.duration", Description: "Duration of HTTP client requests.", Bounds: callBounds,
		Text:   [6]string{"http.request.method", "server.address", "", "network.protocol.version", "error.type", ""},
		Number: [2]string{"http.response.status_code", "server.port"},
	}
	RPCServer = &Instrument{
		Name: "rpc.server.call.duration", Description: "Measures the duration of an incoming Remote Procedure Call (RPC).",
		Bounds: callBounds,
		Text:   [6]string{"rpc.system.name", "rpc.method", "rpc.response.status_code", "", "error.type", ""},
	}
	RPCClient = &Instrument{
		Name: "rpc.client.call.duration", Description: "Measures the duration of an outgoing Remote Procedure Call (RPC).",
		Bounds: callBounds,
		Text:   [6]string{"rpc.system.name", "rpc.method", "rpc.response.status_code", "server.address", "error.type", ""},
		Number: [2]string{"", "server.port"},
	}
	DatabaseClient = &Instrument{
		Name: "db.client.operation.duration", Description: "Duration of database client operations.", Bounds: databaseBounds,
		Text:   [6]string{"db.system.name", "db.namespace", "db.operation.name", "db.collection.name", "error.type", "server.address"},
		Number: [2]string{"", "server.port"},
	}
	MessagingClient = &Instrument{
		Name:        "messaging.client.operation.duration",
		Description: "Duration of messaging operation initiated by a producer or consumer client.", Bounds: callBounds,
		Text: [6]string{"messaging.system", "messaging.operation.name", "messaging.destination.name", "", "error.type", ""},
	}
	// Instruments is all of them.
	Instruments = []*Instrument{HTTPServer, HTTPClient, RPCServer, RPCClient, DatabaseClient, MessagingClient}
)

const errorIndex = 4 // of Text, in every instrument

// overflow stands for all series above maxSeries (metrics SDK specification, "Overflow attribute").
var overflow = Series{Text: [6]string{5: "\x00overflow"}}

// IsOverflow says whether s is the one for what had no room.
func (s *Series) IsOverflow() bool { return *s == overflow }

var measuring atomic.Bool

// SetMeasuring switches the instruments on.
func SetMeasuring(on bool) { measuring.Store(on) }

// Measuring says whether durations are kept: ask before computing what Measure needs.
func Measuring() bool { return measuring.Load() }

// measure is what a span counts in when it ends.
type measure struct {
	instrument *Instrument
	series     Series
}

// Measure makes the span count in the instrument when it ends, sampled or not; again to say more.
// The returned series may be filled in until then.
func (s *Span) Measure(i *Instrument) *Series {
	if s == nil || !measuring.Load() {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.measured == nil {
		s.measured = &measure{}
	}
	s.measured.instrument = i
	return &s.measured.series
}

// failedWith notes error.type for the span's duration.
func (s *Span) failedWith(errorType string) {
	if s.measured != nil && s.measured.series.Text[errorIndex] == "" {
		s.measured.series.Text[errorIndex] = errorType
	}
}

func (m *measure) record(d time.Duration) {
	m.instrument.pointsOf(m.series).add(m.instrument.Bounds, d.Seconds())
}

func (i *Instrument) pointsOf(s Series) *held {
	i.mu.RLock()
	p := i.series[s]
	i.mu.RUnlock()
	if p != nil {
		return p
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.series == nil {
		i.series = map[Series]*held{}
	}
	if _, known := i.series[s]; !known && len(i.series) >= maxSeries-1 {
		s = overflow
	}
	if i.series[s] == nil {
		i.series[s] = &held{Points: Points{Counts: make([]uint64, len(i.Bounds)+1)}}
	}
	return i.series[s]
}

func (p *held) add(bounds []float64, v float64) {
	at := sort.SearchFloat64s(bounds, v)
	p.Lock()
	if p.Count == 0 {
		p.Min, p.Max = v, v
	}
	p.Counts[at]++
	p.Count++
	p.Sum += v
	p.Min, p.Max = math.Min(p.Min, v), math.Max(p.Max, v)
	p.Unlock()
}

// Each gives every series with a copy of its points; reset makes them start again (delta).
func (i *Instrument) Each(reset bool, see func(s *Series, p *Points)) {
	i.mu.RLock()
	defer i.mu.RUnlock()
	for s, p := range i.series {
		p.Lock()
		c := Points{Counts: append([]uint64(nil), p.Counts...), Count: p.Count, Sum: p.Sum, Min: p.Min, Max: p.Max}
		if reset {
			clear(p.Counts)
			p.Count, p.Sum = 0, 0
		}
		p.Unlock()
		if c.Count > 0 {
			see(&s, &c)
		}
	}
}
