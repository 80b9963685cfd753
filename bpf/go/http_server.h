// SPDX-License-Identifier: GPL-2.0-only
// net/http's server: serverHandler.ServeHTTP; h2 of x/net by (*serverConn).runHandler, whose handler
// may be any.
#pragma once
#include "capture_hook.h"
#include "span.h"
#include "trace_states.h"

INLINE void server_texts(struct site *s, struct span_texts *t, u64 request,
                         const struct found_headers *h) {
  const struct go_config *c = s->config;
  u64 url = field_word(c, REQUEST_URL, request);
  add_field(t, TEXT_METHOD, c, REQUEST_METHOD, request, 32);
  if (url) {
    add_field(t, TEXT_PATH, c, URL_PATH, url, 1024);
    add_field(t, TEXT_QUERY, c, URL_RAW_QUERY, url, 1024);
  }
  add_field(t, TEXT_HOST, c, REQUEST_HOST, request, 256);
  add_field(t, TEXT_PEER, c, REQUEST_REMOTE_ADDR, request, 128);
  add_text(t, TEXT_USER_AGENT, &h->user_agent, 256);
  add_text(t, TEXT_FORWARDED, &h->forwarded, 256);
  add_text(t, TEXT_TRACESTATE, &h->tracestate, 512);
  add_text(t, TEXT_BAGGAGE, &h->baggage, 512);
  s64 bytes = -1;
  if (!read_field(c, REQUEST_CONTENT_LENGTH, request, &bytes, 8)) t->record.request_bytes = bytes;
}

INLINE u16 protocol_of(const struct go_config *c, enum go_field major, enum go_field minor,
                       u64 base) {
  u64 version[2] = {0, 0};
  // One behind the other in each Go so far.
  if (c->offset[minor] == c->offset[major] + sizeof(u64)) {
    read_field(c, major, base, version, sizeof(version));
  } else {
    version[0] = field_word(c, major, base);
    version[1] = field_word(c, minor, base);
  }
  return (u16)(version[0] << 8 | (version[1] & 0xff));
}

/** `PRI * HTTP/2.0` (RFC 9113 §3.4), for h2c to hijack: the connection's beginning, and no request. */
SUBPROGRAM int is_preface(const struct go_config *c, u64 request) {
  struct go_string method = {0};
  u32 word = 0;
  if (field_word(c, REQUEST_PROTO_MAJOR, request) != 2) return 0;
  if (read_field(c, REQUEST_METHOD, request, &method, sizeof(method)) || method.bytes != 3) return 0;
  return !read_user(&word, 3, (void *)method.at) && word == ('P' | 'R' << 8 | 'I' << 16);
}

INLINE int begin_http_server(struct site *s, u64 request, u64 object, u8 detail) {
  const struct go_config *c = s->config;
  if (is_preface(c, request)) return 0;
  struct span_key key = {s->goid, s->tgid, KIND_HTTP_SERVER};
  struct found_headers headers = {0};
  struct trace_parent header = {0};
  struct parent parent = {0};
  find_headers(c, field_word(c, REQUEST_HEADER, request), &headers);
  parent_of_headers(&headers, &header);
  if (header.valid) {
    take_header(&header, &parent, 1);
    keep_state(header.trace_id, headers.tracestate.at, headers.tracestate.bytes);
  }
  struct open_span *span = begin_span(s, &key, &parent);
  if (!span) return 0;
  span->object = object;
  span->request = request;
  mark_goroutines(s, span);
  span->detail = detail | (field_word(c, REQUEST_TLS, request) ? DETAIL_TLS : 0);
  span->protocol = protocol_of(c, REQUEST_PROTO_MAJOR, REQUEST_PROTO_MINOR, request);
  if (span->protocol >> 8 == 2) span->detail |= DETAIL_H2;
  struct go_interface context = {0};
  read_field(c, REQUEST_CTX, request, &context, sizeof(context));
  span->context = context.data;
  add_context(s, context.data, &key);
  struct span_texts *t = begin_texts(&key, span);
  if (t) server_texts(s, t, request, &headers);
  return 0;
}

/** The pattern that http.ServeMux chose: a string since Go 1.23, behind a pointer in 1.22. */
INLINE void read_route(const struct go_config *c, u64 request, struct go_string *to) {
  if (!read_field(c, REQUEST_PATTERN, request, to, sizeof(*to))) return;
  u64 pattern = field_word(c, REQUEST_PAT, request);
  if (pattern) read_field(c, PATTERN_STR, pattern, to, sizeof(*to));
}

INLINE void end_http_server(struct site *s, const struct span_key *key, struct open_span *span,
                            const struct ending *e) {
  struct go_string route = {0};
  u64 parts = span->route_parts;
  if (parts == 1)
    route = (struct go_string){span->route[0].at, span->route[0].bytes};
  else if (!parts)
    read_route(s->config, span->request, &route);
  struct span_texts *t = find_texts(key, span);
  if (t) {
    if (route.bytes) add_text(t, TEXT_ROUTE, &route, 256);
    for (u32 i = 0; parts > 1 && i < MAX_ROUTE_PARTS && i < parts; i++) {
      struct go_string part = {span->route[i].at, span->route[i].bytes};
      add_text(t, TEXT_ROUTE, &part, 256);
    }
    fill_record(&t->record, s, key, span, e);
    send_texts(t);
  } else {
    struct go_string method = {0};
    read_field(s->config, REQUEST_METHOD, span->request, &method, sizeof(method));
    send_small(s, key, span, e, &method, &route, TEXT_ROUTE);
  }
  forget_span(key, span);
}

/** serverHandler.ServeHTTP(srv; rw ResponseWriter, req *Request) */
SEC("kprobe")
int http_server_begin(struct user_registers *regs) {
  struct site s = {0};
  if (!enter(regs, &s)) return 0;
  u64 request = ARG_3(regs), response = ARG_2(regs);
  struct span_key key = {s.goid, s.tgid, KIND_HTTP_SERVER};
  struct open_span *open = map_lookup(&active, &key);
  // x/net's runHandler has begun it.
  if (open && (open->detail & DETAIL_H2) && open->request == request) return 0;
  begin_http_server(&s, request, response, 0);
  capture_headers(regs, CAPTURE_ROUND_SERVER);
  return 0;
}

/** (*response).finishRequest(w) */
SEC("kprobe")
int http_server_end(struct user_registers *regs) {
  struct site s = {0};
  if (!enter(regs, &s)) return 0;
  struct span_key key = {s.goid, s.tgid, KIND_HTTP_SERVER};
  struct open_span *span = map_lookup(&active, &key);
  u64 response = ARG_0(regs);
  if (!span || span->object != response) {
    count(COUNT_END_WITHOUT_BEGIN);
    return 0;
  }
  if (end_silently(&key, span)) return 0;
  struct ending e = {.status = 200, .request_bytes = -1, .response_bytes = -1};
  u64 status = field_word(s.config, RESPONSE_WRITER_STATUS, response);
  if (status) e.status = (s32)status;  // 0: finishRequest is about to write 200
  read_field(s.config, RESPONSE_WRITER_WRITTEN, response, &e.response_bytes, 8);
  end_http_server(&s, &key, span, &e);
  return 0;
}

/** (*conn).serve.func1, deferred: the connection ends. A span that is open is one of a panic or of
    a hijacked connection. */
SEC("kprobe")
int http_server_abort(struct user_registers *regs) {
  struct site s = {0};
  if (!enter(regs, &s)) return 0;
  struct span_key key = {s.goid, s.tgid, KIND_HTTP_SERVER};
  struct open_span *span = map_lookup(&active, &key);
  if (!span) return 0;
  struct ending e = {.status = -1, .request_bytes = -1, .response_bytes = -1};
  u64 status = field_word(s.config, RESPONSE_WRITER_STATUS, span->object);
  if (status) e.status = (s32)status;
  e.flags = is_panicking(&s) ? SPAN_PANIC | SPAN_ERROR : SPAN_HIJACKED;
  end_http_server(&s, &key, span, &e);
  return 0;
}

/** The three homes of h2; the cookie's variant tells them apart. */
enum h2_variant { H2_BUNDLED, H2_XNET, H2_INTERNAL };

INLINE enum go_field h2_field(u8 variant, enum go_field bundled, enum go_field xnet,
                              enum go_field internal) {
  return variant == H2_XNET ? xnet : variant == H2_INTERNAL ? internal : bundled;
}

/** (*serverConn).runHandler(sc; rw *responseWriter, req *Request, handler func) */
SEC("kprobe")
int h2_server_begin(struct user_registers *regs) {
  struct site s = {0};
  if (!enter(regs, &s)) return 0;
  begin_http_server(&s, ARG_2(regs), ARG_1(regs), DETAIL_H2);
  capture_headers(regs, CAPTURE_ROUND_H2);
  return 0;
}

/** (*serverConn).runHandler.func1, deferred. */
SEC("kprobe")
int h2_server_end(struct user_registers *regs) {
  struct site s = {0};
  if (!enter(regs, &s)) return 0;
  struct span_key key = {s.goid, s.tgid, KIND_HTTP_SERVER};
  struct open_span *span = map_lookup(&active, &key);
  if (!span || !(span->detail & DETAIL_H2) || end_silently(&key, span)) return 0;
  struct ending e = {.status = -1, .request_bytes = -1, .response_bytes = -1};
  u64 state = field_word(
      s.config, h2_field(s.variant, H2_WRITER_RWS, XNET_WRITER_RWS, INTERNAL_H2_WRITER_RWS),
      span->object);
  u64 status = 0;
  if (state)
    status = field_word(
        s.config, h2_field(s.variant, H2_STATE_STATUS, XNET_STATE_STATUS, INTERNAL_H2_STATE_STATUS),
        state);
  if (status) e.status = (s32)status;
  if (is_panicking(&s))
    e.flags = SPAN_PANIC | SPAN_ERROR;
  else if (!status)
    e.status = 200;
  end_http_server(&s, &key, span, &e);
  return 0;
}
