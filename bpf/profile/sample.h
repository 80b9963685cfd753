// SPDX-License-Identifier: GPL-2.0-only
// On-CPU samples: a perf event's overflow.
#pragma once
#include "take.h"

UNWINDER_MAP(progs_sample, sample_native);
DEFINE_CACHED_UNWINDER(unwind_sample, scratch_sample)

SEC("perf_event")
int sample(void *ctx) {
  u32 cpu = processor_id();
  struct cpu_scratch *state = map_lookup(&scratch_sample, &cpu);
  if (!state) return 0;
  struct scratch *s = &state->scratch;
  count(s, COUNT_SAMPLES);
  if ((u32)current_pid_tgid() == 0 && !(s->config.flags & CONFIG_SEND_IDLE)) {
    count(s, COUNT_IDLE);
    return 0;
  }
  begin_record(s, RECORD_ON_CPU);
  if (!admit_process(s)) {
    count(s, COUNT_FILTERED);
    return 0;
  }
  int failure = take_context(s, ctx);
  TAKE_USER_STACK(ctx, s, failure, &progs_sample, unwind_sample(state, cpu));
  return 0;
}

/** Goes on with a stack that an interpreter's unwinder hands back. */
SEC("perf_event")
int sample_native(void *ctx) {
  u32 cpu = processor_id();
  struct cpu_scratch *state = map_lookup(&scratch_sample, &cpu);
  if (!state) return 0;
  unwind_sample(state, cpu);
  dispatch(ctx, &state->scratch, &progs_sample);
  finish_user_stack(&state->scratch);
  return 0;
}
