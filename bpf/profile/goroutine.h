// SPDX-License-Identifier: GPL-2.0-only
// The span of the goroutine that runs, by the map of a tracer of Go programs.
#pragma once
#include "maps.h"
#include "task.h"

/** Where the thread's own memory is: fs, TPIDR_EL0. */
INLINE u64 thread_pointer(void) {
  struct task_struct *task = (struct task_struct *)current_task();
#if defined(TARGET_X86_64)
  return READ_FIELD(task, thread.fsbase);
#else
  return READ_FIELD(task, thread.uw.tp_value);
#endif
}

#define OFFSET_ABSENT 0xffff
// runtime.m.curg: 192 up to Go 1.24, 184 since; one more word in case it moves again.
#define CURG_FIRST 176
#define CURG_PLACES 3

#if defined(TARGET_X86_64)
#define REG_GOROUTINE 14
// Where code that is not Go's may have changed r14: the runtime's own slot, first below the thread
// pointer where there is no cgo.
#define GOROUTINE_SLOT -8
#else
#define REG_GOROUTINE 28
#endif

struct goroutine {
  u64 goid, parent_goid;
};

/**
 * The goroutine that the thread of `g` serves: itself, or where that is the scheduler's or a signal's
 * the one that called them. Its `m` has to lead back to it, so other memory is not mistaken for one.
 */
INLINE int read_goroutine(u64 g, const struct goroutine_process *p, struct goroutine *to) {
  u64 m = 0, back = 0;
  u64 curg[CURG_PLACES] = {0};
  if (g < 4096 || read_user(&m, sizeof(m), (void *)(g + p->m)) || m < 4096) return 0;
  if (read_user(curg, sizeof(curg), (void *)(m + CURG_FIRST))) return 0;
#pragma unroll
  for (int i = 0; i < CURG_PLACES; i++) {
    u64 at = curg[i];
    if (at < 4096 || read_user(&back, sizeof(back), (void *)(at + p->m)) || back != m) continue;
    if (read_user(&to->goid, sizeof(to->goid), (void *)(at + p->goid))) return 0;
    to->parent_goid = 0;
    if (p->parent_goid != OFFSET_ABSENT)
      read_user(&to->parent_goid, sizeof(to->parent_goid), (void *)(at + p->parent_goid));
    return to->goid != 0;
  }
  return 0;
}

INLINE int find_goroutine(struct scratch *s, const struct goroutine_process *p,
                          struct goroutine *to) {
  if (p->goid == OFFSET_ABSENT || p->m == OFFSET_ABSENT) return 0;
  if (read_goroutine(s->registers[REG_GOROUTINE], p, to)) return 1;
#if defined(TARGET_X86_64)
  u64 g = 0;
  if (!read_user(&g, sizeof(g), (void *)(thread_pointer() + GOROUTINE_SLOT)))
    return read_goroutine(g, p, to);
#endif
  return 0;
}

/** Returns whether this tracer traces the process. */
SUBPROGRAM int find_span_in(struct scratch *s, u32 slot) {
  void *spans = map_lookup(&span_maps, &slot);
  if (!spans) return 0;
  struct goroutine_key key = {0, s->header.tgid, 0};
  struct goroutine_process *p = map_lookup(spans, &key);
  if (!p || p->magic != GOROUTINE_SPANS_MAGIC) return 0;
  struct goroutine_process process = *p;
  struct goroutine g = {0};
  if (!find_goroutine(s, &process, &g)) return 1;
  key.goid = g.goid;
  struct goroutine_span *span = map_lookup(spans, &key);
  if (!span && g.parent_goid) {
    // A goroutine that was started inside the span works for it.
    key.goid = g.parent_goid;
    span = map_lookup(spans, &key);
    if (span && g.goid + process.window <= span->goid_mark) span = 0;
  }
  if (!span || !span->span_id) return 1;
  s->link[0] = span->trace_id[0];
  s->link[1] = span->trace_id[1];
  s->link[2] = span->span_id;
  s->linked = 1;
  return 1;
}

SUBPROGRAM void find_goroutine_span(struct scratch *s) {
  for (u32 slot = 0; slot < SPAN_MAPS; slot++) {
    if (!(s->config.span_maps & (1u << slot))) continue;
    if (find_span_in(s, slot)) return;
  }
}
