// SPDX-License-Identifier: Apache-2.0

// Package session answers requests and keeps what they started.
package session

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"os"
	"runtime/debug"
	"sync/atomic"

	"otelkit/bpf-helper/internal/features"
	"otelkit/bpf-helper/internal/gotrace"
	"otelkit/bpf-helper/internal/table"
	"otelkit/bpf-helper/internal/wire"
)

// Exit codes.
const (
	ExitOK       = 0
	ExitFailed   = 1
	ExitUsage    = 2
	ExitBadFrame = 3
	ExitOverrun  = 4
)

// Session is one conversation over a pair of pipes.
type Session struct {
	in      *wire.Reader
	out     *wire.Queue
	profile *profile
	tracer  *tracer
	stopped bool
	// unpublished answers wait until no further request is there: each rewrites many processes.
	unpublished bool
}

// Run talks until in ends or a request says stop; it returns the exit code.
func Run(in io.Reader, out io.Writer) int {
	s := &Session{in: wire.NewReader(in), out: wire.NewQueue()}
	go func() {
		if s.out.Run(out) != nil {
			// Nobody listens any more.
			Detach()
			os.Exit(ExitFailed)
		}
	}()
	code := s.serve()
	if s.profile != nil {
		// The rest goes with the process: others may still be reading it.
		_ = s.profile.detach()
	}
	Detach()
	s.out.Close()
	return code
}

// attached is what Detach lets go of.
var attached atomic.Pointer[tracer]

// Detach takes every probe out of every program. The kernel does it also when the process ends, but
// not wholly: a thread that was told to die cannot write to the memory of others, and breakpoints stay
// in the code of the targets (seen on Linux 6.18). So this comes before each exit.
func Detach() {
	if t := attached.Load(); t != nil {
		t.headers.close()
		t.gotrace.DetachAll()
	}
}

func (s *Session) serve() int {
	for !s.stopped {
		s.publishIfIdle()
		frame, err := s.in.Next()
		switch {
		case errors.Is(err, io.EOF):
			return ExitOK
		case errors.Is(err, wire.ErrBadFrame):
			s.reply(0, nil, &failure{Code: "BAD_FRAME", Message: err.Error()})
			return ExitBadFrame
		case err != nil:
			s.reply(0, nil, err)
			return ExitFailed
		}
		s.handle(frame)
		if s.out.Overrun() {
			return ExitOverrun
		}
	}
	return ExitOK
}

func (s *Session) handle(frame wire.Frame) {
	switch frame.Kind {
	case wire.Request:
		r, err := decodeRequest(frame.Payload)
		if err != nil {
			s.reply(frame.RequestID, nil, err)
			return
		}
		if r.Op != "file" {
			s.publish()
		}
		answer, err := s.answer(r)
		s.reply(frame.RequestID, answer, err)
	case wire.Table:
		answer, err := s.loadFrame(frame.Payload)
		s.reply(frame.RequestID, answer, err)
	}
}

func (s *Session) reply(id uint32, answer reply, err error) {
	if answer == nil {
		answer = reply{}
	}
	answer["ok"] = err == nil
	if err != nil {
		answer["error"] = failureOf(err)
	}
	s.sendJSON(wire.Reply, id, answer)
}

func (s *Session) sendJSON(kind uint8, id uint32, content any) {
	text, err := json.Marshal(content)
	if err != nil {
		// Only values of our own are marshalled.
		text = []byte(`{"ok":false,"error":{"code":"FAILED","message":"unprintable reply"}}`)
	}
	out := wire.Begin(make([]byte, 0, len(text)+9), kind, id)
	s.out.Add(wire.End(append(out, text...), 0), kind, 0)
}

func (s *Session) log(level, message string) {
	s.sendJSON(wire.Log, 0, map[string]string{"level": level, "message": message})
}

func (s *Session) answer(r *request) (reply, error) {
	switch r.Op {
	case "hello":
		return features.Hello(wire.ProtocolVersion), nil
	case "probe":
		return reply{"features": features.Probe()}, nil
	case "start":
		return s.start(r)
	case "goCatalog":
		return reply{"libraries": append(gotrace.Catalog(), propagationLibrary())}, nil
	case "goSites":
		return sites(r.payload)
	case "goStart":
		return s.startTracer(r.payload)
	}
	if s.tracer != nil {
		return s.tracer.answer(r)
	}
	if s.profile == nil {
		// Stopping what has not started, or could not, ends the helper all the same.
		if s.stopped = r.Op == "stop"; s.stopped {
			return nil, nil
		}
		return nil, errNotStarted
	}
	switch r.Op {
	case "load":
		return s.loadPath(r.Slot, r.Path)
	case "file":
		s.unpublished = true
		return nil, s.profile.tracker.SetFile(r.Answer)
	case "unload":
		return nil, s.profile.unload(r.Slot)
	case "forget":
		s.profile.tracker.Forget(r.Keys)
		return nil, nil
	case "leave":
		s.profile.tracker.Leave(r.PID, r.SinceNs)
		return nil, nil
	case "filter":
		s.profile.setFilter(r.Include, r.Exclude)
		return nil, nil
	case "threadContext":
		return nil, s.profile.setThreadContext(r.PID, r.threadContext)
	case "rate":
		return nil, s.profile.samplers.setRate(r.Hz)
	case "pause":
		return nil, s.profile.pause(true)
	case "resume":
		return nil, s.profile.pause(false)
	case "flush":
		s.profile.flush()
		return nil, nil
	case "stats":
		return reply{"stats": s.profile.statistics()}, nil
	case "stop":
		s.stopped = true
		s.profile.stop()
		return nil, nil
	}
	return nil, &failure{Code: "UNKNOWN_OP", Message: "no request is called " + r.Op}
}

func (s *Session) start(r *request) (reply, error) {
	if s.profile != nil || s.tracer != nil {
		return nil, &failure{Code: "STARTED", Message: "this helper has started already"}
	}
	if err := r.startOptions.check(); err != nil {
		return nil, err
	}
	if finding := features.CheckFreeze(); !finding.Available && !r.AllowFreezing {
		return nil, &failure{"KERNEL_FREEZES", finding.Detail, "update the kernel"}
	}
	p, answer, err := startProfile(s, r.startOptions)
	if err != nil {
		return nil, err
	}
	s.profile = p
	if finding := features.InitialPIDNamespace(); !finding.Available {
		s.log("warning", "PIDs cannot be told: "+finding.Detail)
	}
	// The objects and their BTF are not needed any more.
	debug.FreeOSMemory()
	return answer, nil
}

func (s *Session) loadFrame(payload []byte) (reply, error) {
	if s.profile == nil {
		return nil, errNotStarted
	}
	if len(payload) < 4 {
		return nil, badRequest("a table of %d bytes", len(payload))
	}
	data, err := table.Parse(payload[4:])
	if err != nil {
		return nil, err
	}
	return s.load(binary.LittleEndian.Uint32(payload), data)
}

func (s *Session) loadPath(slot uint32, path string) (reply, error) {
	data, release, err := readTable(path)
	if err != nil {
		return nil, err
	}
	defer release()
	return s.load(slot, data)
}

func (s *Session) load(slot uint32, data *table.Table) (reply, error) {
	if err := s.profile.tables.Load(slot, data); err != nil {
		return nil, err
	}
	return reply{"rows": data.RowCount, "pages": data.PageCount, "sides": data.SideCount}, nil
}

func (s *Session) publishIfIdle() {
	if !s.in.Buffered() {
		s.publish()
	}
}

func (s *Session) publish() {
	if s.unpublished && s.profile != nil {
		s.profile.tracker.Publish()
	}
	s.unpublished = false
}
