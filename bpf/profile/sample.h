// SPDX-License-Identifier: GPL-2.0-only
// On-CPU samples: a perf event's overflow.
#pragma once
#include "take.h"

UNWINDER_MAP(progs_sample, sample_native);

SEC("perf_event")
int sample(void *ctx) {
  u32 zero = 0;
  const volatile struct context_registers *regs = ctx;
  struct scratch *s = map_lookup(&scratch_sample, &zero);
  struct config *c = get_config();
  count(COUNT_SAMPLES);
  if (!s || !c) {
    count(COUNT_NO_SCRATCH);
    return 0;
  }
  if ((u32)current_pid_tgid() == 0 && !(c->flags & CONFIG_SEND_IDLE)) {
    count(COUNT_IDLE);
    return 0;
  }
  begin_record(s, RECORD_ON_CPU, c);
  if (!admit_process(s, c)) {
    count(COUNT_FILTERED);
    return 0;
  }
  int failure = 0;
  if (USER_MODE(*regs)) {
    if (COMPAT_MODE(*regs)) failure = COUNT_COMPAT32;
    SET_REGISTERS(s, *regs, 1);
  } else {
    add_kernel_stack(ctx, s, c);
    failure = read_task_registers(s);
  }
  if (!failure) {
    take_user_stack(ctx, s, c, &progs_sample);
    return 0;
  }
  s->end = failure > 0 ? failure : END_NO_USER_STACK;
  finish_record(s);
  return 0;
}

SEC("perf_event")
int sample_native(void *ctx) {
  u32 zero = 0, cpu = processor_id();
  struct scratch *s = map_lookup(&scratch_sample, &zero);
  if (!s) return 0;
  take_native(ctx, s, map_lookup(&rule_cache, &cpu), &progs_sample);
  return 0;
}
