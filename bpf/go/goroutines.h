// SPDX-License-Identifier: GPL-2.0-only
// Which span each goroutine is in, for profilers that sample it; docs/go-internals.md, section 6.
#pragma once
#include "runtime.h"

/** Tells once for each process how to get from a thread to its goroutine's number. */
INLINE void announce_process(struct site *s) {
  struct goroutine_key key = {0, s->tgid, 0};
  if (map_lookup(&goroutine_spans, &key)) return;
  u32 zero = 0;
  struct go_settings *set = map_lookup(&settings, &zero);
  struct goroutine_process p = {
      .magic = GOROUTINE_SPANS_MAGIC,
      .goid = s->config->offset[G_GOID],
      .parent_goid = s->config->offset[G_PARENT_GOID],
      .m = s->config->offset[G_M],
      .window = set ? set->goid_window : 0,
  };
  map_update(&goroutine_spans, &key, &p, UPDATE_ANY);
}

/** The goroutine is in `span` from now on. What does not fit is missing in profiles only. */
SUBPROGRAM void enter_goroutine(struct site *s, const struct span_key *key, struct open_span *span) {
  struct goroutine_key at = {s->goid, s->tgid, 0};
  announce_process(s);
  struct goroutine_span *outer = map_lookup(&goroutine_spans, &at);
  if (outer) {
    span->outer_id = outer->owner_id;
    span->outer_kind = outer->owner_kind;
  }
  struct goroutine_span own = {
      .trace_id = {span->trace_id[0], span->trace_id[1]},
      .span_id = span->span_id,
      .goid_mark = goid_mark(s),
      .owner_id = key->id,
      .owner_kind = key->kind,
  };
  map_update(&goroutine_spans, &at, &own, UPDATE_ANY);
}

/** It is in the span before, where that is still open and of the same goroutine. */
SUBPROGRAM void leave_goroutine(const struct span_key *key, const struct open_span *span) {
  struct goroutine_key at = {span->goid, key->tgid, 0};
  struct goroutine_span *held = map_lookup(&goroutine_spans, &at);
  // Another one began since and is still open.
  if (!held || held->owner_id != key->id || held->owner_kind != key->kind) return;
  struct span_key outer_key = {span->outer_id, key->tgid, span->outer_kind};
  struct open_span *outer = span->outer_kind ? map_lookup(&active, &outer_key) : 0;
  if (!outer || outer->goid != span->goid || !(outer->flags & SPAN_SAMPLED)) {
    map_delete(&goroutine_spans, &at);
    return;
  }
  held->trace_id[0] = outer->trace_id[0];
  held->trace_id[1] = outer->trace_id[1];
  held->span_id = outer->span_id;
  held->owner_id = outer_key.id;
  held->owner_kind = outer_key.kind;
}

/** The span is known by another key from now on. */
INLINE void rename_goroutine_span(u64 goid, const struct span_key *from, const struct span_key *to) {
  struct goroutine_key at = {goid, from->tgid, 0};
  struct goroutine_span *held = map_lookup(&goroutine_spans, &at);
  if (held && held->owner_id == from->id && held->owner_kind == from->kind)
    held->owner_id = to->id;
}
