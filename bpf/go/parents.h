// SPDX-License-Identifier: GPL-2.0-only
// The span that a new one belongs under: by its context.Context first, then by its goroutine, then by
// the goroutine that created this one.
#pragma once
#include "contexts.h"
#include "headers.h"

// Ten times ten: nested loops are cheaper to verify.
#define CONTEXT_STRIDES 10
#define CONTEXT_STRIDE 10

struct parent {
  u64 trace_id[2];
  u64 span_id;
  u8 trace_flags, by, remote, reserved[5];
};

INLINE void take_parent(const struct open_span *from, struct parent *to, u8 by) {
  to->trace_id[0] = from->trace_id[0];
  to->trace_id[1] = from->trace_id[1];
  to->span_id = from->span_id;
  to->trace_flags = from->trace_flags;
  to->by = by;
}

INLINE void take_header(const struct trace_parent *from, struct parent *to, u8 remote) {
  to->trace_id[0] = from->trace_id[0];
  to->trace_id[1] = from->trace_id[1];
  to->span_id = from->span_id;
  to->trace_flags = from->flags;
  to->remote = remote;
  to->by = BY_HEADER;
}

/** Where a walk along contexts stands. */
struct walk {
  u64 context;
  struct parent found;
};

// A Go heap begins at 0xc000000000 (amd64, arm64), where no type is.
#define VALUE_CONTEXT_VALUE 40
#define IS_OF_HEAP(pointer) ((pointer) >> 32 == 0xc0)

/**
 * Every implementation of context.Context in the standard library begins with its parent, an
 * interface. In others that place holds something else, at which nothing is registered.
 * Go 1.20's timerCtx begins with a pointer to the cancelCtx instead.
 */
GLOBAL_FUNCTION int walk_contexts(struct walk *w, u32 tgid, u32 has_manual) {
  struct go_interface next = {0};
  u64 value = 0;
  if (!w) return 0;
  u64 context = w->context;
  for (u32 i = 0; i < CONTEXT_STRIDE; i++) {
    if (context < 4096) return 0;
    struct open_span *span = span_of_context(context, tgid);
    // A manual span is the value of a context.valueCtx.
    if (!span && has_manual &&
        !read_user(&value, sizeof(value), (void *)(context + VALUE_CONTEXT_VALUE)))
      span = span_of_context(value, tgid);
    if (span) {
      take_parent(span, &w->found, BY_CONTEXT);
      return 0;
    }
    if (read_user(&next, sizeof(next), (void *)context)) return 0;
    context = IS_OF_HEAP(next.type) ? next.type : next.data;
  }
  w->context = context;
  return 1;
}

INLINE int parent_of_context(u64 context, struct site *s, struct parent *to) {
  struct walk w = {.context = context};
  for (u32 i = 0; i < CONTEXT_STRIDES; i++) {
    if (walk_contexts(&w, s->tgid, s->config->flags & CONFIG_MANUAL_SPANS)) continue;
    if (!w.found.span_id) return 0;
    *to = w.found;
    return 1;
  }
  count(COUNT_CONTEXT_DEPTH);
  return 0;
}

/** The server's or consumer's span that goroutine `goid` works for. */
INLINE struct open_span *span_of_goroutine(u64 goid, u32 tgid) {
  struct span_key key = {goid, tgid, KIND_HTTP_SERVER};
  struct open_span *span = map_lookup(&active, &key);
  if (span) return span;
  key.kind = KIND_GRPC_SERVER;
  span = map_lookup(&active, &key);
  if (span) return span;
  key.kind = KIND_KAFKA_CONSUMER;
  return map_lookup(&active, &key);
}

#define GOID_BATCH 16

/** Remembers which goroutines are there already when the span begins. */
SUBPROGRAM void mark_goroutines(struct site *s, struct open_span *span) {
  struct goid_store store = {0};
  read_goid_store(s, &store);
  span->goid_mark = goid_mark_of(s, &store);
  span->goid_next = store.next;
}

/**
 * Goroutines that were there before the span began, as those of a pool or of the request before, are not
 * its children. Numbers are given to Ps in batches: of the batch that was this P's when the span began it
 * is known which were taken; another P's may be older, so a new goroutine may have a number that many
 * batches back.
 */
INLINE int is_child(struct site *s, const struct open_span *span) {
  u32 zero = 0;
  if (s->goid < span->goid_mark && s->goid + GOID_BATCH >= span->goid_mark)
    return s->goid >= span->goid_next;
  struct go_settings *set = map_lookup(&settings, &zero);
  u64 window = set ? set->goid_window : 64;
  return s->goid + window > span->goid_mark;
}

INLINE int parent_of_goroutine(struct site *s, struct parent *to) {
  if (!s || !to || !s->config) return 0;
  struct open_span *span = span_of_goroutine(s->goid, s->tgid);
  if (span) {
    take_parent(span, to, BY_GOROUTINE);
    return 1;
  }
  u64 creator = field_word(s->config, G_PARENT_GOID, s->goroutine);
  if (!creator) return 0;
  span = span_of_goroutine(creator, s->tgid);
  if (!span || !is_child(s, span)) return 0;
  take_parent(span, to, BY_CREATOR);
  return 1;
}

/** The parent in this process. */
INLINE void find_parent(struct site *s, u64 context, struct parent *to) {
  if (context && parent_of_context(context, s, to)) return;
  parent_of_goroutine(s, to);
}
