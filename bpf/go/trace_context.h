// SPDX-License-Identifier: GPL-2.0-only
// W3C Trace Context: https://www.w3.org/TR/trace-context/#traceparent-header
#pragma once
#include "text.h"

#define TRACEPARENT_BYTES 55

struct trace_parent {
  u64 trace_id[2];
  u64 span_id;
  u8 flags, valid;
};

/** Upper case is not allowed (section 3.2). */
INLINE int hex_digit(u8 c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

/** Returns how many of the bytes were no digits. */
INLINE int hex_bytes(u8 *to, const u8 *from, u32 count) {
  int bad = 0;
  for (u32 i = 0; i < count; i++) {
    int high = hex_digit(from[2 * i]), low = hex_digit(from[2 * i + 1]);
    bad |= high | low;
    to[i] = (u8)(high << 4 | low);
  }
  return bad < 0;
}

/** `value` of a header called traceparent. Versions above 00 may have more behind (section 4). */
GLOBAL_FUNCTION int parse_traceparent(u64 at, u64 bytes, struct trace_parent *to) {
  u8 text[56] = {0};
  u8 version = 0;
  if (!to) return 0;
  if (bytes < TRACEPARENT_BYTES || bytes > 512) return 0;
  if (read_user(text, bytes > TRACEPARENT_BYTES ? 56 : 55, (void *)at)) return 0;
  if (hex_bytes(&version, text, 1) || version == 0xff) return 0;
  if (bytes > TRACEPARENT_BYTES && (version == 0 || text[55] != '-')) return 0;
  if (text[2] != '-' || text[35] != '-' || text[52] != '-') return 0;
  if (hex_bytes((u8 *)to->trace_id, text + 3, 16)) return 0;
  if (hex_bytes((u8 *)&to->span_id, text + 36, 8)) return 0;
  if (hex_bytes(&to->flags, text + 53, 1)) return 0;
  if (!(to->trace_id[0] | to->trace_id[1]) || !to->span_id) return 0;
  to->valid = 1;
  return 1;
}
