// SPDX-License-Identifier: GPL-2.0-only
// From a frame to its caller by the rules that most frames have: few instructions, and no function
// but the one that reads more of the stack. It changes nothing where it is not enough.
#pragma once
#include "step.h"

enum usual_step { STEP_NOT_USUAL, STEP_DONE, STEP_END };

#if defined(TARGET_X86_64)
// The return address below the CFA.
#define IS_USUAL_SAVED(saved) \
  (((saved) & 15) <= FP_UNKNOWN && ((saved) <= FP_UNKNOWN || (saved) >> 4 > RA_UNDEFINED))
#define RETURN_ADDRESS_AT(cfa, fp_at) ((cfa) - 8)
#else
#define IS_USUAL_SAVED(saved) ((saved) == (RA_SAVED << 4 | FP_SAVED))
#define RETURN_ADDRESS_AT(cfa, fp_at) ((fp_at) + 8)
#endif

/** Reads a word of the window. Returns 0 where it is not in there. */
INLINE int read_window(struct scratch *s, u64 address, u64 *word) {
  u64 at = address - s->window_start;
  if (at >= s->window_bytes || (at & 7) != 0) return 0;
  *word = s->window[(at >> 3) & (WINDOW_BYTES / 8 - 1)];
  return 1;
}

INLINE enum usual_step step_usual(struct scratch *s, u64 row) {
  u32 kind = ROW_KIND(row);
  u32 saved = ROW_SAVED(row);
  u64 cfa = s->sp, ra, fp = 0;
  if (UNLIKELY((u8)row != 0)) return STEP_NOT_USUAL;
  if (kind != CFA_SP) {
    if (kind == CFA_END) return STEP_END;
    if (kind != CFA_FP || !s->fp_known) return STEP_NOT_USUAL;
    cfa = s->fp;
  }
  if (!IS_USUAL_SAVED(saved)) return STEP_NOT_USUAL;
  cfa += (s64)ROW_CFA_OFFSET(row);
  u64 fp_at = cfa + (s64)ROW_FP_OFFSET(row);
  u64 ra_at = RETURN_ADDRESS_AT(cfa, fp_at);
  cover_frame(s, cfa);
  if (!read_window(s, ra_at, &ra)) return STEP_NOT_USUAL;
  u32 fp_kind = saved & 15;
  if (fp_kind == FP_SAVED && !read_window(s, fp_at, &fp)) return STEP_NOT_USUAL;
  ra = strip_pointer_authentication(ra);
  if (ra < MIN_USER_ADDRESS || ra >> USER_ADDRESS_BITS || cfa <= s->sp) return STEP_NOT_USUAL;
  if (fp_kind == FP_SAVED) s->fp = fp;
  if (fp_kind != FP_UNCHANGED) s->fp_known = fp_kind == FP_SAVED;
  follow_rbx(s, saved, cfa);
  s->sp = cfa;
  s->pc = ra;
  s->interrupted = 0;
  s->registers_known = 0;
  s->lr_known = 0;
  return STEP_DONE;
}
