// SPDX-License-Identifier: GPL-2.0-only
// google.golang.org/grpc's server: (*Server).handleStream, unary and streaming.
#pragma once
#include "span.h"
#include "trace_states.h"

/** Where transport.Stream is: what is passed, behind a pointer in it, or embedded. */
INLINE u64 stream_base(const struct go_config *c, u64 stream) {
  if (!has_field(c, GRPC_SERVER_STREAM_STREAM)) return stream;
  if (c->flags & CONFIG_GRPC_STREAM_POINTER) return field_word(c, GRPC_SERVER_STREAM_STREAM, stream);
  return stream + c->offset[GRPC_SERVER_STREAM_STREAM];
}

INLINE void grpc_peer(struct site *s, struct span_texts *t, u64 transport) {
  struct go_interface address = {0};
  // peer.Peer begins with its Addr.
  if (read_field(s->config, GRPC_HTTP2_SERVER_PEER, transport, &address, sizeof(address)))
    read_field(s->config, GRPC_HTTP2_SERVER_REMOTE_ADDR, transport, &address, sizeof(address));
  if (address.data) add_tcp_address(t, TEXT_PEER_BINARY, s->config, address.data);
}

/** (*Server).handleStream(s; t transport.ServerTransport, stream *transport.[Server]Stream) */
SEC("kprobe")
int grpc_server_begin(struct user_registers *regs) {
  struct site s = {0};
  if (!enter(regs, &s)) return 0;
  const struct go_config *c = s.config;
  u64 stream = ARG_3(regs), base = stream_base(c, stream);
  struct span_key key = {s.goid, s.tgid, KIND_GRPC_SERVER};
  struct found_headers headers = {0};
  struct trace_parent header = {0};
  struct parent parent = {0};
  struct go_interface context = {0};
  if (read_field(c, GRPC_STREAM_CTX, base, &context, sizeof(context))) return 0;
  enum go_field count_field = c->flags & CONFIG_SWISS_MAPS ? SWISS_USED : HMAP_COUNT;
  if (has_field(c, count_field))
    find_headers(c, find_metadata(context.data, c->offset[count_field]), &headers);
  parent_of_headers(&headers, &header);
  if (header.valid) {
    take_header(&header, &parent, 1);
    keep_state(header.trace_id, headers.tracestate.at, headers.tracestate.bytes);
  }
  struct open_span *span = begin_span(&s, &key, &parent);
  if (!span) return 0;
  span->object = stream;
  span->request = base;
  mark_goroutines(&s, span);
  span->context = context.data;
  add_context(&s, context.data, &key);
  struct span_texts *t = begin_texts(&key, span);
  if (!t) return 0;
  add_field(t, TEXT_RPC_METHOD, c, GRPC_STREAM_METHOD, base, 256);
  add_text(t, TEXT_USER_AGENT, &headers.user_agent, 256);
  add_text(t, TEXT_TRACESTATE, &headers.tracestate, 512);
  add_text(t, TEXT_BAGGAGE, &headers.baggage, 512);
  grpc_peer(&s, t, ARG_2(regs));
  return 0;
}

/** The code and message of a *status.Status; nil is OK. */
INLINE s32 status_code(const struct go_config *c, u64 status, struct go_string *message) {
  u64 proto = status ? field_word(c, GRPC_STATUS_S, status) : 0;
  s32 code = 0;
  if (!proto || read_field(c, RPC_STATUS_CODE, proto, &code, sizeof(code))) return 0;
  read_field(c, RPC_STATUS_MESSAGE, proto, message, sizeof(*message));
  return code;
}

INLINE void end_grpc(struct site *s, const struct span_key *key, struct open_span *span,
                     const struct ending *e, const struct go_string *method,
                     const struct go_string *message) {
  struct span_texts *t = find_texts(key, span);
  if (t) {
    add_text(t, TEXT_STATUS_MESSAGE, message, 256);
    fill_record(&t->record, s, key, span, e);
    send_texts(t);
  } else {
    struct go_string nothing = {0};
    send_small(s, key, span, e, &nothing, method, TEXT_RPC_METHOD);
  }
  forget_span(key, span);
}

/** (*http2Server).writeStatus(t; s *[Server]Stream, st *status.Status), and serverHandlerTransport's. */
SEC("kprobe")
int grpc_server_end(struct user_registers *regs) {
  struct site s = {0};
  if (!enter(regs, &s)) return 0;
  struct span_key key = {s.goid, s.tgid, KIND_GRPC_SERVER};
  struct open_span *span = map_lookup(&active, &key);
  // A stream that is refused before it is handled gets a status, too.
  if (!span || span->object != ARG_1(regs) || end_silently(&key, span)) return 0;
  struct ending e = {.request_bytes = -1, .response_bytes = -1};
  struct go_string method = {0}, message = {0};
  e.status = status_code(s.config, ARG_2(regs), &message);
  if (!(span->flags & SPAN_SAMPLED))
    read_field(s.config, GRPC_STREAM_METHOD, span->request, &method, sizeof(method));
  end_grpc(&s, &key, span, &e, &method, &message);
  return 0;
}
