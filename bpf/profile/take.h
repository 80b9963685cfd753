// SPDX-License-Identifier: GPL-2.0-only
// What the entries share: from registers to the record in the ring.
#pragma once
#include "raw_copy.h"
#include "unwind.h"

/** The user part, registers being in s->registers. Only returns where nothing is left to do. */
INLINE void take_user_stack(void *ctx, struct scratch *s, struct config *c, void *unwinders) {
  set_first_frame(s);
  int raw = !s->process_known || (s->process.flags & PROCESS_RAW_COPY);
  if (UNLIKELY(raw) && send_raw_copy(s, c)) return;
  tail_call(ctx, unwinders, NATIVE_UNWINDER);
  s->end = COUNT_TAIL_CALL_FAILED;
  finish_record(s);
}

/** Sends the record of a stack that was unwound, or a raw copy where a table was missing. */
INLINE void finish_user_stack(struct scratch *s) {
  struct config *c = get_config();
  if (UNLIKELY(s->table_missing) && c && send_raw_copy(s, c)) return;
  finish_record(s);
}

/**
 * Takes the stacks of the current task, which is in the kernel, without `skip` frames of the
 * kernel. Returns where nothing is left.
 */
INLINE void take_task(struct scratch *s, struct config *c, void *ctx, void *unwinders, u32 skip) {
  add_kernel_stack(ctx, s, c, skip);
  int failure = read_task_registers(s);
  if (!failure) {
    take_user_stack(ctx, s, c, unwinders);
    return;
  }
  s->end = failure > 0 ? failure : END_NO_USER_STACK;
  finish_record(s);
}

/** The same where the context begins with registers, of user space or of the kernel. */
INLINE void take_context(struct scratch *s, struct config *c, void *ctx, void *unwinders) {
  const volatile struct context_registers *regs = ctx;
  if (!USER_MODE(*regs)) {
    take_task(s, c, ctx, unwinders, 0);
    return;
  }
  if (COMPAT_MODE(*regs)) {
    s->end = COUNT_COMPAT32;
    finish_record(s);
    return;
  }
  SET_REGISTERS(s, *regs, 1);
  take_user_stack(ctx, s, c, unwinders);
}
