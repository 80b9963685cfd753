// SPDX-License-Identifier: GPL-2.0-only
// Texts of a record.
#pragma once
#include "runtime.h"

/**
 * Appends at most `max` bytes. Returns 0 where there is no room. One function for each `max`, which is
 * verified once, whatever calls it: what is added to is in one of two maps.
 */
#define TEXT_FUNCTION(max)                                                                         \
  GLOBAL_FUNCTION int try_text_##max(struct span_texts *t, u64 from, u64 bytes, u32 id) {            \
    if (!t) return 0;                                                                              \
    /* Linux 6.1 follows bounds of 64-bit registers only, and only of the one that was compared. */ \
    u64 at = *(volatile u32 *)&t->record.bytes, kept = bytes < max ? bytes : max;                  \
    OPAQUE(kept);                                                                                  \
    if (kept > max) return 0;                                                                      \
    OPAQUE(at);                                                                                    \
    if (at > TEXT_AREA - 8 - max) return 0;                                                        \
    u8 *to = t->data + at;                                                                         \
    OPAQUE(to);                                                                                    \
    u32 full = bytes > 0xffffffffull ? 0xffffffffu : (u32)bytes;                                   \
    struct text_header header = {(u8)id, kept < full, (u16)kept, full};                            \
    if (read_user(to + 8, (u32)kept, (void *)from)) {                                              \
      count(COUNT_UNREADABLE);                                                                     \
      return 1;                                                                                    \
    }                                                                                              \
    __builtin_memcpy(to, &header, sizeof(header));                                                 \
    /* Read anew: kept until here, its place would be spilled, and come back without bounds. */    \
    t->record.bytes = (*(volatile u32 *)&t->record.bytes + 8 + (u32)kept + 7) & ~7u;               \
    t->record.texts++;                                                                             \
    return 1;                                                                                      \
  }

TEXT_FUNCTION(16)
TEXT_FUNCTION(32)
TEXT_FUNCTION(64)
TEXT_FUNCTION(128)
TEXT_FUNCTION(256)
TEXT_FUNCTION(512)
TEXT_FUNCTION(1024)
TEXT_FUNCTION(2048)
TEXT_FUNCTION(3064)

/** `max` is one of those numbers. */
INLINE int try_text(struct span_texts *t, u8 id, const struct go_string *s, u32 max) {
  u64 from = s->at, bytes = s->bytes;
  switch (max) {
    case 16: return try_text_16(t, from, bytes, id);
    case 32: return try_text_32(t, from, bytes, id);
    case 64: return try_text_64(t, from, bytes, id);
    case 128: return try_text_128(t, from, bytes, id);
    case 256: return try_text_256(t, from, bytes, id);
    case 512: return try_text_512(t, from, bytes, id);
    case 1024: return try_text_1024(t, from, bytes, id);
    case 2048: return try_text_2048(t, from, bytes, id);
    case 3064: return try_text_3064(t, from, bytes, id);
    default: __builtin_unreachable();
  }
}

/** Room is less where other texts were long; what does not fit at all is told by a flag. */
INLINE void add_text(struct span_texts *t, u8 id, const struct go_string *s, u32 max) {
  if (!s->bytes || s->at < 4096) return;
  if (try_text(t, id, s, max)) return;
  if (max > 256 && try_text(t, id, s, 256)) return;
  if (max > 64 && try_text(t, id, s, 64)) return;
  t->record.flags |= SPAN_TEXT_LOST;
  count(COUNT_TEXT_LOST);
}

/** Appends the string field of the structure at `base`. */
INLINE void add_field(struct span_texts *t, u8 id, const struct go_config *c, enum go_field field,
                      u64 base, u32 max) {
  struct go_string s;
  if (read_field(c, field, base, &s, sizeof(s))) return;
  add_text(t, id, &s, max);
}

/** An address of a net.TCPAddr: 4 or 16 bytes, then the port as u16. Its stack is its own. */
SUBPROGRAM int add_tcp_address(struct span_texts *t, u8 id, const struct go_config *c, u64 address) {
  struct go_string ip = {0};
  struct {
    struct text_header header;
    u8 bytes[16];
    u16 port, zero[3];
  } text = {0};
  if (read_field(c, TCP_ADDR_IP, address, &ip, sizeof(ip)) || ip.at < 4096) return 0;
  u64 port = field_word(c, TCP_ADDR_PORT, address);
  u64 at = t->record.bytes;
  OPAQUE(at);
  if (at > TEXT_AREA - sizeof(text)) return 0;
  text.header.id = id;
  if (ip.bytes == 4) {
    if (read_user(text.bytes, 4, (void *)ip.at)) return 0;
    text.bytes[4] = (u8)port;
    text.bytes[5] = (u8)(port >> 8);
    text.header.kept = text.header.full = 6;
    __builtin_memcpy(&t->data[at], &text, 16);
    t->record.bytes = at + 16;
  } else if (ip.bytes == 16) {
    if (read_user(text.bytes, 16, (void *)ip.at)) return 0;
    text.port = (u16)port;
    text.header.kept = text.header.full = 18;
    __builtin_memcpy(&t->data[at], &text, 32);
    t->record.bytes = at + 32;
  } else {
    return 0;
  }
  t->record.texts++;
  return 0;
}
