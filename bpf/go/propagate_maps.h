// SPDX-License-Identifier: GPL-2.0-only
#pragma once
#include "propagate_calls.h"
#include "propagate_layouts.h"
#include "trace_states.h"

/** A goroutine of a process. */
struct goroutine {
  u64 goid;
  u32 tgid, zero;
};

/** Who sends a request: its header map and URL survive the copies that net/http makes of it. */
struct request_key {
  u64 header, url;
  u32 tgid, zero;
};

/** A header list of gRPC, by the address of its slice. */
struct list_key {
  u64 list;
  u32 tgid, zero;
};

struct stream_key {
  u64 cookie;
  u32 stream, zero;
};

/** What one connection is about to send. Only its writer, one goroutine at a time, touches it. */
struct connection {
  u32 next;      // where in the program's own bytes the next head or frame begins
  u32 injected;  // bytes of ours so far
  u32 pending;   // heads or frames that wait
  u32 stream;    // 0: HTTP/1.1
  u32 tgid;
  u32 scanned;   // of a head whose end has not been seen
  u64 window[2]; // its last bytes, the newest in the lowest byte of window[0]
  struct trace_context context;
};

/** A header that will be written into a buffer once its head is there. */
struct pending_write {
  struct trace_context context;
  u64 header, buffer, framer;
  u32 stream, zero;
};

#define TABLE(table, kind, entries, key_type, value_type) \
  struct {                                                \
    MAP_UINT(type, kind);                                 \
    MAP_UINT(max_entries, entries);                       \
    MAP_TYPE(key, key_type);                              \
    MAP_TYPE(value, value_type);                          \
  } table SEC(".maps")

TABLE(propagate_configs, MAP_ARRAY_TYPE, PF_CONFIGS, u32, struct propagate_config);
TABLE(propagate_processes, MAP_LRU_HASH, 8192, u32, u32);
TABLE(propagate_executables, MAP_HASH, 4096, struct executable_key, u32);
TABLE(propagate_counters, MAP_PERCPU_ARRAY, PC_COUNTERS, u32, u64);
TABLE(active, MAP_HASH, 16384, struct span_key, struct open_span);
TABLE(requests, MAP_LRU_HASH, 16384, struct request_key, u64);
TABLE(calls, MAP_LRU_HASH, 16384, struct goroutine, u64);
TABLE(lists, MAP_LRU_HASH, 16384, struct list_key, struct trace_context);
TABLE(connections, MAP_LRU_HASH, 16384, u64, struct connection);
TABLE(streams, MAP_LRU_HASH, 16384, struct stream_key, struct trace_context);
TABLE(pending_writes, MAP_LRU_HASH, 16384, struct goroutine, struct pending_write);
TABLE(sockets, MAP_SOCKHASH, 65536, u64, u32);

struct {
  MAP_UINT(type, MAP_SK_STORAGE);
  MAP_UINT(map_flags, MAP_NO_PREALLOC);
  MAP_TYPE(key, s32);
  MAP_TYPE(value, u32);
} connecting SEC(".maps");

// By the enum's type, so that the helper finds the names in BTF.
SUBPROGRAM void count(enum propagate_counter which) {
  u32 number = which;
  u64 *cell = map_lookup(&propagate_counters, &number);
  if (cell) *cell += 1;
}
