// SPDX-License-Identifier: GPL-2.0-only
// The loop over the frames of a user stack: by bpf_loop, or on kernels without it by calls of a
// function (UNWIND_BY_CALLS).
#pragma once
#include "step.h"
#include "uretprobe.h"

/** One frame: finds its rule, records it, goes to its caller. Returns 1 where the loop stops. */
INLINE int unwind_frame(struct scratch *s, struct rule_cache *cache) {
  struct rule *rule = &s->rule;
  u32 user_frames = s->header.user_frames;
  if (user_frames >= s->max_user_frames) {
    s->end = COUNT_TRUNCATED_DEPTH;
    return 1;
  }
  // A return address may be the first one behind its function: the call is what counts.
  u64 pc = s->pc - !s->interrupted;
  int end = find_rule(s, cache, pc, rule);
  FORGET_REGISTERS();
  // In the next round, with the address that the function returns to in the end.
  if (rule->kind == CFA_GUESS_NO_MAPPING && !s->interrupted && see_through_uretprobe(s)) return 0;
  u32 unwinder = rule->unwinder & (UNWINDERS - 1);
  if (UNLIKELY(unwinder != 0 && !s->native_once && (s->unwinders >> unwinder & 1))) {
    s->next_unwinder = unwinder;
    return 1;
  }
  s->native_once = 0;
  u32 at = s->header.kernel_frames + user_frames;
  // Nobody called a signal handler's trampoline: it begins where the handler returns to.
  if (rule->kind == CFA_SIGNAL) pc = s->pc;
  u64 vaddr = (pc - rule->bias) & ((1ull << 48) - 1);
  s->frames[at & (MAX_FRAMES - 1)] = (u64)rule->slot << 48 | vaddr;
  s->header.user_frames = user_frames + 1;
  if (rule->table_missing) s->table_missing = 1;
  if (!end) end = step_by_rule(s, rule);
  s->end = end;
  return end != 0;
}

/**
 * Defines `name`(index), which unwinds the frames of the scratch that `get_scratch` gives for it.
 *
 * Without bpf_loop the frame is a global function: verified once, where a static one would be
 * verified in each round of the loop. Before 5.12 such functions take numbers only.
 */
#if !defined(UNWIND_BY_CALLS)

struct loop_context {
  struct scratch *scratch;
  struct rule_cache *cache;
};

SUBPROGRAM long unwind_step(u32 index, struct loop_context *c) {
  (void)index;
  return unwind_frame(c->scratch, c->cache);
}

#define DEFINE_UNWINDER(name, scratch_map, get_cache)                                \
  INLINE void name(struct scratch *s, u32 index) {                                   \
    (void)index;                                                                     \
    struct loop_context c = {.scratch = s, .cache = get_cache};                      \
    loop(MAX_USER_FRAMES + 1, unwind_step, &c, 0);                                   \
  }

#else

#define DEFINE_UNWINDER(name, scratch_map, get_cache)                                \
  __attribute__((noinline)) int name##_frame(u32 index) {                            \
    struct scratch *s = map_lookup(&scratch_map, &index);                            \
    return s ? unwind_frame(s, get_cache) : 1;                                       \
  }                                                                                  \
  INLINE void name(struct scratch *s, u32 index) {                                   \
    (void)s;                                                                         \
    for (int i = 0; i <= MAX_USER_FRAMES; i++)                                       \
      if (name##_frame(index)) break;                                                \
  }

#endif

INLINE struct rule_cache *get_rule_cache(void *caches) {
  u32 cpu = processor_id();
  return map_lookup(caches, &cpu);
}

// Tail calls from a program that has functions need Linux 6.0 on AArch64; the loader knows.
const volatile u8 dispatch_unwinders = 0;

/** Hands over to an interpreter's unwinder where it is its turn. Returns where it is not. */
INLINE void dispatch(void *ctx, struct scratch *s, void *unwinders) {
  u32 next = s->next_unwinder;
  if (LIKELY(next == 0)) return;
  s->next_unwinder = 0;
  if (dispatch_unwinders) tail_call(ctx, unwinders, next);
  s->end = COUNT_TAIL_CALL_FAILED;
}
