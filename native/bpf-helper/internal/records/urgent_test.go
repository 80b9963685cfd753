// SPDX-License-Identifier: Apache-2.0

package records

import "testing"

func TestTheFirstSampleOfAProcessIsUrgentAndLaterOnesAreNot(t *testing.T) {
	out := newSent(t)
	r := NewReader(out, nil)
	before := 0
	r.BeforeFlush = func() { before++ }
	sample := record(OnCPU, 1, 1, 1, "main", 10)
	r.Record(sample)
	if !r.Urgent() {
		t.Error("nobody has seen that process")
	}
	r.Flush()
	r.Record(sample)
	if r.Urgent() {
		t.Error("its second sample is urgent")
	}
	for range worthSamples {
		r.Record(sample)
	}
	if !r.Urgent() {
		t.Error("a thousand samples are not worth a frame")
	}
	r.Flush()
	if before != 2 || len(out.rows) != worthSamples+2 {
		t.Errorf("%d calls, %d samples", before, len(out.rows))
	}
}
