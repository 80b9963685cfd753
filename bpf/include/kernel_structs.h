// SPDX-License-Identifier: GPL-2.0-only
// The few fields of kernel structures that are read, found by CO-RE relocation wherever the running
// kernel has them. What stands behind three underscores tells versions of a structure apart.
#pragma once
#include "basic_types.h"
#include "bpf_calls.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct mm_struct {
  unsigned long start_stack;  // where the main thread's stack began: argc
};

// What a uretprobe put in place of a return address, and where.
struct return_instance {
  u64 stack, orig_ret_vaddr;
  struct return_instance *next;
};

struct uprobe_task {
  struct return_instance *return_instances;
};

// Where the user's thread pointer is kept.
struct thread_struct {
#if defined(TARGET_X86_64)
  unsigned long fsbase;
#else
  struct {
    unsigned long tp_value;
  } uw;
#endif
};

struct task_struct {
  void *stack;
  u32 flags;
  s32 pid;
  s32 tgid;
  struct mm_struct *mm;
  char comm[16];
  struct uprobe_task *utask;
  u32 __state;  // since 5.14
  struct thread_struct thread;
};

struct task_struct___before_5_14 {
  s64 state;
};

#if defined(TARGET_X86_64)
struct pt_regs {
  u64 r15, r14, r13, r12, bp, bx, r11, r10, r9, r8, ax, cx, dx, si, di;
  u64 orig_ax, ip, cs, flags, sp, ss;
};
#elif defined(TARGET_AARCH64)
struct pt_regs {
  u64 regs[31];
  u64 sp, pc, pstate, orig_x0;
  s32 syscallno;
};
#else
#error "TARGET_X86_64 or TARGET_AARCH64 has to be defined"
#endif

#pragma clang attribute pop

#define TASK_KTHREAD 0x00200000u  // PF_KTHREAD

/** Reads one field of a kernel structure. A failed read gives 0. */
#define READ_FIELD(pointer, field)                                                    \
  ({                                                                                  \
    typeof((pointer)->field) read_field_value = {0};                                  \
    read_kernel(&read_field_value, sizeof(read_field_value),                          \
                __builtin_preserve_access_index(&(pointer)->field));                  \
    read_field_value;                                                                 \
  })

/** Whether the running kernel's structure has this field: BPF_CORE_FIELD_EXISTS is kind 2. */
#define HAS_FIELD(pointer, field) __builtin_preserve_field_info((pointer)->field, 2)
