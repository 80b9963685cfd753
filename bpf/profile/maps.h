// SPDX-License-Identifier: GPL-2.0-only
// The maps of docs/profile-internals.md, section 2. Sizes that grow with the machine are set by the
// loader; the ones here are for scale 1.
#pragma once
#include "../include/bpf_calls.h"
#include "../include/goroutine_spans.h"
#include "layouts.h"
#include "scratch.h"

#define ARRAY_MAP(map_name, value_type, entries, flag_bits) \
  struct {                                                  \
    MAP_UINT(type, MAP_ARRAY_TYPE);                         \
    MAP_UINT(map_flags, flag_bits);                         \
    MAP_UINT(max_entries, entries);                         \
    MAP_TYPE(key, u32);                                     \
    MAP_TYPE(value, value_type);                            \
  } map_name SEC(".maps")

struct {
  MAP_UINT(type, MAP_HASH);
  MAP_UINT(max_entries, 32768);
  MAP_TYPE(key, u32);
  MAP_TYPE(value, struct process);
} processes SEC(".maps");

ARRAY_MAP(mappings, struct mapping, 131072, MAP_MMAPABLE);
ARRAY_MAP(tables, struct table, 65280, MAP_MMAPABLE);
ARRAY_MAP(page_dir, struct page, 1048576, MAP_MMAPABLE);
ARRAY_MAP(side_rules, struct side_rule, MAX_SIDE_RULES, MAP_MMAPABLE);

struct row_chunk_map {
  MAP_UINT(type, MAP_ARRAY_TYPE);
  MAP_UINT(map_flags, MAP_MMAPABLE);
  MAP_UINT(max_entries, 1);
  MAP_TYPE(key, u32);
  MAP_TYPE(value, struct row_chunk);
};

struct {
  MAP_UINT(type, MAP_ARRAY_OF_MAPS);
  MAP_UINT(max_entries, 1024);
  MAP_TYPE(key, u32);
  MAP_ARRAY(values, struct row_chunk_map);
} row_chunks SEC(".maps");

// One entry for each possible CPU. Mappable ones begin on a page.
ARRAY_MAP(scratch_sample, struct cpu_scratch, 1, MAP_MMAPABLE);
ARRAY_MAP(scratch_switch, struct cpu_scratch, 1, MAP_MMAPABLE);
ARRAY_MAP(scratch_tracepoint, struct scratch, 1, MAP_MMAPABLE);
// Programs at uprobes may be preempted by others of their kind: so many for each CPU.
#define UPROBE_SCRATCHES 4
ARRAY_MAP(scratch_uprobe, struct scratch, UPROBE_SCRATCHES, MAP_MMAPABLE);

struct {
  MAP_UINT(type, MAP_HASH);
  MAP_UINT(max_entries, 32768);
  MAP_TYPE(key, u32);    // tid
  MAP_TYPE(value, u64);  // when it went off its CPU
} off_cpu SEC(".maps");

#define MAX_THREAD_CONTEXTS 4096
struct {
  MAP_UINT(type, MAP_HASH);
  MAP_UINT(max_entries, MAX_THREAD_CONTEXTS);
  MAP_TYPE(key, u32);  // tgid
  MAP_TYPE(value, struct thread_context_source);
} thread_contexts SEC(".maps");

// Tracers of Go programs on this host; each has a map of this shape.
#define SPAN_MAPS 4
struct goroutine_span_map {
  MAP_UINT(type, MAP_HASH);
  MAP_UINT(max_entries, MAX_GOROUTINE_SPANS);
  MAP_TYPE(key, struct goroutine_key);
  MAP_TYPE(value, struct goroutine_span);
};

struct {
  MAP_UINT(type, MAP_ARRAY_OF_MAPS);
  MAP_UINT(max_entries, SPAN_MAPS);
  MAP_TYPE(key, u32);
  MAP_ARRAY(values, struct goroutine_span_map);
} span_maps SEC(".maps");

struct {
  MAP_UINT(type, MAP_RINGBUF);
  MAP_UINT(max_entries, 2097152);
} events SEC(".maps");

/** The unwinders for one type of program: 0 the native one, behind it those of interpreters. */
#define UNWINDERS 16
#define NATIVE_UNWINDER 0
#define UNWINDER_MAP(map_name, native)      \
  int native(void *ctx);                    \
  struct {                                  \
    MAP_UINT(type, MAP_PROG_ARRAY);         \
    MAP_UINT(max_entries, UNWINDERS);       \
    MAP_TYPE(key, u32);                     \
    MAP_ARRAY(values, int(void *));         \
  } map_name SEC(".maps") = {               \
      .values = {[NATIVE_UNWINDER] = (void *)&native}}

/**
 * Counts atomically, since a program may be preempted by another of its kind. In assembly: the
 * compiler's own instruction also fetches, which kernels before 5.12 do not know.
 */
INLINE void add(struct scratch *s, u32 counter, u64 amount) {
  if (!amount) return;
  u64 *at = &s->counters[counter & (COUNTERS - 1)];
  asm volatile("lock *(u64 *)(%0 + 0) += %1" ::"r"(at), "r"(amount) : "memory");
}

INLINE void count(struct scratch *s, u32 counter) { add(s, counter, 1); }
