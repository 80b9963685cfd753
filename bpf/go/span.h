// SPDX-License-Identifier: GPL-2.0-only
// Beginning and ending spans.
#pragma once
#include "contexts.h"
#include "goroutines.h"
#include "parents.h"

INLINE u64 random_word(void) { return (u64)random_u32() << 32 | random_u32(); }

/** The ratio is of the last eight bytes, as the SDKs' TraceIDRatioBased has it. */
INLINE int is_in_ratio(const struct go_settings *set, u64 id) {
  return (__builtin_bswap64(id) >> 1) < set->ratio;
}

INLINE u8 sample(const struct go_settings *set, const struct parent *p, u64 trace_low) {
  if (p->span_id && (set->flags & SETTING_PARENT_BASED)) return p->trace_flags & 1;
  if (set->sampler == SAMPLE_RATIO) return is_in_ratio(set, trace_low);
  return set->sampler == SAMPLE_ALWAYS;
}

INLINE void forget_texts(const struct span_key *key, const struct open_span *span) {
  if (!(span->flags & SPAN_SAMPLED)) return;
  u32 number = span->texts_slot - 1;
  struct span_slot *slot = map_lookup(&slots, &number);
  if (slot)
    slot->is_taken = 0;
  else
    map_delete(&texts, key);
}

INLINE void forget_span(const struct span_key *key, const struct open_span *span) {
  remove_context(key, span->context);
  if (span->is_told) leave_goroutine(key, span);
  forget_texts(key, span);
  map_delete(&active, key);
}

/** Whether spans that are not sampled are told of, for histograms. */
INLINE int are_durations_wanted(const struct go_settings *set) {
  return !(set->flags & SETTING_NO_DURATIONS);
}

/** No record will come of the span: it is open for those that begin below it. */
INLINE int is_silent(const struct open_span *span) {
  u32 zero = 0;
  if (span->flags & SPAN_SAMPLED) return 0;
  struct go_settings *set = map_lookup(&settings, &zero);
  return set && !are_durations_wanted(set);
}

/** Nothing begins below a span of these, and no header is sent for it. */
INLINE int is_leaf(u32 kind) {
  return kind == KIND_SQL || kind == KIND_REDIS || kind == KIND_MONGODB;
}

/** The head of an entry that is new and zero. */
INLINE void fill_span(struct site *s, struct open_span *span, const struct parent *p,
                      const u64 *trace_id, u8 is_sampled) {
  span->trace_id[0] = trace_id[0];
  span->trace_id[1] = trace_id[1];
  if (p->span_id) {
    span->parent_id = p->span_id;
    span->flags = p->remote ? SPAN_REMOTE_PARENT : 0;
  }
  span->span_id = random_word() | 1;
  span->parent_by = p->by;
  span->goid = s->goid;
  span->config = s->index;
  // The random flag of level 2 is kept from above.
  span->trace_flags = p->trace_flags & ~1;
  if (is_sampled) {
    span->flags |= SPAN_SAMPLED;
    span->trace_flags |= 1;
  }
  span->start_ns = ktime_ns();
}

/** Makes the entry of a span that begins now. Returns 0 where there is no room, or no use for it. */
INLINE struct open_span *begin_span(struct site *s, struct span_key *key, const struct parent *p) {
  u32 zero = 0;
  struct go_settings *set = map_lookup(&settings, &zero);
  struct open_span *empty = map_lookup(&empty_span, &zero);
  if (!set || !empty) return 0;
  u64 trace_id[2] = {p->trace_id[0], p->trace_id[1]};
  if (!p->span_id) {
    trace_id[0] = random_word() | 1;
    trace_id[1] = random_word();
  }
  u8 is_sampled = sample(set, p, trace_id[1]);
  if (!is_sampled && is_leaf(key->kind) && !are_durations_wanted(set)) {
    count(COUNT_UNSAMPLED);
    return 0;
  }
  struct open_span *span = map_lookup(&active, key);
  if (span) {
    // Its end was not seen: the goroutine ended in a way that passes no site.
    count(COUNT_REPLACED);
    forget_span(key, span);
  }
  if (map_update(&active, key, empty, UPDATE_ANY) || !(span = map_lookup(&active, key))) {
    count(COUNT_TABLE_FULL);
    return 0;
  }
  fill_span(s, span, p, trace_id, is_sampled);
  if (is_sampled && (set->flags & SETTING_PROFILED)) {
    span->is_told = 1;
    enter_goroutine(s, key, span);
  }
  return span;
}

INLINE u32 slot_number(const struct span_key *key) {
  u64 mixed = (key->id ^ (u64)key->tgid << 32 ^ key->kind) * 0x9e3779b97f4a7c15ull;
  return (u32)(mixed >> 40) & (SPAN_SLOTS - 1);
}

/** Takes the slot of this key. A span made by hand changes its key, and has none. */
INLINE struct span_texts *claim_slot(const struct span_key *key, struct open_span *span) {
  u32 number = slot_number(key);
  struct span_slot *slot = map_lookup(&slots, &number);
  if (!slot || key->kind == KIND_MANUAL) return 0;
  if (slot->is_taken || __sync_val_compare_and_swap(&slot->is_taken, 0, 1)) return 0;
  span->texts_slot = number + 1;
  return &slot->texts;
}

INLINE struct span_texts *make_texts(const struct span_key *key) {
  u32 zero = 0;
  struct span_texts *empty = map_lookup(&empty_texts, &zero);
  if (!empty || map_update(&texts, key, empty, UPDATE_ANY)) {
    count(COUNT_TABLE_FULL);
    return 0;
  }
  return map_lookup(&texts, key);
}

/** Where a sampled span's texts go; 0 for one that is not sampled. */
INLINE struct span_texts *begin_texts(const struct span_key *key, struct open_span *span) {
  if (!(span->flags & SPAN_SAMPLED)) return 0;
  struct span_texts *t = claim_slot(key, span);
  if (!t) t = make_texts(key);
  if (!t) return 0;
  // Texts are written behind one another; only the head has to be clean.
  __builtin_memset(&t->record, 0, sizeof(t->record));
  t->record.status = -1;
  t->record.request_bytes = t->record.response_bytes = -1;
  return t;
}

/** The texts that begin_texts began. */
INLINE struct span_texts *find_texts(const struct span_key *key, const struct open_span *span) {
  if (!(span->flags & SPAN_SAMPLED)) return 0;
  u32 number = span->texts_slot - 1;
  struct span_slot *slot = map_lookup(&slots, &number);
  return slot ? &slot->texts : map_lookup(&texts, key);
}

/** Ends a span that no record comes of. @returns whether it was one */
INLINE int end_silently(const struct span_key *key, const struct open_span *span) {
  if (!is_silent(span)) return 0;
  count(COUNT_UNSAMPLED);
  forget_span(key, span);
  return 1;
}

/** What is known at the end. */
struct ending {
  s64 request_bytes, response_bytes;
  u64 error_type;
  s32 status;
  u8 flags, reserved[3];
};

INLINE void fill_record(struct span_record *r, struct site *s, const struct span_key *key,
                        const struct open_span *span, const struct ending *e) {
  r->kind = (u8)key->kind;
  r->flags |= (span->flags & 0x7f) | e->flags;
  r->tgid = s->tgid;
  r->config = span->config;
  r->trace_flags = span->trace_flags;
  r->detail = span->detail;
  r->start_ns = span->start_ns;
  r->end_ns = ktime_ns();
  r->trace_id[0] = span->trace_id[0];
  r->trace_id[1] = span->trace_id[1];
  r->span_id = span->span_id;
  r->parent_id = span->parent_id;
  r->goid = span->goid;
  r->status = e->status;
  r->tid = s->tid;
  r->error_type = e->error_type;
  if (e->request_bytes >= 0) r->request_bytes = e->request_bytes;
  r->response_bytes = e->response_bytes;
  r->protocol = span->protocol;
  r->parent_by = span->parent_by;
}

INLINE void send_texts(struct span_texts *t) {
  u64 bytes = t->record.bytes;
  OPAQUE(bytes);
  if (bytes > TEXT_AREA) return;
  t->record.bytes = bytes + sizeof(struct span_record);
  count(COUNT_SPANS);
  if (ring_output(&spans, t, bytes + sizeof(struct span_record), RING_NO_WAKEUP))
    count(COUNT_RING_FULL);
}

#define SHORT_METHOD 16
#define SHORT_ROUTE 48

/** The records of spans that are not sampled, for the histogram only. */
struct short_record {
  struct span_record record;
  struct text_header method_header;
  u8 method[SHORT_METHOD];
  struct text_header route_header;
  u8 route[SHORT_ROUTE];
};

struct small_record {
  struct span_record record;
  struct text_header method_header;
  u8 method[32];
  struct text_header route_header;
  u8 route[256];
};

INLINE void small_text(struct text_header *h, u8 *to, u8 id, const struct go_string *s, u32 max) {
  u64 kept = s->bytes < max ? s->bytes : max;
  OPAQUE(kept);
  if (kept > max) return;
  h->id = id;
  if (!kept || read_user(to, (u32)kept, (void *)s->at)) kept = 0;
  h->kept = max;
  h->full = (u32)kept;  // the reader takes the shorter one
  h->flags = kept < s->bytes;
}

/** Reserves, fills and sends a record of that type. */
#define SEND_RECORD(type)                                                              \
  ({                                                                                   \
    struct type *r = ring_reserve(&spans, sizeof(*r), 0);                              \
    if (r) {                                                                           \
      __builtin_memset(&r->record, 0, sizeof(r->record));                              \
      fill_record(&r->record, s, key, span, e);                                        \
      r->record.bytes = sizeof(*r);                                                    \
      r->record.texts = 2;                                                             \
      small_text(&r->method_header, r->method, TEXT_METHOD, method, sizeof(r->method)); \
      small_text(&r->route_header, r->route, route_id, route, sizeof(r->route));       \
      ring_submit(r, RING_NO_WAKEUP);                                                  \
    } else {                                                                           \
      count(COUNT_RING_FULL);                                                          \
    }                                                                                  \
  })

INLINE void send_small(struct site *s, const struct span_key *key, const struct open_span *span,
                       const struct ending *e, const struct go_string *method,
                       const struct go_string *route, u8 route_id) {
  u32 zero = 0;
  struct go_settings *set = map_lookup(&settings, &zero);
  count(COUNT_UNSAMPLED);
  if (!set || !are_durations_wanted(set)) return;
  if (method->bytes <= SHORT_METHOD && route->bytes <= SHORT_ROUTE)
    SEND_RECORD(short_record);
  else
    SEND_RECORD(small_record);
}

/** Ends a call of which nothing but its error is known at its end. */
INLINE void finish_call(struct site *s, const struct span_key *key, struct open_span *span,
                        u64 error, u8 flags, u8 text_id) {
  struct ending e = {.status = -1, .request_bytes = -1, .response_bytes = -1, .error_type = error};
  e.flags = flags | (error ? SPAN_ERROR : 0);
  struct span_texts *t = find_texts(key, span);
  if (t) {
    fill_record(&t->record, s, key, span, &e);
    send_texts(t);
  } else {
    struct go_string nothing = {0};
    send_small(s, key, span, &e, &nothing, &nothing, text_id);
  }
  forget_span(key, span);
}
