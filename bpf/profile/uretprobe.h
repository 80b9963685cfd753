// SPDX-License-Identifier: GPL-2.0-only
// Functions with a uretprobe, whoever set it, return to a trampoline of the kernel. The list of the
// task tells where they would have returned to.
#pragma once
#include "task.h"

#define MAX_RETURN_INSTANCES 64  // the kernel's MAX_URETPROBE_DEPTH

#if defined(TARGET_X86_64)
#define RETURN_SLOT(cfa) ((cfa) - 8)
#else
#define RETURN_SLOT(cfa) (cfa)  // there is none: the stack pointer at the function's entry
#endif

/**
 * Where the current task's function with a return address at `slot` returns to in the end; 0 where
 * no uretprobe replaced it. Global, so that it is verified once and not with every frame.
 */
__attribute__((noinline)) u64 find_return_address(u64 slot) {
  struct task_struct *task = (struct task_struct *)current_task();
  if (!HAS_FIELD(task, utask)) return 0;
  struct uprobe_task *uprobes = READ_FIELD(task, utask);
  if (!uprobes || !HAS_FIELD(uprobes, return_instances)) return 0;
  struct return_instance *r = READ_FIELD(uprobes, return_instances);
  if (!HAS_FIELD(r, orig_ret_vaddr) || !HAS_FIELD(r, stack) || !HAS_FIELD(r, next)) return 0;
  for (int i = 0; i < MAX_RETURN_INSTANCES && r; i++) {
    if (READ_FIELD(r, stack) == slot) return READ_FIELD(r, orig_ret_vaddr);
    r = READ_FIELD(r, next);
  }
  return 0;
}

/** Replaces the current frame's PC where it is such a trampoline. Returns whether it was. */
INLINE int see_through_uretprobe(struct scratch *s) {
  u64 pc = find_return_address(RETURN_SLOT(s->sp));
  if (pc == 0 || pc == s->pc) return 0;
  s->pc = pc;
  return 1;
}
