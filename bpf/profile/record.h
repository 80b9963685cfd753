// SPDX-License-Identifier: GPL-2.0-only
// A record from its beginning to the ring buffer.
#pragma once
#include "maps.h"
#include "task.h"

#define UNKNOWN_GENERATION 0xffffffffu  // of no rule
#define MAX_RECORD_BYTES (sizeof(struct record_header) + RECORD_WORDS * 8)

INLINE void begin_record(struct scratch *s, u32 kind) {
  struct config *c = &s->config;
  u64 pid_tgid = current_pid_tgid();
  s->header.kind = kind;
  s->header.end = END_NO_USER_STACK;
  s->header.flags = 0;
  s->header.probe = 0;
  s->header.cpu = processor_id();
  s->header.tgid = pid_tgid >> 32;
  s->header.tid = (u32)pid_tgid;
  s->header.kernel_frames = 0;
  s->header.user_frames = 0;
  s->header.generation = 0;
  s->header.time_ns = ktime_ns();
  s->header.value = 1;
  s->header.stack_bytes = 0;
  s->header.state_reason = 0;
  current_comm(s->header.comm, sizeof(s->header.comm));
  s->end = 0;
  s->linked = 0;
  s->native_once = 0;
  s->next_unwinder = 0;
  s->stack_switches = 0;
  s->table_missing = 0;
  s->registers_replaced = 0;
  s->window_start = 0;
  s->window_bytes = 0;
  s->mapping.start = 0;
  s->mapping.end = 0;
  s->rule_cache_misses = 0;
  s->last_rule = 0;
  s->next_rule = 0;
  s->max_user_frames = c->max_user_frames < MAX_USER_FRAMES ? c->max_user_frames : MAX_USER_FRAMES;
  s->unwinders = c->unwinders;
}

/** Looks the process up among the ones that were sampled lately, then among all. */
INLINE struct process *find_process(struct scratch *s, u32 tgid) {
  struct known_process *known = &s->known_processes[tgid & (PROCESS_CACHE_ENTRIES - 1)];
  // Before the look-up: what changes meanwhile has another epoch.
  u32 epoch = *(volatile u32 *)&s->config.epoch;
  if (LIKELY(known->tgid == tgid && known->epoch == epoch && epoch != 0)) return &known->process;
  struct process *p = map_lookup(&processes, &tgid);
  if (!p) return 0;
  known->tgid = tgid;
  known->epoch = epoch;
  known->process = *p;
  return &known->process;
}

/** Looks the process up. Returns whether its samples are wanted. */
INLINE int admit_process(struct scratch *s) {
  struct process *p = find_process(s, s->header.tgid);
  s->process_known = p != 0;
  if (!p) {
    s->process.generation = UNKNOWN_GENERATION;
    return !(s->config.flags & CONFIG_ONLY_LISTED);
  }
  if (p->flags & PROCESS_EXCLUDED) return 0;
  s->process = *p;
  s->header.generation = s->process.generation;
  return 1;
}

/** Adds the kernel's frames, without the `skip` innermost. */
INLINE void add_kernel_stack(void *ctx, struct scratch *s, u32 skip) {
  if (s->config.flags & CONFIG_NO_KERNEL_STACKS) return;
  long bytes = get_stack(ctx, s->frames, MAX_KERNEL_FRAMES * 8, skip);
  if (bytes < 0) {
    count(s, COUNT_KERNEL_STACK_FAILED);
    return;
  }
  s->header.kernel_frames = bytes / 8;
}

/** Sends a record of `bytes` in all and counts what became of it. */
INLINE void send_record(struct scratch *s, u64 bytes) {
  // Here and not earlier: before 5.12 the verifier forgets bounds of what is kept on the stack.
  OPAQUE(bytes);
  if (bytes > MAX_RECORD_BYTES) bytes = MAX_RECORD_BYTES;
  if (ring_output(&events, &s->header, bytes, RING_NO_WAKEUP) != 0) {
    add(s, COUNT_RING_FULL, 1);
    return;
  }
  add(s, COUNT_RECORDS, 1);
  add(s, COUNT_KERNEL_FRAMES, s->header.kernel_frames);
}

/** Puts trace ID and span ID at word `at`, where the sample has them. Returns how many words. */
INLINE u32 append_link(struct scratch *s, u32 at) {
  if (LIKELY(!s->linked)) return 0;
  OPAQUE(at);
  if (at > RECORD_WORDS - LINK_WORDS) return 0;
  s->header.flags |= RECORD_LINKED;
#pragma unroll
  for (int i = 0; i < LINK_WORDS; i++) s->frames[at + i] = s->link[i];
  count(s, COUNT_LINKED);
  return LINK_WORDS;
}

/** Sends a record with its frames. */
INLINE void finish_record(struct scratch *s) {
  u32 end = s->end;
  u32 frames = s->header.kernel_frames + s->header.user_frames;
  s->header.end = end;
  u32 link = append_link(s, frames);
  send_record(s, sizeof(struct record_header) + (frames + link) * 8);
  if (end != END_NO_USER_STACK) add(s, end == END_COMPLETE ? COUNT_COMPLETE : end, 1);
  add(s, COUNT_USER_FRAMES, s->header.user_frames);
  u32 misses = s->rule_cache_misses;
  if (misses < s->header.user_frames) add(s, COUNT_RULE_CACHE_HITS, s->header.user_frames - misses);
  add(s, COUNT_RULE_CACHE_MISSES, misses);
}
