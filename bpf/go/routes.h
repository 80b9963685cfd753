// SPDX-License-Identifier: GPL-2.0-only
// Routes of frameworks. Their patterns are made once and live as long as the router, so it is enough
// to remember where a pattern is.
#pragma once
#include "span.h"

INLINE struct open_span *routed_span(struct site *s) {
  struct span_key key = {s->goid, s->tgid, KIND_HTTP_SERVER};
  return map_lookup(&active, &key);
}

INLINE void add_route(struct open_span *span, const struct go_string *pattern) {
  u64 part = span->route_parts;
  if (!pattern->bytes || part >= MAX_ROUTE_PARTS) return;
  span->route[part].at = pattern->at;
  span->route[part].bytes = pattern->bytes;
  span->route_parts = part + 1;
}

/** The pattern of a string field, if the span has none yet. */
INLINE int route_of_field(struct user_registers *regs, u64 base, enum go_field field) {
  struct site s = {0};
  struct go_string pattern = {0};
  if (!enter(regs, &s)) return 0;
  struct open_span *span = routed_span(&s);
  if (!span || span->route_parts) return 0;
  if (!read_field(s.config, field, base, &pattern, sizeof(pattern))) add_route(span, &pattern);
  return 0;
}

/** gin: (*Context).Next(c), first called when the route is known. */
SEC("kprobe")
int route_gin(struct user_registers *regs) {
  return route_of_field(regs, ARG_0(regs), GIN_CONTEXT_FULL_PATH);
}

/** gorilla/mux: routeRegexpGroup.setMatch({host, path *routeRegexp, queries}; …), once a route fits. */
SEC("kprobe")
int route_gorilla(struct user_registers *regs) {
  return route_of_field(regs, ARG_1(regs), GORILLA_REGEXP_TEMPLATE);
}

/** echo: (*Router).Find(r; method, path string, c Context); chi: (*node).FindRoute(n; rctx, …). */
SEC("kprobe")
int route_begin(struct user_registers *regs) {
  struct site s = {0};
  if (!enter(regs, &s)) return 0;
  struct open_span *span = routed_span(&s);
  u64 chi = ARG_1(regs), echo = ARG_6(regs);
  OPAQUE(chi);
  OPAQUE(echo);
  if (span) span->router = s.variant ? echo : chi;
  return 0;
}

/** echo: the return of Find. */
SEC("kprobe")
int route_echo(struct user_registers *regs) {
  struct site s = {0};
  struct go_string pattern = {0};
  if (!enter(regs, &s)) return 0;
  struct open_span *span = routed_span(&s);
  if (!span || !span->router) return 0;
  // A group of its own may route again: the last one counts.
  span->route_parts = 0;
  if (!read_field(s.config, ECHO_CONTEXT_PATH, span->router, &pattern, sizeof(pattern)))
    add_route(span, &pattern);
  return 0;
}

/** chi: behind the call of FindRoute, in (*Mux).routeHTTP; each mounted router adds a pattern. */
SEC("kprobe")
int route_chi(struct user_registers *regs) {
  struct site s = {0};
  struct go_string patterns = {0}, pattern = {0};
  if (!enter(regs, &s)) return 0;
  struct open_span *span = routed_span(&s);
  if (!span || !span->router) return 0;
  read_field(s.config, CHI_CONTEXT_ROUTE_PATTERNS, span->router, &patterns, sizeof(patterns));
  // []string: its length is where a string has its bytes.
  if (!patterns.bytes || patterns.bytes != span->route_parts + 1) return 0;
  if (!read_user(&pattern, sizeof(pattern),
                 (void *)(patterns.at + (patterns.bytes - 1) * sizeof(pattern))))
    add_route(span, &pattern);
  return 0;
}
