// SPDX-License-Identifier: GPL-2.0-only
// Go's calling convention (ABIInternal) and the runtime's structures.
#pragma once
#include "state.h"

#if defined(TARGET_X86_64)

/** What a uprobe's context begins with (UAPI, so not relocated). */
struct user_registers {
  u64 r15, r14, r13, r12, bp, bx, r11, r10, r9, r8, ax, cx, dx, si, di;
  u64 orig_ax, ip, cs, flags, sp, ss;
};

#define ARG_0(regs) ((regs)->ax)
#define ARG_1(regs) ((regs)->bx)
#define ARG_2(regs) ((regs)->cx)
#define ARG_3(regs) ((regs)->di)
#define ARG_4(regs) ((regs)->si)
#define ARG_5(regs) ((regs)->r8)
#define ARG_6(regs) ((regs)->r9)
#define ARG_7(regs) ((regs)->r10)
#define ARG_8(regs) ((regs)->r11)
#define GOROUTINE(regs) ((regs)->r14)
#define CLOSURE(regs) ((regs)->dx)
/** The `jbe` of the stack check is about to be taken: the function begins anew afterwards. */
#define STACK_GROWS(regs) ((regs)->flags & 0x41)

#else

struct user_registers {
  u64 regs[31];
  u64 sp, pc, pstate;
};

#define ARG_0(r) ((r)->regs[0])
#define ARG_1(r) ((r)->regs[1])
#define ARG_2(r) ((r)->regs[2])
#define ARG_3(r) ((r)->regs[3])
#define ARG_4(r) ((r)->regs[4])
#define ARG_5(r) ((r)->regs[5])
#define ARG_6(r) ((r)->regs[6])
#define ARG_7(r) ((r)->regs[7])
#define ARG_8(r) ((r)->regs[8])
#define GOROUTINE(r) ((r)->regs[28])
#define CLOSURE(r) ((r)->regs[26])
/** B.LS is taken where C is clear or Z is set. */
#define STACK_GROWS(r) (((r)->pstate & (1ull << 29)) == 0 || ((r)->pstate & (1ull << 30)) != 0)

#endif

const volatile u8 has_cookies = 1;
/** The cookie of this instance, on kernels without attach cookies (before 5.15). */
const volatile u64 own_cookie = 0;

/** Where a program stands: which executable, process and goroutine. */
struct site {
  const struct go_config *config;
  u64 goroutine, goid;
  u32 tgid, tid;
  u16 index;
  u8 kind, variant;
};

struct go_string {
  u64 at, bytes;
};

struct go_interface {
  u64 type, data;
};

INLINE int has_field(const struct go_config *c, enum go_field field) {
  return c->offset[field] != FIELD_ABSENT;
}

/** Reads a field of the structure at `base`; 0 where it was read. */
INLINE long read_field(const struct go_config *c, enum go_field field, u64 base, void *to,
                       u32 size) {
  u32 offset = c->offset[field];
  if (offset == FIELD_ABSENT || base < 4096) return -1;
  return read_user(to, size, (void *)(base + offset));
}

/** A field of eight bytes; 0 where it cannot be read. */
INLINE u64 field_word(const struct go_config *c, enum go_field field, u64 base) {
  u64 word = 0;
  if (read_field(c, field, base, &word, sizeof(word))) return 0;
  return word;
}

/** Finds out where we are. Returns 0 where this hit is nobody's. */
INLINE int enter(struct user_registers *regs, struct site *s) {
  u64 cookie = has_cookies ? attach_cookie(regs) : own_cookie;
  u64 both = current_pid_tgid();
  s->index = (u16)cookie;
  s->kind = (u8)(cookie >> 16);
  s->variant = (u8)(cookie >> 24);
  if (s->kind == SITE_JBE && STACK_GROWS(regs)) return 0;
  s->tgid = both >> 32;
  s->tid = (u32)both;
  u32 index = s->index;
  s->config = map_lookup(&configs, &index);
  if (!s->config || !s->config->generation) return 0;
  count(COUNT_HITS);
  if (!(s->config->flags & CONFIG_ALL_PROCESSES)) {
    u32 *wanted = map_lookup(&targets, &s->tgid);
    if (!wanted || *wanted != index) {
      count(COUNT_FILTERED);
      return 0;
    }
  }
  s->goroutine = GOROUTINE(regs);
  s->goid = field_word(s->config, G_GOID, s->goroutine);
  if (s->goid) return 1;
  count(COUNT_NO_GOROUTINE);
  return 0;
}

/** Whether the goroutine is panicking (or in runtime.Goexit). */
INLINE int is_panicking(struct site *s) {
  return field_word(s->config, G_PANIC, s->goroutine) != 0;
}

/** runtime.p's goidcache and goidcacheend, one behind the other: numbers that it has in store. */
struct goid_store {
  u64 next, end;
};

INLINE void read_goid_store(struct site *s, struct goid_store *to) {
  u64 m = field_word(s->config, G_M, s->goroutine);
  u64 p = m ? field_word(s->config, M_P, m) : 0;
  u32 offset = s->config->offset[P_GOIDCACHEEND];
  if (!p || offset == FIELD_ABSENT || offset < sizeof(u64)) return;
  read_user(to, sizeof(*to), (void *)(p + offset - sizeof(u64)));
}

/** The last goroutine number that its P has in store: new goroutines get about this number. */
INLINE u64 goid_mark_of(struct site *s, const struct goid_store *store) {
  return store->end > s->goid ? store->end : s->goid;
}

INLINE u64 goid_mark(struct site *s) {
  struct goid_store store = {0};
  read_goid_store(s, &store);
  return goid_mark_of(s, &store);
}
