// SPDX-License-Identifier: GPL-2.0-only
// The span that a sample was taken in: of programs that publish it for each thread, and of Go programs
// that are traced from outside. Whatever is read is the program's, so nothing is believed that does not
// fit, and what does not costs a counter.
#pragma once
#include "goroutine.h"

/** OpenTelemetry's record of a thread (OTEP 4947), without its attributes. */
struct published_context {
  u64 trace_id[2];
  u64 span_id;
  u8 valid, trace_flags;
  u16 attributes_bytes;
  u32 unread;
};

#define PUBLISHED_CONTEXT_BYTES 28
#define MAX_MODULES 65536
#define DTV_UNALLOCATED (~0ull)

// glibc's dtv_t is a pointer and what to free, the number of them stands before the first; musl's is a
// pointer, and their number is the first.
#if defined(TARGET_X86_64)
#define DTV_AT_GLIBC 8
#define DTV_AT_MUSL 8
#else
#define DTV_AT_GLIBC 0
#define DTV_AT_MUSL -8
#endif

/** The module's block of this thread; 0 where it has none yet. */
INLINE u64 find_module_block(u64 thread, const struct thread_context_source *c, int *failed) {
  int is_glibc = c->kind == CONTEXT_DTV_GLIBC;
  u64 dtv = 0, modules = 0, block = 0;
  u32 module = c->module;
  *failed = 1;
  if (module == 0 || module >= MAX_MODULES) return 0;
  u64 dtv_at = thread + (is_glibc ? DTV_AT_GLIBC : DTV_AT_MUSL);
  if (read_user(&dtv, sizeof(dtv), (void *)dtv_at)) return 0;
  if (read_user(&modules, sizeof(modules), (void *)(dtv - (is_glibc ? 16 : 0)))) return 0;
  *failed = 0;
  // A thread that has not used the module since it was loaded has a vector too short for it.
  if (module > modules) return 0;
  u64 at = dtv + (u64)module * (is_glibc ? 16 : 8);
  if (read_user(&block, sizeof(block), (void *)at)) *failed = 1;
  return block == DTV_UNALLOCATED ? 0 : block;
}

/** Returns whether the thread is in a span; s->link is set then. */
SUBPROGRAM int find_thread_context(struct scratch *s) {
  u32 tgid = s->header.tgid;
  struct thread_context_source *c = map_lookup(&thread_contexts, &tgid);
  if (!c) return 0;
  u64 thread = thread_pointer();
  int failed = 0;
  u64 block = c->kind == CONTEXT_STATIC ? thread : find_module_block(thread, c, &failed);
  u64 at = 0;
  if (failed) goto unreadable;
  if (!block) return 0;
  if (read_user(&at, sizeof(at), (void *)(block + c->offset))) goto unreadable;
  if (!at) return 0;
  struct published_context p = {0};
  if (read_user(&p, PUBLISHED_CONTEXT_BYTES, (void *)at)) goto unreadable;
  if (p.valid != 1 || !(p.trace_id[0] | p.trace_id[1])) return 0;
  s->link[0] = p.trace_id[0];
  s->link[1] = p.trace_id[1];
  s->link[2] = p.span_id;
  s->linked = 1;
  return 1;
unreadable:
  count(s, COUNT_CONTEXT_UNREADABLE);
  return 0;
}

INLINE void find_link(struct scratch *s) {
  if (s->config.thread_contexts && find_thread_context(s)) return;
  if (s->config.span_maps) find_goroutine_span(s);
}
