// SPDX-License-Identifier: GPL-2.0-only
// What the entries share: from registers to the record in the ring.
#pragma once
#include "link.h"
#include "raw_copy.h"
#include "unwind.h"

/** Sends the record of a stack that was unwound, or a raw copy where a table was missing. */
INLINE void finish_user_stack(struct scratch *s) {
  if (UNLIKELY(s->table_missing) && send_raw_copy(s)) return;
  finish_record(s);
}

/**
 * Takes the kernel stack of the current task, which is in the kernel, without `skip` frames, and its
 * user registers. Returns 0, or for a task without a user stack how the record ends.
 */
INLINE int take_task(struct scratch *s, void *ctx, u32 skip) {
  add_kernel_stack(ctx, s, skip);
  return read_task_registers(s);
}

/** The same where the context begins with registers, of user space or of the kernel. */
INLINE int take_context(struct scratch *s, void *ctx) {
  const volatile struct context_registers *regs = ctx;
  if (!USER_MODE(*regs)) return take_task(s, ctx, 0);
  if (COMPAT_MODE(*regs)) return COUNT_COMPAT32;
  SET_REGISTERS(s, *regs, 1);
  return 0;
}

enum taken { TAKEN_SENT, TAKEN_TO_UNWIND, TAKEN_ALL };

/** Whether the user stack behind the registers is to be unwound; `failure` is from above. */
INLINE enum taken begin_user_stack(struct scratch *s, int failure) {
  if (failure) {
    s->end = failure > 0 ? failure : END_NO_USER_STACK;
    return TAKEN_ALL;
  }
  set_first_frame(s);
  if (UNLIKELY(s->config.thread_contexts | s->config.span_maps)) find_link(s);
  int raw = !s->process_known || (s->process.flags & PROCESS_RAW_COPY);
  if (UNLIKELY(raw) && send_raw_copy(s)) return TAKEN_SENT;
  return TAKEN_TO_UNWIND;
}

/** Unwinds with `unwind`, a statement, where there is a stack, and sends the record. */
#define TAKE_USER_STACK(ctx, s, failure, unwinders, unwind) \
  do {                                                      \
    enum taken taken = begin_user_stack(s, failure);        \
    if (taken == TAKEN_SENT) break;                         \
    if (taken == TAKEN_TO_UNWIND) {                         \
      unwind;                                               \
      dispatch(ctx, s, unwinders);                          \
    }                                                       \
    finish_user_stack(s);                                   \
  } while (0)
