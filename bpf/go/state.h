// SPDX-License-Identifier: GPL-2.0-only
// Maps and counters; docs/go-internals.md §4.
#pragma once
#include "../include/bpf_calls.h"
#include "../include/goroutine_spans.h"
#include "layouts.h"

#define HASH_MAP(map_name, key_type, value_type, entries) \
  struct {                                                \
    MAP_UINT(type, MAP_HASH);                             \
    MAP_UINT(map_flags, MAP_NO_PREALLOC);                 \
    MAP_UINT(max_entries, entries);                       \
    MAP_TYPE(key, key_type);                              \
    MAP_TYPE(value, value_type);                          \
  } map_name SEC(".maps")

#define PLAIN_ARRAY(map_name, map_type, value_type, entries) \
  struct {                                                   \
    MAP_UINT(type, map_type);                                \
    MAP_UINT(max_entries, entries);                          \
    MAP_TYPE(key, u32);                                      \
    MAP_TYPE(value, value_type);                             \
  } map_name SEC(".maps")

#define MAX_CONFIGS 1024
#define SPAN_SLOTS 2048  // powers of two
#define CONTEXT_SLOTS 16384

PLAIN_ARRAY(configs, MAP_ARRAY_TYPE, struct go_config, MAX_CONFIGS);
PLAIN_ARRAY(settings, MAP_ARRAY_TYPE, struct go_settings, 1);
PLAIN_ARRAY(counters, MAP_PERCPU_ARRAY, u64, GO_COUNTERS);
/** Chosen by a span's key, so that a goroutine's next span finds memory that the cache still has. */
PLAIN_ARRAY(slots, MAP_ARRAY_TYPE, struct span_slot, SPAN_SLOTS);
/** Zeros to begin new entries with. */
PLAIN_ARRAY(empty_texts, MAP_ARRAY_TYPE, struct span_texts, 1);
PLAIN_ARRAY(empty_span, MAP_ARRAY_TYPE, struct open_span, 1);

HASH_MAP(targets, u32, u32, 32768);
HASH_MAP(active, struct span_key, struct open_span, 65536);
/** Where a context is looked for first, chosen by its address: half the price of `contexts`. */
PLAIN_ARRAY(context_slots, MAP_ARRAY_TYPE, struct context_slot, CONTEXT_SLOTS);
/** Those whose slot another one has. */
HASH_MAP(contexts, struct context_key, struct span_key, 65536);
/** For spans whose slot another one has. */
HASH_MAP(texts, struct span_key, struct span_texts, 16384);

/** For profilers. Allocated beforehand: until Linux 6.1 programs at perf events can use no other. */
struct {
  MAP_UINT(type, MAP_HASH);
  MAP_UINT(max_entries, MAX_GOROUTINE_SPANS);
  MAP_TYPE(key, struct goroutine_key);
  MAP_TYPE(value, struct goroutine_span);
} goroutine_spans SEC(".maps");

struct {
  MAP_UINT(type, MAP_RINGBUF);
  MAP_UINT(max_entries, 1 << 22);
} spans SEC(".maps");

INLINE void count_by(enum go_counter counter, u64 by) {
  u32 index = counter;
  u64 *value = map_lookup(&counters, &index);
  if (value) *value += by;
}

INLINE void count(enum go_counter counter) { count_by(counter, 1); }
