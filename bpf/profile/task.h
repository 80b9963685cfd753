// SPDX-License-Identifier: GPL-2.0-only
// The current task: whether it has a user stack, and its registers at entry into the kernel.
#pragma once
#include "scratch.h"

#if defined(UNWIND_BY_CALLS)
// THREAD_SIZE; the loader sets it where pages are larger than 16 KB.
const volatile u32 kernel_stack_bytes = 16384;
// Whether the kernel tells by itself. Newer ones must: x86_64 with FRED has padding above them.
const volatile u8 has_task_registers = 0;

INLINE struct pt_regs *get_task_registers(struct task_struct *task) {
  if (has_task_registers) return task_registers(current_task_btf());
  u64 stack = (u64)READ_FIELD(task, stack);
  if (!stack) return 0;
  // The size of the kernel's structure; relocated, since arm64's has grown over the years.
  u64 bytes = __builtin_preserve_type_info(*(struct pt_regs *)0, 1);
  return (struct pt_regs *)(stack + kernel_stack_bytes - bytes);
}
#else
INLINE struct pt_regs *get_task_registers(struct task_struct *task) {
  (void)task;
  return task_registers(current_task_btf());
}
#endif

/** Takes over registers from a context. `interrupted`: not in a system call. */
#define SET_REGISTERS(s, from, is_interrupted) \
  do {                                         \
    COPY_REGISTERS((s)->registers, from);      \
    (s)->interrupted = (is_interrupted);       \
  } while (0)

/** Spreads s->registers over the fields of the current frame. */
INLINE void set_first_frame(struct scratch *s) {
  s->pc = s->registers[REG_PC];
  s->sp = s->registers[REG_SP];
  s->fp = s->registers[REG_FP];
  s->fp_known = 1;
  s->registers_known = 1;
  s->rbx_at = 0;
#if defined(TARGET_AARCH64)
  s->lr = strip_pointer_authentication(s->registers[REG_LR]);
  s->lr_known = 1;
#endif
  s->header.flags = s->interrupted ? RECORD_INTERRUPTED : 0;
}

/** Whether the task has user-space code to unwind. */
INLINE int has_user_stack(struct task_struct *task) {
  if (READ_FIELD(task, flags) & TASK_KTHREAD) return 0;
  return READ_FIELD(task, mm) != 0;
}

/**
 * Reads the user registers that the current task entered the kernel with. Returns 0, the counter
 * of the reason for having none, or -1 for a kernel thread.
 */
INLINE int read_task_registers(struct scratch *s) {
  struct task_struct *task = (struct task_struct *)current_task();
  if (!has_user_stack(task)) return -1;
  struct pt_regs *at = get_task_registers(task);
  struct context_registers regs;
  if (!at || read_kernel(&regs, sizeof(regs), at) != 0) return COUNT_STACK_UNREADABLE;
  if (COMPAT_MODE(regs)) return COUNT_COMPAT32;
#if defined(TARGET_X86_64)
  int in_system_call = IN_SYSTEM_CALL(regs);
#else
  int number = READ_FIELD(at, syscallno);
  int in_system_call = IN_SYSTEM_CALL(number, regs);
#endif
  SET_REGISTERS(s, regs, !in_system_call);
  // Workers of io_uring have a user address space, and never were in user mode.
  if (s->registers[REG_PC] == 0 && s->registers[REG_SP] == 0) return -1;
  return 0;
}
