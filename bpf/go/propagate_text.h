// SPDX-License-Identifier: GPL-2.0-only
// The two forms of the header: W3C Trace Context §3.2 as text, and as a field of HPACK.
#pragma once
#include "propagate_maps.h"

#define TRACEPARENT_BYTES 55
#define HTTP1_BYTES 70  // name, colon, space, value, CR LF
#define H2_BYTES 66

INLINE u8 hex_digit(u32 v) { return v < 10 ? '0' + v : 'a' + v - 10; }

INLINE void put_hex(u8 *to, u8 value) {
  to[0] = hex_digit(value >> 4);
  to[1] = hex_digit(value & 15);
}

/** `00-<trace>-<span>-<flags>` */
SUBPROGRAM void put_traceparent(u8 *to, const struct trace_context *context) {
  const u8 *trace = (const u8 *)context->trace_id, *span = (const u8 *)&context->span_id;
  to[0] = '0', to[1] = '0', to[2] = '-', to[35] = '-', to[52] = '-';
#pragma unroll
  for (int i = 0; i < 16; i++) put_hex(to + 3 + 2 * i, trace[i]);
#pragma unroll
  for (int i = 0; i < 8; i++) put_hex(to + 36 + 2 * i, span[i]);
  put_hex(to + 53, context->trace_flags);
}

INLINE void put_http1(u8 *to, const struct trace_context *context) {
  const char name[] = "Traceparent: ";
#pragma unroll
  for (int i = 0; i < 13; i++) to[i] = name[i];
  put_traceparent(to + 13, context);
  to[68] = '\r', to[69] = '\n';
}

/** RFC 7541 §6.2.2, literal without indexing: the tables of both sides stay as they are. */
INLINE void put_h2(u8 *to, const struct trace_context *context) {
  // The name by the Huffman code of appendix B, 8 bytes.
  const u8 head[] = {0x00, 0x88, 0x4d, 0x83, 0x21, 0x6b, 0x1d, 0x85, 0xa9, 0x3f, TRACEPARENT_BYTES};
#pragma unroll
  for (int i = 0; i < 11; i++) to[i] = head[i];
  put_traceparent(to + 11, context);
}

#define STATE_NAME_BYTES 12  // both forms: "Tracestate: ", and a literal field's first bytes
#define STATE_LENGTH_BYTES 3 // of an HPACK integer with a prefix of 7 bits, at most

/** What is added for one header: its text, and a `tracestate` behind it where there is one. */
struct addition {
  struct trace_context context;
  struct trace_state *state;
  u32 state_bytes;
  u32 bytes;
};

INLINE void describe_addition(struct addition *a, const struct trace_context *context, bool h2) {
  struct trace_key key = {.id = {context->trace_id[0], context->trace_id[1]}};
  a->context = *context;
  a->bytes = h2 ? H2_BYTES : HTTP1_BYTES;
  a->state_bytes = 0;
  a->state = map_lookup(&trace_states, &key);
  if (!a->state) return;
  u32 bytes = a->state->bytes;
  if (!bytes || bytes > STATE_BYTES) return;
  a->state_bytes = bytes;
  a->bytes += STATE_NAME_BYTES + bytes;
  a->bytes += h2 ? (bytes < 127 ? 1 : STATE_LENGTH_BYTES) : 2;
}

INLINE void put_state_name(u8 *to, bool h2) {
  const char text[] = "Tracestate: ", field[] = "\0\x0atracestate";
#pragma unroll
  for (int i = 0; i < STATE_NAME_BYTES; i++) to[i] = h2 ? field[i] : text[i];
}

/** RFC 7541 §5.1, a prefix of 7 bits; returns how many bytes. */
INLINE u32 put_state_length(u8 *to, u32 bytes) {
  if (bytes < 127) {
    to[0] = bytes;
    return 1;
  }
  to[0] = 127;
  to[1] = 0x80 | ((bytes - 127) & 0x7f);
  to[2] = (bytes - 127) >> 7;
  return STATE_LENGTH_BYTES;
}
