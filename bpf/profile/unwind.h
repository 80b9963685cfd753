// SPDX-License-Identifier: GPL-2.0-only
// The loop over the frames of a user stack: by bpf_loop, or on kernels without it by calls of a
// function (UNWIND_BY_CALLS).
#pragma once
#include "rule_cache.h"
#include "step_usual.h"
#include "uretprobe.h"

INLINE void add_user_frame(struct scratch *s, u64 frame) {
  u32 user_frames = s->header.user_frames;
  u32 at = s->header.kernel_frames + user_frames;
  OPAQUE(at);
  s->frames[at & (MAX_FRAMES - 1)] = frame;
  s->header.user_frames = user_frames + 1;
}

/**
 * One frame that is not among the usual ones. `entry`: its rule where that is cached. Apart from the
 * rest, which thus stays within a few cache lines.
 */
SUBPROGRAM int unwind_slowly(struct scratch *s, struct rule_cache *cache,
                             struct cached_rule *entry) {
  struct rule *rule = &s->rule;
  u64 pc = s->pc - !s->interrupted;
  int end = 0;
  if (entry) {
    take_cached_rule(entry, rule);
  } else {
    u8 cacheable;
    s->rule_cache_misses++;
    end = find_rule(s, pc, rule, &cacheable);
    if (cache && cacheable && s->process_known) keep_rule(s, cache, pc, rule);
  }
  rule->kind = ROW_KIND(rule->row);
  FORGET_REGISTERS();
  if (rule->kind == CFA_GUESS_NO_MAPPING) {
    // In the next round, with the address that the function returns to in the end.
    if (!s->interrupted && see_through_uretprobe(s)) return 0;
    // It may be so new that it was not told yet.
    if (s->process_known) s->table_missing = 1;
  }
  u32 unwinder = rule->unwinder & (UNWINDERS - 1);
  if (UNLIKELY(unwinder != 0 && !s->native_once && (s->unwinders >> unwinder & 1))) {
    s->next_unwinder = unwinder;
    return 1;
  }
  s->native_once = 0;
  // Nobody called a signal handler's trampoline: it begins where the handler returns to.
  add_user_frame(s, rule->frame + (rule->kind == CFA_SIGNAL && !s->interrupted));
  if (rule->table_missing) s->table_missing = 1;
  if (!end) end = step_by_rule(s, rule);
  s->end = end;
  return end != 0;
}

/** One frame: finds its rule, records it, goes to its caller. Returns 1 where the loop stops. */
INLINE int unwind_frame(struct scratch *s, struct rule_cache *cache) {
  if (UNLIKELY(s->header.user_frames >= s->max_user_frames)) {
    s->end = COUNT_TRUNCATED_DEPTH;
    return 1;
  }
  struct cached_rule *rule = 0;
  if (cache) {
    // A return address may be the first one behind its function: the call is what counts.
    rule = find_cached_rule(s, cache, s->pc - !s->interrupted);
    if (LIKELY(rule != 0)) {
      enum usual_step step = step_usual(s, rule->row);
      if (LIKELY(step != STEP_NOT_USUAL)) {
        add_user_frame(s, rule->frame);
        if (LIKELY(step == STEP_DONE)) return 0;
        s->end = END_COMPLETE;
        return 1;
      }
    }
  }
  return unwind_slowly(s, cache, rule);
}

/**
 * Defines `name`(state), which unwinds the frames of a scratch; `index` is its place in the map.
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

#define DEFINE_UNWINDER(name, type, scratch_map, get_scratch, get_cache)             \
  INLINE void name(struct type *state, u32 index) {                                  \
    (void)index;                                                                     \
    struct loop_context c = {.scratch = get_scratch, .cache = get_cache};            \
    loop(MAX_USER_FRAMES + 1, unwind_step, &c, 0);                                   \
  }

#else

#define DEFINE_UNWINDER(name, type, scratch_map, get_scratch, get_cache)             \
  __attribute__((noinline)) int name##_frame(u32 index) {                            \
    struct type *state = map_lookup(&scratch_map, &index);                           \
    return state ? unwind_frame(get_scratch, get_cache) : 1;                         \
  }                                                                                  \
  INLINE void name(struct type *state, u32 index) {                                  \
    (void)state;                                                                     \
    for (int i = 0; i <= MAX_USER_FRAMES; i++)                                       \
      if (name##_frame(index)) break;                                                \
  }

#endif

/** For scratches with a cache, and for those without one. */
#define DEFINE_CACHED_UNWINDER(name, scratch_map) \
  DEFINE_UNWINDER(name, cpu_scratch, scratch_map, &state->scratch, &state->rules)
#define DEFINE_PLAIN_UNWINDER(name, scratch_map) \
  DEFINE_UNWINDER(name, scratch, scratch_map, state, 0)

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
