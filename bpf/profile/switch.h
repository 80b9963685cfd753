// SPDX-License-Identifier: GPL-2.0-only
// Off-CPU time: the stack of a task that leaves its CPU, chosen with the configured probability,
// and how long it stayed away. One tracepoint sees both sides, so no kprobe is needed.
#pragma once
#include "take.h"

// The stack of a raw tracepoint begins with its program and the function that runs it; on 5.10 with
// one more.
#define OWN_KERNEL_FRAMES 2

UNWINDER_MAP(progs_switch, switch_native);
DEFINE_CACHED_UNWINDER(unwind_switch, scratch_switch)

/** Tells that `next` runs again, where its stack was taken when it went. */
INLINE void end_off_cpu(struct scratch *s, struct task_struct *next) {
  u32 tid = READ_FIELD(next, pid);
  u64 *since = map_lookup(&off_cpu, &tid);
  if (!since) return;
  u64 now = ktime_ns();
  struct record_header end = {
      .kind = RECORD_OFF_CPU_END,
      .cpu = processor_id(),
      .tgid = READ_FIELD(next, tgid),
      .tid = tid,
      .time_ns = now,
      .value = now - *since,
  };
  map_delete(&off_cpu, &tid);
  read_kernel(end.comm, sizeof(end.comm), __builtin_preserve_access_index(&next->comm));
  int failed = ring_output(&events, &end, sizeof(end), RING_NO_WAKEUP) != 0;
  count(s, failed ? COUNT_RING_FULL : COUNT_RECORDS);
}

INLINE u32 get_task_state(struct task_struct *task) {
  if (HAS_FIELD(task, __state)) return READ_FIELD(task, __state);
  return READ_FIELD((struct task_struct___before_5_14 *)task, state);
}

/** Arguments: preempted, previous task, next task. */
SEC("raw_tracepoint/sched_switch")
int sched_switch(const u64 *args) {
  u32 cpu = processor_id();
  struct cpu_scratch *state = map_lookup(&scratch_switch, &cpu);
  if (!state) return 0;
  struct scratch *s = &state->scratch;
  count(s, COUNT_SWITCHES);
  u32 probability = s->config.off_cpu_probability;
  end_off_cpu(s, (struct task_struct *)args[2]);
  if (probability == 0 || random_u32() > probability) return 0;
  struct task_struct *task = (struct task_struct *)args[1];
  // Kernel threads, and tasks that are past exit, have nothing that could be made faster.
  if (!has_user_stack(task)) return 0;
  begin_record(s, RECORD_OFF_CPU);
  if (!admit_process(s)) {
    count(s, COUNT_FILTERED);
    return 0;
  }
  u32 tid = s->header.tid;
  u64 now = s->header.time_ns;
  if (map_update(&off_cpu, &tid, &now, 0) != 0) {
    count(s, COUNT_SWITCH_TABLE_FULL);
    return 0;
  }
  count(s, COUNT_SWITCHES_SAMPLED);
  // A preempted task goes on running in its own view, whatever it was about to become.
  s->header.state_reason = (u8)args[0] ? 0 : get_task_state(task);
  int failure = take_task(s, (void *)args, OWN_KERNEL_FRAMES);
  TAKE_USER_STACK((void *)args, s, failure, &progs_switch, unwind_switch(state, cpu));
  return 0;
}

SEC("raw_tracepoint/sched_switch")
int switch_native(void *ctx) {
  u32 cpu = processor_id();
  struct cpu_scratch *state = map_lookup(&scratch_switch, &cpu);
  if (!state) return 0;
  unwind_switch(state, cpu);
  dispatch(ctx, &state->scratch, &progs_switch);
  finish_user_stack(&state->scratch);
  return 0;
}
