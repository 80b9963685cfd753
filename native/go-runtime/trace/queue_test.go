// SPDX-License-Identifier: Apache-2.0

package trace

import (
	"sync"
	"testing"
)

func TestAFullQueueDropsAndCounts(t *testing.T) {
	record(t, map[string]string{"OTEL_BSP_MAX_QUEUE_SIZE": "10", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "4"})
	before := Dropped()
	for range 25 {
		StartChild(nil, Named("test"), Client, "x").End()
	}
	if got := Dropped() - before; got != 15 {
		t.Errorf("%d dropped of 25 with room for 10", got)
	}
	if b := Take(false); b == nil || b.Spans != 4 {
		t.Error("batches are not of 4")
	} else {
		Done(b)
	}
}

func TestTheExporterIsWokenEarlyAndTakesWhatHasGathered(t *testing.T) {
	record(t, nil)
	spans := func(n int) {
		for range n {
			StartChild(nil, Named("test"), Client, "x").End()
		}
	}
	take := func(want int) {
		t.Helper()
		b := Take(false)
		if b == nil || b.Spans != want {
			t.Fatalf("%+v, wanted %d spans", b, want)
		}
		Done(b)
	}
	spans(wakeAtSpans - 1)
	if b := Take(false); b != nil || len(Woken()) != 0 {
		t.Error("woken for few")
	}
	spans(1)
	if len(Woken()) != 1 {
		t.Error("not woken")
	}
	spans(10)
	take(wakeAtSpans + 10)
	spans(defaultMaxExportBatch + wakeAtSpans)
	if Queued() != defaultMaxExportBatch+wakeAtSpans {
		t.Error(Queued(), "queued")
	}
	take(defaultMaxExportBatch)
	take(wakeAtSpans)
	if Take(true) != nil || Queued() != 0 {
		t.Error("something is left")
	}
}

func TestSpansMayBeMadeAndTakenAtOnce(t *testing.T) {
	record(t, nil)
	scope := Named("test")
	var made sync.WaitGroup
	for range 8 {
		made.Add(1)
		go func() {
			defer made.Done()
			for range 500 {
				s := StartChild(nil, scope, Client, "x")
				s.Str("k", "v")
				s.End()
			}
		}()
	}
	done := make(chan struct{})
	go func() { made.Wait(); close(done) }()
	n := 0
	for ended := false; ; {
		if b := Take(ended); b != nil {
			n += b.Spans
			Done(b)
			continue
		}
		if ended {
			break
		}
		select {
		case <-done:
			ended = true
		case <-Woken():
		}
	}
	if n != 4000 {
		t.Errorf("%d of 4000", n)
	}
}
