// SPDX-License-Identifier: GPL-2.0-only
// User registers in the order of a raw copy: by DWARF number, as far as there is one.
#pragma once
#include "../include/kernel_structs.h"

#if defined(TARGET_X86_64)

#define REGISTERS 18  // DWARF 0…16 (rax rdx rcx rbx rsi rdi rbp rsp r8…r15 rip), flags
#define REG_FP 6
#define REG_RBX 3
#define REG_SP 7
#define REG_PC 16
#define USER_ADDRESS_BITS 56  // with five levels of page tables
// rt_sigframe, where the trampoline runs (its first word, the return address, is popped already):
// struct ucontext's uc_mcontext at 40 begins with r8…r15 di si bp bx dx ax cx sp ip flags.
#define SIGNAL_REGISTERS_OFFSET 40
#define SIGNAL_WORDS 18

#define COPY_REGISTERS(to, from)                                                            \
  do {                                                                                      \
    (to)[0] = (from).ax, (to)[1] = (from).dx, (to)[2] = (from).cx, (to)[3] = (from).bx;     \
    (to)[4] = (from).si, (to)[5] = (from).di, (to)[6] = (from).bp, (to)[7] = (from).sp;     \
    (to)[8] = (from).r8, (to)[9] = (from).r9, (to)[10] = (from).r10, (to)[11] = (from).r11; \
    (to)[12] = (from).r12, (to)[13] = (from).r13, (to)[14] = (from).r14;                    \
    (to)[15] = (from).r15, (to)[16] = (from).ip, (to)[17] = (from).flags;                   \
  } while (0)

INLINE void copy_signal_registers(u64 *to, const u64 *words) {
  static const u8 order[16] = {13, 12, 14, 11, 9, 8, 10, 15, 0, 1, 2, 3, 4, 5, 6, 7};
#pragma unroll
  for (int i = 0; i < 16; i++) to[i] = words[order[i]];
  to[REG_PC] = words[16];
  to[17] = words[17];
}

/** struct bpf_perf_event_data and a kprobe's context begin with these (UAPI, so not relocated). */
struct context_registers {
  u64 r15, r14, r13, r12, bp, bx, r11, r10, r9, r8, ax, cx, dx, si, di;
  u64 orig_ax, ip, cs, flags, sp, ss;
};

#define USER_MODE(regs) (((regs).cs & 3) == 3)
// With FRED the selector is the lowest 16 bits only. 0x23 is __USER32_CS.
#define COMPAT_MODE(regs) ((u16)(regs).cs == 0x23)
// -1 is what entries other than system calls leave in orig_ax. SYSCALL puts its return address into
// rcx too: where that differs, exec or a signal has set a first instruction meanwhile. With FRED rcx is
// left alone, and the rest of ss tells of it.
#define IN_SYSTEM_CALL(regs) \
  ((s64)(regs).orig_ax >= 0 && ((regs).cx == (regs).ip || (regs).ss >> 16))

#elif defined(TARGET_AARCH64)

#define REGISTERS 34  // x0…x30, sp, pc, pstate
#define REG_FP 29
#define REG_LR 30
#define REG_SP 31
#define REG_PC 32
#define USER_ADDRESS_BITS 48
// rt_sigframe: siginfo (128 bytes), then ucontext whose uc_mcontext at 176 is fault_address,
// x0…x30, sp, pc, pstate.
#define SIGNAL_REGISTERS_OFFSET (128 + 176 + 8)
#define SIGNAL_WORDS 34

struct context_registers {
  u64 regs[31];
  u64 sp, pc, pstate;
};

#define COPY_REGISTERS(to, from)                                      \
  do {                                                                \
    _Pragma("unroll") for (int i = 0; i < 31; i++)(to)[i] = (from).regs[i]; \
    (to)[31] = (from).sp, (to)[32] = (from).pc, (to)[33] = (from).pstate; \
  } while (0)

INLINE void copy_signal_registers(u64 *to, const u64 *words) {
#pragma unroll
  for (int i = 0; i < REGISTERS; i++) to[i] = words[i];
}

#define USER_MODE(regs) (((regs).pstate & 0xf) == 0)    // EL0
#define COMPAT_MODE(regs) (((regs).pstate & 0x10) != 0)  // PSR_MODE32_BIT
// x8 holds the call's number until exec or a signal has set a first instruction.
#define IN_SYSTEM_CALL(number, regs) ((number) >= 0 && (regs).regs[8] == (u64)(number))

#endif

/** Removes a pointer authentication code: user addresses end below the sign bits. */
INLINE u64 strip_pointer_authentication(u64 address) {
#if defined(TARGET_AARCH64)
  return address & ((1ull << USER_ADDRESS_BITS) - 1);
#else
  return address;
#endif
}
