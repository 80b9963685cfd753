// SPDX-License-Identifier: Apache-2.0

package session

import (
	"testing"

	"otelkit/bpf-helper/internal/perfevent"
)

func TestRecordsFollowWhatCausedThem(t *testing.T) {
	records := []perfevent.Record{
		{TimeNs: 7, PID: 1}, {TimeNs: 12, PID: 2}, {TimeNs: 10, PID: 3}, {TimeNs: 11, PID: 4},
		{TimeNs: 7, PID: 5},
	}
	if count := orderUntil(records, 10); count != 3 {
		t.Errorf("%d records are not after the instant, expected 3", count)
	}
	for i, pid := range []uint32{1, 5, 3, 4, 2} {
		if records[i].PID != pid {
			t.Errorf("record %d is of %d, expected %d", i, records[i].PID, pid)
		}
	}
	if count := orderUntil(records, 6); count != 0 {
		t.Errorf("%d records before all", count)
	}
	if count := orderUntil(nil, 6); count != 0 {
		t.Errorf("%d records of none", count)
	}
}
