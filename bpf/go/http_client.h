// SPDX-License-Identifier: GPL-2.0-only
// net/http's client: (*Transport).roundTrip; golang.org/x/net's where it is used without that one:
// (*Transport).RoundTripOpt, the variant H2_XNET.
#pragma once
#include "http_server.h"

INLINE void client_texts(struct site *s, struct span_texts *t, u64 request, u64 url) {
  const struct go_config *c = s->config;
  add_field(t, TEXT_METHOD, c, REQUEST_METHOD, request, 32);
  add_field(t, TEXT_SCHEME, c, URL_SCHEME, url, 16);
  add_field(t, TEXT_HOST, c, URL_HOST, url, 256);
  add_field(t, TEXT_PATH, c, URL_PATH, url, 1024);
  add_field(t, TEXT_QUERY, c, URL_RAW_QUERY, url, 1024);
  s64 bytes = -1;
  if (!read_field(c, REQUEST_CONTENT_LENGTH, request, &bytes, 8)) t->record.request_bytes = bytes;
}

/** (*Transport).roundTrip(t; req *Request), RoundTripOpt(t; req *Request, opt) */
SEC("kprobe")
int http_client_begin(struct user_registers *regs) {
  struct site s = {0};
  if (!enter(regs, &s)) return 0;
  const struct go_config *c = s.config;
  u64 request = ARG_1(regs), url = field_word(c, REQUEST_URL, request);
  if (!url) return 0;  // It is about to be refused.
  struct span_key key = {s.goid, s.tgid, KIND_HTTP_CLIENT};
  // net/http's has begun it, and will end it.
  if (s.variant == H2_XNET && map_lookup(&active, &key)) return 0;
  struct found_headers headers = {0};
  struct trace_parent header = {0};
  struct parent parent = {0};
  struct go_interface context = {0};
  read_field(c, REQUEST_CTX, request, &context, sizeof(context));
  find_parent(&s, context.data, &parent);
  find_headers(c, field_word(c, REQUEST_HEADER, request), &headers);
  parent_of_headers(&headers, &header);
  if (header.valid &&
      (header.trace_id[0] != parent.trace_id[0] || header.trace_id[1] != parent.trace_id[1])) {
    // The application sends a trace of its own: what comes back has to be found there.
    take_header(&header, &parent, 0);
  }
  struct open_span *span = begin_span(&s, &key, &parent);
  if (!span) return 0;
  if (headers.traceparents) span->flags |= SPAN_HAS_HEADER;
  span->request = request;
  span->object = s.variant;
  struct span_texts *t = begin_texts(&key, span);
  if (t) client_texts(&s, t, request, url);
  capture_headers(regs, CAPTURE_ROUND_CLIENT);
  return 0;
}

/** At the test of the result: BX is the error; at RET likewise. */
SEC("kprobe")
int http_client_end(struct user_registers *regs) {
  struct site s = {0};
  if (!enter(regs, &s)) return 0;
  u64 response = ARG_0(regs), error = ARG_1(regs);
  // An error may be retried inside; if not, it comes by a RET.
  if (error && s.kind != SITE_RET) return 0;
  struct span_key key = {s.goid, s.tgid, KIND_HTTP_CLIENT};
  struct open_span *span = map_lookup(&active, &key);
  if (!span || span->object != s.variant || end_silently(&key, span)) return 0;
  struct ending e = {.status = -1, .request_bytes = -1, .response_bytes = -1};
  if (error) {
    e.flags = SPAN_ERROR;
    e.error_type = error;
  } else if (response) {
    u64 status = field_word(s.config, CLIENT_RESPONSE_STATUS, response);
    if (status) e.status = (s32)status;
    read_field(s.config, CLIENT_RESPONSE_CONTENT_LENGTH, response, &e.response_bytes, 8);
    span->protocol = protocol_of(s.config, CLIENT_RESPONSE_PROTO_MAJOR,
                                 CLIENT_RESPONSE_PROTO_MINOR, response);
    if (span->protocol >> 8 == 2) span->detail |= DETAIL_H2;
  }
  struct span_texts *t = find_texts(&key, span);
  if (t) {
    fill_record(&t->record, &s, &key, span, &e);
    send_texts(t);
  } else {
    struct go_string method = {0}, host = {0};
    u64 url = field_word(s.config, REQUEST_URL, span->request);
    read_field(s.config, REQUEST_METHOD, span->request, &method, sizeof(method));
    if (url) read_field(s.config, URL_HOST, url, &host, sizeof(host));
    send_small(&s, &key, span, &e, &method, &host, TEXT_HOST);
  }
  forget_span(&key, span);
  return 0;
}
