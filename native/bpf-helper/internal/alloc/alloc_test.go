// SPDX-License-Identifier: Apache-2.0

package alloc

import (
	"math/rand/v2"
	"testing"
	"time"
)

func TestRangesNeverOverlapAndAllComesBack(t *testing.T) {
	const size = 1000
	random := rand.New(rand.NewPCG(1, 2))
	e := New(size)
	used := make([]bool, size)
	type taken struct{ start, count int }
	var held []taken
	inUse := 0
	for range 20000 {
		if random.IntN(2) == 0 {
			want := 1 + random.IntN(40)
			start, count, ok := 0, want, false
			if random.IntN(4) == 0 {
				start, count = e.TakeUpTo(1+want/2, want)
				ok = count > 0
			} else {
				start, ok = e.Take(want)
			}
			if !ok {
				continue
			}
			for i := start; i < start+count; i++ {
				if used[i] {
					t.Fatalf("%d is in two ranges", i)
				}
				used[i] = true
			}
			held = append(held, taken{start, count})
			inUse += count
		} else if len(held) > 0 {
			i := random.IntN(len(held))
			for at := held[i].start; at < held[i].start+held[i].count; at++ {
				used[at] = false
			}
			e.Give(held[i].start, held[i].count)
			inUse -= held[i].count
			held[i] = held[len(held)-1]
			held = held[:len(held)-1]
		}
		if e.Left() != size-inUse {
			t.Fatalf("%d left, %d in use of %d", e.Left(), inUse, size)
		}
	}
	for _, h := range held {
		e.Give(h.start, h.count)
	}
	if start, ok := e.Take(size); !ok || start != 0 {
		t.Error("what came back does not join")
	}
}

func TestNothingFitsIntoNothing(t *testing.T) {
	e := New(10)
	for _, count := range []int{0, -1, 11} {
		if _, ok := e.Take(count); ok {
			t.Errorf("took %d of 10", count)
		}
	}
	if _, got := e.TakeUpTo(11, 20); got != 0 {
		t.Error("took 11 of 10")
	}
}

func TestWhatIsReplacedStaysForItsTime(t *testing.T) {
	g := NewGraveyard[int](time.Second)
	begin := time.Unix(100, 0)
	g.Bury(begin, 1)
	g.Bury(begin.Add(500*time.Millisecond), 2)
	var freed []int
	free := func(i int) { freed = append(freed, i) }
	g.Expired(begin.Add(999*time.Millisecond), free)
	if len(freed) != 0 {
		t.Fatalf("freed %v too soon", freed)
	}
	g.Expired(begin.Add(time.Second), free)
	g.Expired(begin.Add(1500*time.Millisecond), free)
	if len(freed) != 2 || freed[0] != 1 || g.Len() != 0 {
		t.Errorf("freed %v, %d left", freed, g.Len())
	}
}
