// SPDX-License-Identifier: Apache-2.0

package trace

import (
	"encoding/binary"
	"math"
	"strconv"
)

const flagSampled = 1

// sampler decides by OTEL_TRACES_SAMPLER: what a root gets, and whether a parent's flag is followed.
type sampler struct {
	parentBased bool
	// threshold over the last 8 bytes of the trace ID, as TraceIDRatioBased: below is sampled.
	threshold uint64
}

var sample = sampler{parentBased: true, threshold: math.MaxUint64}

func (p sampler) decide(id TraceID, hasParent bool, parentFlags byte) bool {
	if hasParent && p.parentBased {
		return parentFlags&flagSampled != 0
	}
	switch p.threshold {
	case math.MaxUint64:
		return true
	case 0:
		return false
	}
	// The highest bit is left out, as the SDKs do, so that all languages decide alike.
	return binary.BigEndian.Uint64(id[8:])>>1 < p.threshold
}

// newSampler understands the names of the specification; what it does not know is said in problem.
func newSampler(name, argument string) (p sampler, problem string) {
	p = sampler{parentBased: true, threshold: math.MaxUint64}
	ratio := func() uint64 {
		f, err := strconv.ParseFloat(argument, 64)
		if argument == "" {
			return math.MaxUint64
		}
		if err != nil || f < 0 || f > 1 {
			problem = "OTEL_TRACES_SAMPLER_ARG=" + argument + ": expected a number from 0 to 1; 1 is used"
			return math.MaxUint64
		}
		if f == 1 {
			return math.MaxUint64
		}
		return uint64(f * (1 << 63))
	}
	switch name {
	case "", "parentbased_always_on":
	case "always_on":
		p.parentBased = false
	case "always_off":
		p = sampler{}
	case "parentbased_always_off":
		p.threshold = 0
	case "traceidratio":
		p = sampler{threshold: ratio()}
	case "parentbased_traceidratio":
		p.threshold = ratio()
	default:
		problem = "OTEL_TRACES_SAMPLER=" + name + ": not known; parentbased_always_on is used"
	}
	return p, problem
}
