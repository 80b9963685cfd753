// SPDX-License-Identifier: GPL-2.0-only
// google.golang.org/grpc's client: what (*clientStream) does, for unary and streaming calls.
#pragma once
#include "grpc_server.h"

/** (*clientStream).newAttemptLocked(cs; …): the first attempt begins the span, others are retries. */
SEC("kprobe")
int grpc_client_begin(struct user_registers *regs) {
  struct site s = {0};
  if (!enter(regs, &s)) return 0;
  const struct go_config *c = s.config;
  u64 stream = ARG_0(regs);
  struct span_key key = {stream, s.tgid, KIND_GRPC_CLIENT};
  if (map_lookup(&active, &key)) return 0;
  struct parent parent = {0};
  struct go_interface context = {0};
  u64 header = field_word(c, GRPC_CLIENT_STREAM_CALL_HDR, stream);
  if (!header) return 0;
  read_field(c, GRPC_CLIENT_STREAM_CTX, stream, &context, sizeof(context));
  find_parent(&s, context.data, &parent);
  struct open_span *span = begin_span(&s, &key, &parent);
  if (!span) return 0;
  span->request = header;
  u64 desc = field_word(c, GRPC_CLIENT_STREAM_DESC, stream);
  u8 streams = 0;
  if (desc && !read_field(c, GRPC_DESC_CLIENT_STREAMS, desc, &streams, 1) && streams)
    span->detail |= DETAIL_CLIENT_STREAMS;
  streams = 0;
  if (desc && !read_field(c, GRPC_DESC_SERVER_STREAMS, desc, &streams, 1) && streams)
    span->detail |= DETAIL_SERVER_STREAMS;
  struct span_texts *t = begin_texts(&key, span);
  if (!t) return 0;
  add_field(t, TEXT_RPC_METHOD, c, GRPC_CALL_HDR_METHOD, header, 256);
  add_field(t, TEXT_HOST, c, GRPC_CALL_HDR_HOST, header, 256);
  u64 connection = field_word(c, GRPC_CLIENT_STREAM_CC, stream);
  if (connection) add_field(t, TEXT_RPC_TARGET, c, GRPC_CONN_TARGET, connection, 256);
  return 0;
}

#define MAX_GRPC_CODE 16

/** io.EOF, an *errors.errorString, is how a stream ends well. */
INLINE int is_eof(u64 error) {
  struct go_string text = {0};
  u32 word = 0;
  if (read_user(&text, sizeof(text), (void *)error) || text.bytes != 3) return 0;
  return !read_user(&word, 3, (void *)text.at) && word == ('E' | 'O' << 8 | 'F' << 16);
}

/** (*clientStream).finish(cs; err error): the first call counts. */
SEC("kprobe")
int grpc_client_end(struct user_registers *regs) {
  struct site s = {0};
  if (!enter(regs, &s)) return 0;
  struct span_key key = {ARG_0(regs), s.tgid, KIND_GRPC_CLIENT};
  struct open_span *span = map_lookup(&active, &key);
  if (!span || end_silently(&key, span)) return 0;
  struct ending e = {.request_bytes = -1, .response_bytes = -1};
  struct go_string method = {0}, message = {0};
  u64 type = ARG_1(regs), error = ARG_2(regs);
  if (type && !is_eof(error)) {
    // What is no *status.Error has a code outside of what there is; its type is told.
    u64 status = field_word(s.config, GRPC_ERROR_S, error);
    s32 code = status ? status_code(s.config, status, &message) : 0;
    e.error_type = type;
    e.flags = SPAN_ERROR;
    e.status = code > 0 && code <= MAX_GRPC_CODE ? code : -1;
    if (e.status < 0) message.bytes = 0;
  }
  if (!(span->flags & SPAN_SAMPLED))
    read_field(s.config, GRPC_CALL_HDR_METHOD, span->request, &method, sizeof(method));
  end_grpc(&s, &key, span, &e, &method, &message);
  return 0;
}
