// SPDX-License-Identifier: GPL-2.0-only
// What user space shares: docs/go-internals.md.
#pragma once
#include "../include/basic_types.h"
#include "fields.h"

enum span_kind {
  KIND_HTTP_SERVER = 1,
  KIND_HTTP_CLIENT = 2,
  KIND_GRPC_SERVER = 3,
  KIND_GRPC_CLIENT = 4,
  KIND_SQL = 5,
  KIND_KAFKA_PRODUCER = 6,
  KIND_KAFKA_CONSUMER = 7,
  KIND_REDIS = 8,
  KIND_MONGODB = 9,
  KIND_MANUAL = 10,
};

enum span_flag {
  SPAN_SAMPLED = 1,
  SPAN_REMOTE_PARENT = 2,
  SPAN_PANIC = 4,
  SPAN_ERROR = 8,
  SPAN_HIJACKED = 16,
  SPAN_TEXT_LOST = 32,
  SPAN_UNFINISHED = 64,
  SPAN_HAS_HEADER = 128,  // the application set traceparent itself; not in records
};

enum span_detail {
  DETAIL_H2 = 1,
  DETAIL_TLS = 2,
  DETAIL_CLIENT_STREAMS = 1,
  DETAIL_SERVER_STREAMS = 2,
  DETAIL_QUERY = 1,
  DETAIL_EXEC = 2,
};

enum parent_by { BY_NOTHING, BY_CONTEXT, BY_GOROUTINE, BY_CREATOR, BY_HEADER };

enum text_id {
  TEXT_METHOD = 1,
  TEXT_PATH,
  TEXT_QUERY,
  TEXT_HOST,
  TEXT_PEER,
  TEXT_ROUTE,
  TEXT_SCHEME,
  TEXT_USER_AGENT,
  TEXT_TRACESTATE,
  TEXT_RPC_METHOD,
  TEXT_RPC_TARGET,
  TEXT_SQL,
  TEXT_DSN,
  TEXT_FORWARDED,
  TEXT_STATUS_MESSAGE,
  TEXT_DESTINATION,
  TEXT_COMMAND,
  TEXT_NAME,
  TEXT_LOCAL,
  TEXT_BAGGAGE,
  TEXT_PEER_BINARY,
  TEXT_MANUAL_JSON,
};

#define TEXT_AREA 3072

/** The record of a span, section 3. */
struct span_record {
  u32 bytes;
  u8 kind, flags;
  u16 texts;
  u32 tgid;
  u16 config;
  u8 trace_flags, detail;
  u64 start_ns, end_ns;
  u64 trace_id[2];
  u64 span_id, parent_id;
  u64 goid;
  s32 status;
  u32 tid;
  u64 error_type;
  s64 request_bytes, response_bytes;
  u64 type_a, type_b;
  u16 protocol;
  u8 parent_by;
  u8 reserved[5];
};
_Static_assert(sizeof(struct span_record) == 128, "docs/go-internals.md, section 3");

/** A record under construction. */
struct span_texts {
  struct span_record record;
  u8 data[TEXT_AREA];
};

/** Memory for the texts of spans that are open now, used again and again. */
struct span_slot {
  u64 is_taken;
  struct span_texts texts;
};

struct text_header {
  u8 id, flags;
  u16 kept;
  u32 full;
};

/** Where an open span is found. */
struct span_key {
  u64 id;
  u32 tgid, kind;
};

#define MAX_ROUTE_PARTS 3

/** An open span. What propagation reads comes first. */
struct open_span {
  u64 trace_id[2];
  u64 span_id;
  u8 trace_flags, flags, parent_by, detail;
  u16 config, protocol;
  u64 parent_id;
  u64 start_ns;
  u64 goid;
  u64 context;    // its context.Context, registered in `contexts`; 0 none
  u64 object;     // what the end is told by: a response, a stream
  u64 request;    // where texts that are read at the end are
  u64 goid_mark;  // goroutines created earlier are not its children
  u64 texts_slot;  // number of its slot in `slots` + 1; 0: its texts are in `texts`
  u64 router;     // where a framework's router leaves what it finds
  struct {
    u64 at, bytes;
  } route[MAX_ROUTE_PARTS];  // strings of the framework's tables, which live as long as it does
  u64 route_parts;
  u64 outer_id;  // in `active`: the span that this goroutine was in before
  u32 outer_kind, is_told;  // a profiler knows of it
  u64 goid_next;  // of the numbers just below goid_mark: the first that is of a child
};

struct context_key {
  u64 context;
  u32 tgid, zero;
};

/** A context whose span is open. */
struct context_slot {
  u64 context;  // 0: the slot is free
  u64 id;
  u32 tgid, kind;
  u64 others;  // contexts in the map `contexts` whose slot this is
};

enum config_flag {
  CONFIG_ALL_PROCESSES = 1,
  CONFIG_SWISS_MAPS = 2,
  CONFIG_GRPC_STREAM_POINTER = 4,  // ServerStream embeds *Stream
  CONFIG_MANUAL_SPANS = 8,         // contexts hold spans as values
};

/** One executable. */
struct go_config {
  u32 flags;
  u32 generation;  // 0: not in use
  u16 offset[MAX_FIELDS];
};

enum sampler { SAMPLE_ALWAYS, SAMPLE_NEVER, SAMPLE_RATIO };
enum settings_flag {
  SETTING_PARENT_BASED = 1,
  SETTING_DB_STATEMENT = 2,
  SETTING_NO_DURATIONS = 4,
  SETTING_PROFILED = 8,
};

struct go_settings {
  u32 sampler;
  u32 flags;
  u64 ratio;  // of 2^63
  u32 goid_window;
  u32 reserved;
};

enum go_counter {
  COUNT_HITS,
  COUNT_FILTERED,
  COUNT_SPANS,
  COUNT_UNSAMPLED,
  COUNT_RING_FULL,
  COUNT_TABLE_FULL,
  COUNT_REPLACED,
  COUNT_NO_GOROUTINE,
  COUNT_UNREADABLE,
  COUNT_TEXT_LOST,
  COUNT_CONTEXT_DEPTH,
  COUNT_BAD_TRACEPARENT,
  COUNT_END_WITHOUT_BEGIN,
  GO_COUNTERS = 32,
};

// The attach cookie.
enum site_kind { SITE_PUSH, SITE_JBE, SITE_JCC, SITE_CALL, SITE_JMP, SITE_NOP, SITE_RET, SITE_FIRST };
