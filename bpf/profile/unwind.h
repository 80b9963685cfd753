// SPDX-License-Identifier: GPL-2.0-only
// The loop over the frames of a user stack: by bpf_loop, or on kernels without it by tail calls of
// FRAMES_A_CALL frames each (UNWIND_BY_TAIL_CALLS).
#pragma once
#include "step.h"

#define FRAMES_A_CALL 16
#define MAX_TAIL_CALLS 31  // the kernel's limit is 33, interpreters' unwinders included

/** One frame: finds its rule, records it, goes to its caller. Returns 1 where the loop stops. */
INLINE int unwind_frame(struct scratch *s, struct rule_cache *cache) {
  struct rule rule;
  u32 user_frames = s->header.user_frames;
  if (user_frames >= s->max_user_frames) {
    s->end = COUNT_TRUNCATED_DEPTH;
    return 1;
  }
  // A return address may be the first one behind its function: the call is what counts.
  u64 pc = s->pc - !s->interrupted;
  int end = find_rule(s, cache, pc, &rule);
  u32 unwinder = rule.unwinder & (UNWINDERS - 1);
  if (UNLIKELY(unwinder != 0 && !s->native_once && (s->unwinders >> unwinder & 1))) {
    s->next_unwinder = unwinder;
    return 1;
  }
  s->native_once = 0;
  u32 at = s->header.kernel_frames + user_frames;
  s->frames[at & (MAX_FRAMES - 1)] = (u64)rule.slot << 48 | ((pc - rule.bias) & ((1ull << 48) - 1));
  s->header.user_frames = user_frames + 1;
  if (rule.table_missing) s->table_missing = 1;
  if (!end) end = step_by_rule(s, &rule);
  s->end = end;
  return end != 0;
}

#if !defined(UNWIND_BY_TAIL_CALLS)

struct loop_context {
  struct scratch *scratch;
  struct rule_cache *cache;
};

SUBPROGRAM long unwind_step(u32 index, struct loop_context *c) {
  (void)index;
  return unwind_frame(c->scratch, c->cache);
}

/** Unwinds natively as far as it goes. Does not return where another unwinder has to go on. */
INLINE void unwind(void *ctx, struct scratch *s, struct rule_cache *cache, void *unwinders) {
  struct loop_context c = {.scratch = s, .cache = cache};
  loop(MAX_USER_FRAMES + 1, unwind_step, &c, 0);
  if (!s->next_unwinder) return;
  u32 next = s->next_unwinder;
  s->next_unwinder = 0;
  tail_call(ctx, unwinders, next);
  s->end = COUNT_TAIL_CALL_FAILED;
}

#else

INLINE void unwind(void *ctx, struct scratch *s, struct rule_cache *cache, void *unwinders) {
  for (int i = 0; i < FRAMES_A_CALL; i++)
    if (unwind_frame(s, cache)) break;
  if (s->end) return;
  u32 next = s->next_unwinder;
  s->next_unwinder = 0;
  if (++s->tail_calls > MAX_TAIL_CALLS) {
    s->end = COUNT_TRUNCATED_DEPTH;
    return;
  }
  tail_call(ctx, unwinders, next);
  s->end = COUNT_TAIL_CALL_FAILED;
}

#endif
