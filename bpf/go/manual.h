// SPDX-License-Identifier: GPL-2.0-only
// Spans that the program makes itself by go.opentelemetry.io/otel without an SDK of its own: that
// module's and auto/sdk's hooks for tools like this one, which nothing has to be written to for.
#pragma once
#include "span.h"

#define JSON_BYTES (TEXT_AREA - 8)

/** (*tracer).start(t; ctx, span, psc, sampled, sc) and (*autoTracer).start. */
SEC("kprobe")
int manual_begin(struct user_registers *regs) {
  struct site s = {0};
  if (!enter(regs, &s)) return 0;
  u64 own = ARG_3(regs);
  struct span_key key = {own, s.tgid, KIND_MANUAL};
  struct parent parent = {0};
  find_parent(&s, ARG_2(regs), &parent);
  struct open_span *span = begin_span(&s, &key, &parent);
  if (!span) return 0;
  span->context = own;
  add_context(&s, own, &key);
  begin_texts(&key, span);
  return 0;
}

INLINE void end_manual(struct site *s, u64 own, u8 id, const struct go_string *text) {
  struct span_key key = {own, s->tgid, KIND_MANUAL};
  struct open_span *span = map_lookup(&active, &key);
  if (!span) return;
  struct ending e = {.status = -1, .request_bytes = -1, .response_bytes = -1};
  struct span_texts *t = find_texts(&key, span);
  if (t) {
    add_text(t, id, text, JSON_BYTES);
    fill_record(&t->record, s, &key, span, &e);
    send_texts(t);
  }
  forget_span(&key, span);
}

/** (*span).ended(s; buf []byte): the span as OTLP in JSON. */
SEC("kprobe")
int manual_end(struct user_registers *regs) {
  struct site s = {0};
  if (!enter(regs, &s)) return 0;
  struct go_string text = {ARG_1(regs), ARG_2(regs)};
  end_manual(&s, ARG_0(regs), TEXT_MANUAL_JSON, &text);
  return 0;
}

/** global.(*tracer).newSpan(t; ctx, autoSpan *bool, name string, opts): the name is all there is. */
SEC("kprobe")
int global_begin(struct user_registers *regs) {
  struct site s = {0};
  if (!enter(regs, &s)) return 0;
  // Until it returns the span has no address: the goroutine stands for it.
  struct span_key key = {s.goid, s.tgid, KIND_MANUAL};
  struct parent parent = {0};
  struct go_string name = {ARG_4(regs), ARG_5(regs)};
  find_parent(&s, ARG_2(regs), &parent);
  struct open_span *span = begin_span(&s, &key, &parent);
  if (!span) return 0;
  struct span_texts *t = begin_texts(&key, span);
  if (t) add_text(t, TEXT_NAME, &name, 256);
  return 0;
}

/** Its return: (context.Context, trace.Span). */
SEC("kprobe")
int global_made(struct user_registers *regs) {
  struct site s = {0};
  if (!enter(regs, &s)) return 0;
  // The context holds a copy of the span: it is known by itself.
  u64 context = ARG_1(regs), own = ARG_3(regs);
  struct span_key from = {s.goid, s.tgid, KIND_MANUAL}, to = {own, s.tgid, KIND_MANUAL};
  struct open_span *span = map_lookup(&active, &from);
  if (!span) return 0;
  struct span_texts *t = map_lookup(&texts, &from);
  span->context = context;
  if (map_update(&active, &to, span, UPDATE_ANY) || (t && map_update(&texts, &to, t, UPDATE_ANY)))
    count(COUNT_TABLE_FULL);
  else
    add_context(&s, context, &to);
  rename_goroutine_span(s.goid, &from, &to);
  map_delete(&texts, &from);
  map_delete(&active, &from);
  return 0;
}

/** (*nonRecordingSpan).End */
SEC("kprobe")
int global_end(struct user_registers *regs) {
  struct site s = {0};
  if (!enter(regs, &s)) return 0;
  struct go_string nothing = {0};
  end_manual(&s, ARG_0(regs), TEXT_NAME, &nothing);
  return 0;
}
