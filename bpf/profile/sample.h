// SPDX-License-Identifier: GPL-2.0-only
// On-CPU samples: a perf event's overflow.
#pragma once
#include "take.h"

UNWINDER_MAP(progs_sample, sample_native);
DEFINE_UNWINDER(unwind_sample, scratch_sample, get_rule_cache(&rule_cache))

SEC("perf_event")
int sample(void *ctx) {
  u32 zero = 0;
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
  take_context(s, c, ctx, &progs_sample);
  return 0;
}

SEC("perf_event")
int sample_native(void *ctx) {
  u32 zero = 0;
  struct scratch *s = map_lookup(&scratch_sample, &zero);
  if (!s) return 0;
  unwind_sample(s, 0);
  dispatch(ctx, s, &progs_sample);
  finish_user_stack(s);
  return 0;
}
