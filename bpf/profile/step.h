// SPDX-License-Identifier: GPL-2.0-only
// From a frame to its caller, by an unwind rule. Each function returns 0, or how the stack ended.
#pragma once
#include "call_site.h"
#include "rules.h"
#include "stack_window.h"

#define MIN_USER_ADDRESS 4096
#define MAX_GUESSED_FRAME_BYTES (1u << 20)

/**
 * Makes the caller at `ra` with the stack pointer `cfa` the current frame. `may_switch`: the CFA
 * came from memory or another register than SP, so it may be of another stack.
 */
INLINE int enter_caller(struct scratch *s, u64 cfa, u64 ra, int may_switch) {
  // Nobody calls from address 0: what a thread's first frame returns to.
  if (ra == 0) return END_COMPLETE;
  if (ra < MIN_USER_ADDRESS || ra >> USER_ADDRESS_BITS) return COUNT_BAD_RULE;
  if (UNLIKELY(cfa <= s->sp)) {
    // A function that saved nothing has its caller's stack pointer, where there is a link register.
    int leaf = cfa == s->sp && s->lr_known;
    // Alternate signal stacks and Go's system stacks may lie above the stack they return to.
    int allowed = leaf || (may_switch && ++s->stack_switches <= MAX_STACK_SWITCHES);
    if (!allowed) return COUNT_NO_PROGRESS;
  }
  s->sp = cfa;
  s->pc = ra;
  s->interrupted = 0;
  s->registers_known = 0;
  s->lr_known = 0;
  return 0;
}

INLINE int step_frame_pointer(struct scratch *s) {
  u64 fp = s->fp, caller_fp, ra;
  if (!s->fp_known || (fp & 7) != 0) return COUNT_BAD_FRAME_POINTER;
  // The outermost frame, by the psABI.
  if (fp == 0) return END_COMPLETE;
  cover_frame(s, fp + 16);
  if (read_stack(s, fp, &caller_fp) != 0 || read_stack(s, fp + 8, &ra) != 0)
    return COUNT_STACK_UNREADABLE;
  ra = strip_pointer_authentication(ra);
  if (ra != 0 && (ra < MIN_USER_ADDRESS || ra >> USER_ADDRESS_BITS)) return COUNT_BAD_FRAME_POINTER;
  s->fp = caller_fp;
  s->rbx_at = RBX_NOWHERE;
  return enter_caller(s, fp + 16, ra, 1);
}

/** Follows a frame pointer that may be any value. `failure`: what it means when it is none. */
INLINE int step_checked(struct scratch *s, int failure) {
  u64 fp = s->fp, caller_fp, ra;
  if (!s->fp_known || fp == 0 || (fp & 7) != 0) return failure;
  if (fp - s->sp > MAX_GUESSED_FRAME_BYTES) return failure;
  cover_frame(s, fp + 16);
  if (read_stack(s, fp, &caller_fp) != 0 || read_stack(s, fp + 8, &ra) != 0) return failure;
  ra = strip_pointer_authentication(ra);
  if (ra < MIN_USER_ADDRESS || ra >> USER_ADDRESS_BITS || !follows_call(ra)) return failure;
  s->fp = caller_fp;
  s->rbx_at = RBX_NOWHERE;
  return enter_caller(s, fp + 16, ra, 0);
}

/** The same in code of which nothing is known; the record says so. */
INLINE int step_guess(struct scratch *s, int failure) {
  int end = step_checked(s, failure);
  if (end == 0) s->header.flags |= RECORD_GUESSED;
  return end;
}

/** Goes from a signal handler's trampoline to the frame that the signal interrupted. */
INLINE int step_signal(struct scratch *s) {
  u64 from = s->sp + SIGNAL_REGISTERS_OFFSET;
  if (read_user(s->signal_words, sizeof(s->signal_words), (void *)from) != 0)
    return COUNT_STACK_UNREADABLE;
  copy_signal_registers(s->registers, s->signal_words);
  s->registers_replaced = 1;
  u64 sp = s->registers[REG_SP];
  if (sp <= s->sp && ++s->stack_switches > MAX_STACK_SWITCHES) return COUNT_NO_PROGRESS;
  s->sp = sp;
  s->pc = s->registers[REG_PC];
  s->fp = s->registers[REG_FP];
  s->fp_known = 1;
  s->registers_known = 1;
  s->rbx_at = 0;
  s->interrupted = 1;
#if defined(TARGET_AARCH64)
  s->lr = s->registers[REG_LR];
  s->lr_known = 1;
#endif
  return 0;
}

/** The value of a DWARF register in the current frame. Returns whether it is known. */
INLINE int get_register(struct scratch *s, u32 number, u64 *value) {
  if (number == REG_SP) {
    *value = s->sp;
    return 1;
  }
  if (number == REG_FP) {
    *value = s->fp;
    return s->fp_known;
  }
#if defined(TARGET_X86_64)
  if (number == REG_RBX) {
    *value = s->registers[REG_RBX];
    if (s->rbx_at == 0) return 1;
    return s->rbx_at != RBX_NOWHERE && read_stack(s, s->rbx_at, value) == 0;
  }
#endif
  if (!s->registers_known || number >= REGISTERS) return 0;
  OPAQUE(number);
  if (number >= REGISTERS) return 0;
  *value = s->registers[number];
  return 1;
}

#if defined(TARGET_X86_64)
/** Where the caller's rbx is, by the high nibble of `saved`. */
INLINE void follow_rbx(struct scratch *s, u32 saved, u64 cfa) {
  u32 nibble = saved >> 4;
  if (nibble == RA_DEFAULT) return;
  int is_told = nibble > RA_UNDEFINED && nibble != RBX_UNKNOWN;
  s->rbx_at = is_told ? cfa - 8 * (nibble - 1) : RBX_NOWHERE;
}
#else
INLINE void follow_rbx(struct scratch *s, u32 saved, u64 cfa) {
  (void)s, (void)saved, (void)cfa;
}
#endif

/** Restores the frame pointer from `cfa + offset`, from its own place, or not, as `kind` says. */
INLINE int restore_fp(struct scratch *s, u32 kind, u64 cfa, s64 offset) {
  u64 from = cfa, fp;
  switch (kind) {
    case FP_UNCHANGED:
      return 0;
    case FP_UNKNOWN:
      s->fp_known = 0;
      return 0;
    case FP_SAVED_AT_FP:
      if (!s->fp_known) return COUNT_BAD_FRAME_POINTER;
      from = s->fp;
      break;
    case FP_SAVED:
      break;
    default:
      return COUNT_BAD_RULE;
  }
  if (read_stack(s, from + offset, &fp) != 0) return COUNT_STACK_UNREADABLE;
  s->fp = fp;
  s->fp_known = 1;
  return 0;
}

INLINE int step_side_rule(struct scratch *s, u64 row) {
  u32 number = ROW_SIDE_RULE(row);
  struct side_rule *rule = map_lookup(&side_rules, &number);
  if (!rule) return COUNT_TABLE_BOUNDS;
  u64 cfa, ra = 0;
  if (!get_register(s, rule->cfa_register, &cfa)) return COUNT_BAD_RULE;
  cfa += (s64)rule->cfa_offset;
  if (rule->cfa_deref) {
    if (read_stack(s, cfa, &cfa) != 0) return COUNT_STACK_UNREADABLE;
    cfa += (s64)rule->cfa_add;
  }
  if (rule->ra_kind == SIDE_RA_UNDEFINED) return END_COMPLETE;
  cover_frame(s, cfa);
  if (rule->ra_kind == SIDE_RA_REGISTER) {
    if (!get_register(s, rule->ra_register, &ra)) return COUNT_BAD_RULE;
  } else if (rule->ra_kind != SIDE_RA_SAVED) {
    return COUNT_BAD_RULE;
  } else if (read_stack(s, cfa + (s64)rule->ra_offset, &ra) != 0) {
    return COUNT_STACK_UNREADABLE;
  }
  int failure = restore_fp(s, rule->fp_kind, cfa, rule->fp_offset);
  if (failure) return failure;
  s->rbx_at = RBX_NOWHERE;
  return enter_caller(s, cfa, strip_pointer_authentication(ra), 1);
}

/** Computes the CFA of the kinds that have one. */
INLINE int get_cfa(struct scratch *s, struct rule *rule, u64 *cfa) {
  s64 offset = ROW_CFA_OFFSET(rule->row);
  switch (rule->kind) {
    case CFA_SP:
      *cfa = s->sp + offset;
      return 0;
    case CFA_FP:
      *cfa = s->fp + offset;
      return s->fp_known ? 0 : COUNT_BAD_FRAME_POINTER;
    case CFA_DEREF_FP:
      if (!s->fp_known) return COUNT_BAD_FRAME_POINTER;
      return read_stack(s, s->fp + offset, cfa) == 0 ? 0 : COUNT_STACK_UNREADABLE;
    case CFA_DEREF_SP:
      return read_stack(s, s->sp + offset, cfa) == 0 ? 0 : COUNT_STACK_UNREADABLE;
    case CFA_PLT:
      *cfa = s->sp + 8 + ((s64)(s->pc & 15) >= offset ? 8 : 0);
      return 0;
    default:
      return COUNT_BAD_RULE;
  }
}

/** Steps by a rule with a CFA, and registers saved below it. */
INLINE int step_cfa(struct scratch *s, struct rule *rule) {
  u64 cfa, ra;
  int failure = get_cfa(s, rule, &cfa);
  if (failure) return failure;
  u32 saved = ROW_SAVED(rule->row);
  s64 fp_offset = ROW_FP_OFFSET(rule->row);
  u32 ra_kind = saved >> 4;
  if (ra_kind == RA_UNDEFINED) return END_COMPLETE;
  cover_frame(s, cfa);
#if defined(TARGET_AARCH64)
  if (ra_kind > RA_UNDEFINED) return COUNT_BAD_RULE;
  if (ra_kind == RA_DEFAULT) {
    if (!s->lr_known) return COUNT_BAD_RULE;
    ra = s->lr;
  } else if (read_stack(s, cfa + fp_offset + 8, &ra) != 0) {
    return COUNT_STACK_UNREADABLE;
  }
#else
  u64 ra_at = ra_kind == RA_SAVED ? cfa + fp_offset + 8 : cfa - 8;
  if (read_stack(s, ra_at, &ra) != 0) return COUNT_STACK_UNREADABLE;
#endif
  failure = restore_fp(s, saved & 15, cfa, fp_offset);
  if (failure) return failure;
  follow_rbx(s, saved, cfa);
  int may_switch = rule->kind != CFA_SP && rule->kind != CFA_PLT;
  return enter_caller(s, cfa, strip_pointer_authentication(ra), may_switch);
}

INLINE int step_by_rule(struct scratch *s, struct rule *rule) {
  switch (rule->kind) {
    case CFA_END:
      return END_COMPLETE;
    case CFA_FRAME_POINTER:
      return step_frame_pointer(s);
    case CFA_CHECKED_FRAME_POINTER:
      // The outermost frame, by the psABI.
      if (s->fp_known && s->fp == 0) return END_COMPLETE;
      return step_checked(s, COUNT_BAD_FRAME_POINTER);
    case CFA_GUESS_NO_MAPPING:
      return step_guess(s, COUNT_NO_MAPPING);
    case CFA_GUESS_NO_INFO:
      return step_guess(s, COUNT_NO_UNWIND_INFO);
    case CFA_SIGNAL:
      return step_signal(s);
    case CFA_SIDE:
      return step_side_rule(s, rule->row);
    default:
      return step_cfa(s, rule);
  }
}
