// SPDX-License-Identifier: GPL-2.0-only
// Reads the user stack 1 KB at a time: a kilobyte costs little more than a word.
#pragma once
#include "maps.h"

#define USER_PAGE_BYTES 4096

/** Fills the window from `start` on, as far as the stack can be read. */
SUBPROGRAM void fill_window(struct scratch *s, u64 start) {
  start &= ~7ull;
  s->window_start = start;
  s->window_bytes = 0;
  if (read_user(s->window, WINDOW_BYTES, (void *)start) == 0) {
    s->window_bytes = WINDOW_BYTES;
    return;
  }
  // The top of the stack may be near: what is left of this page is all or nothing.
  u32 bytes = USER_PAGE_BYTES - (start & (USER_PAGE_BYTES - 1));
  if (bytes >= WINDOW_BYTES) return;
  OPAQUE(bytes);
  bytes &= WINDOW_BYTES - 1;
  if (read_user(s->window, bytes, (void *)start) == 0) s->window_bytes = bytes;
}

/** Moves the window where the words below the CFA `cfa` are not in it. */
INLINE void cover_frame(struct scratch *s, u64 cfa) {
  u64 last_word = cfa - 8;
  if (LIKELY(last_word - s->window_start < s->window_bytes)) return;
  // Saved registers lie close below the return address.
  fill_window(s, cfa - 64);
}

/** Reads a word of the user's stack. Returns 0, or -1 where it cannot be read. */
INLINE int read_stack(struct scratch *s, u64 address, u64 *word) {
  u64 at = address - s->window_start;
  if (LIKELY(at < s->window_bytes && (at & 7) == 0)) {
    *word = s->window[(at >> 3) & (WINDOW_BYTES / 8 - 1)];
    return 0;
  }
  u64 value = 0;
  if (read_user(&value, sizeof(value), (void *)address) != 0) return -1;
  *word = value;
  return 0;
}
