// SPDX-License-Identifier: GPL-2.0-only
// `tracestate` of traces that came from outside: what begins spans keeps it, and what writes headers
// sends it on as it came (W3C Trace Context §3.3).
#pragma once
#include "layouts.h"

#define STATE_BYTES 512  // §3.3.1.5: at least so many; a longer one is not sent on at all

struct trace_key {
  u64 id[2];
};

struct trace_state {
  u32 bytes;
  u8 text[STATE_BYTES + 4];
};

struct {
  MAP_UINT(type, MAP_LRU_HASH);
  MAP_UINT(max_entries, 2048);
  MAP_TYPE(key, struct trace_key);
  MAP_TYPE(value, struct trace_state);
} trace_states SEC(".maps");

struct {
  MAP_UINT(type, MAP_ARRAY_TYPE);
  MAP_UINT(max_entries, 1);
  MAP_TYPE(key, u32);
  MAP_TYPE(value, struct trace_state);
} empty_state SEC(".maps");

/** Keeps the state that a trace came with; once for all that this host does in it. */
INLINE void keep_state(const u64 *trace_id, u64 text, u64 bytes) {
  if (!bytes || bytes > STATE_BYTES || text < 4096) return;
  struct trace_key key = {.id = {trace_id[0], trace_id[1]}};
  u32 zero = 0;
  struct trace_state *empty = map_lookup(&empty_state, &zero);
  if (!empty) return;
  map_update(&trace_states, &key, empty, 1);  // BPF_NOEXIST
  struct trace_state *state = map_lookup(&trace_states, &key);
  if (!state || state->bytes) return;
  u32 size = bytes;
  OPAQUE(size);
  if (!size || size > STATE_BYTES) return;
  if (read_user(state->text, size, (void *)text) == 0) state->bytes = size;
}
