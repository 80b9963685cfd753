// SPDX-License-Identifier: GPL-2.0-only
// Texts of a record.
#pragma once
#include "runtime.h"

/** Appends at most `max` bytes, a constant below the area's size. Returns 0 where there is no room. */
INLINE int try_text(struct span_texts *t, u8 id, const struct go_string *s, u32 max) {
  u32 at = t->record.bytes;
  if (at > TEXT_AREA - 8 - max) return 0;
  u32 kept = s->bytes < max ? (u32)s->bytes : max;
  OPAQUE(kept);
  if (kept > max) return 0;
  u32 full = s->bytes > 0xffffffffull ? 0xffffffffu : (u32)s->bytes;
  struct text_header header = {id, kept < full, (u16)kept, full};
  if (read_user(&t->data[at + 8], kept, (void *)s->at)) {
    count(COUNT_UNREADABLE);
    return 1;
  }
  __builtin_memcpy(&t->data[at], &header, sizeof(header));
  t->record.bytes = (at + 8 + kept + 7) & ~7u;
  t->record.texts++;
  return 1;
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
