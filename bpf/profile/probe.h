// SPDX-License-Identifier: GPL-2.0-only
// Stacks at uprobes and tracepoints that a person asked for.
#pragma once
#include "take.h"

// The probe's number: the attach cookie, or on kernels without one a constant of this instance.
const volatile u8 use_attach_cookie = 0;
const volatile u8 probe_number = 0;

UNWINDER_MAP(progs_uprobe, uprobe_native);
UNWINDER_MAP(progs_tracepoint, tracepoint_native);
// No cache of rules: probes are rare, and preemption would tear its entries.
DEFINE_PLAIN_UNWINDER(unwind_uprobe, scratch_uprobe)
DEFINE_PLAIN_UNWINDER(unwind_tracepoint, scratch_tracepoint)

INLINE u8 get_probe_number(void *ctx) {
  return use_attach_cookie ? (u8)attach_cookie(ctx) : probe_number;
}

/** Begins a record of kind 5. Returns 0 where it is not wanted. */
INLINE int begin_probe(void *ctx, struct scratch *s) {
  count(s, COUNT_PROBE_HITS);
  begin_record(s, RECORD_PROBE);
  s->header.probe = get_probe_number(ctx);
  if (admit_process(s)) return 1;
  count(s, COUNT_FILTERED);
  return 0;
}

/** Since 6.0 programs at uprobes can be preempted by one another, so each claims its scratch. */
INLINE struct scratch *claim_scratch(u32 *index) {
  struct scratch *s = 0;
  u32 first = processor_id() * UPROBE_SCRATCHES;
  for (u32 i = 0; i < UPROBE_SCRATCHES; i++) {
    *index = first + i;
    s = map_lookup(&scratch_uprobe, index);
    if (!s) return 0;
#if defined(UNWIND_BY_CALLS)
    // No atomic exchange before 5.12, and no preemption before 6.0.
    u32 was_busy = s->busy;
    s->busy = 1;
#else
    u32 was_busy = __sync_lock_test_and_set(&s->busy, 1);
#endif
    if (was_busy) continue;
    s->owner = current_pid_tgid();
    return s;
  }
  if (!s) return 0;
  count(s, COUNT_PROBE_HITS);
  count(s, COUNT_NO_SCRATCH);
  return 0;
}

INLINE struct scratch *find_claimed_scratch(u32 *index) {
  struct scratch *s = 0;
  u64 owner = current_pid_tgid();
  u32 first = processor_id() * UPROBE_SCRATCHES;
  for (u32 i = 0; i < UPROBE_SCRATCHES; i++) {
    *index = first + i;
    s = map_lookup(&scratch_uprobe, index);
    if (s && s->busy && s->owner == owner) return s;
  }
  if (s) count(s, COUNT_NO_SCRATCH);
  return 0;
}

INLINE void release_scratch(struct scratch *s) {
  s->owner = 0;
  *(volatile u32 *)&s->busy = 0;
}

SEC("kprobe")
int probe_uprobe(void *ctx) {
  u32 index = 0;
  struct scratch *s = claim_scratch(&index);
  if (!s) return 0;
  if (begin_probe(ctx, s)) {
    int failure = take_context(s, ctx);
    TAKE_USER_STACK(ctx, s, failure, &progs_uprobe, unwind_uprobe(s, index));
  }
  release_scratch(s);
  return 0;
}

SEC("kprobe")
int uprobe_native(void *ctx) {
  u32 index = 0;
  struct scratch *s = find_claimed_scratch(&index);
  if (!s) return 0;
  unwind_uprobe(s, index);
  dispatch(ctx, s, &progs_uprobe);
  finish_user_stack(s);
  release_scratch(s);
  return 0;
}

SEC("tracepoint")
int probe_tracepoint(void *ctx) {
  u32 cpu = processor_id();
  struct scratch *s = map_lookup(&scratch_tracepoint, &cpu);
  if (!s) return 0;
  if (!begin_probe(ctx, s)) return 0;
  int failure = take_task(s, ctx, 0);
  TAKE_USER_STACK(ctx, s, failure, &progs_tracepoint, unwind_tracepoint(s, cpu));
  return 0;
}

SEC("tracepoint")
int tracepoint_native(void *ctx) {
  u32 cpu = processor_id();
  struct scratch *s = map_lookup(&scratch_tracepoint, &cpu);
  if (!s) return 0;
  unwind_tracepoint(s, cpu);
  dispatch(ctx, s, &progs_tracepoint);
  finish_user_stack(s);
  return 0;
}
