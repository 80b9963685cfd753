// SPDX-License-Identifier: GPL-2.0-only
// What a tracer of Go programs tells profilers: which span a goroutine is in. The map is found by its
// name and shape, `goroutine_spans`; docs/go-internals.md, section 6.
#pragma once
#include "basic_types.h"

#define MAX_GOROUTINE_SPANS 16384
#define GOROUTINE_SPANS_MAGIC 0x31534e4150534f47ull  // "GOSPANS1"

/** A goroutine by its number. With number 0 a process; with process 0 too, the tracer itself, and with
    `zero` 1 a profiler that reads: without one nothing is written. */
struct goroutine_key {
  u64 goid;
  u32 tgid, zero;
};

/** The innermost sampled span that is open on a goroutine, and the key of that span in `active`. */
struct goroutine_span {
  u64 trace_id[2];
  u64 span_id;
  u64 goid_mark;  // goroutines created earlier are not its children
  u64 owner_id;
  u32 owner_kind, reserved;
};

/** Of a process, in the same place: where the runtime keeps what leads to a goroutine's number. */
struct goroutine_process {
  u64 magic;
  u16 goid, parent_goid, m, reserved;  // in runtime.g; 0xffff: absent
  u64 window;                          // goroutine numbers are given out of order by this much
  u64 zero[3];
};

/** Of the tracer. */
struct goroutine_tracer {
  u64 magic;
  u64 alive_ns;  // CLOCK_MONOTONIC, set again and again
  u64 zero[4];
};

_Static_assert(sizeof(struct goroutine_key) == 16, "goroutine key");
_Static_assert(sizeof(struct goroutine_span) == 48, "goroutine span");
_Static_assert(sizeof(struct goroutine_process) == 48, "goroutine process");
_Static_assert(sizeof(struct goroutine_tracer) == 48, "goroutine tracer");
