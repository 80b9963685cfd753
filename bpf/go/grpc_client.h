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
#define MAX_WRAPPED_TEXT 65536

/** io.EOF, an *errors.errorString, is how a stream ends well. */
INLINE int is_eof(u64 error) {
  struct go_string text = {0};
  u32 word = 0;
  if (read_user(&text, sizeof(text), (void *)error) || text.bytes != 3) return 0;
  return !read_user(&word, 3, (void *)text.at) && word == ('E' | 'O' << 8 | 'F' << 16);
}

/** fmt.wrapError, what fmt.Errorf makes of %w: the message, then the error inside. */
struct wrapped_error {
  struct go_string text;
  struct go_interface inner;
};

/** The code of a *status.Error; -1 of what is none. */
INLINE s32 code_of_error(const struct go_config *c, u64 error, struct go_string *message) {
  u64 status = error ? field_word(c, GRPC_ERROR_S, error) : 0;
  s32 code = status ? status_code(c, status, message) : 0;
  if (code > 0 && code <= MAX_GRPC_CODE) return code;
  message->bytes = 0;
  return -1;
}

/** The same of an error in an error, as where the last of several attempts failed. */
INLINE s32 code_of_inner(const struct go_config *c, u64 error, struct go_string *message) {
  struct wrapped_error wrapped = {0};
  if (read_user(&wrapped, sizeof(wrapped), (void *)error)) return -1;
  if (!wrapped.text.bytes || wrapped.text.bytes > MAX_WRAPPED_TEXT) return -1;
  return code_of_error(c, wrapped.inner.data, message);
}

INLINE int end_grpc_client(struct site *s, u64 stream, u64 type, u64 error) {
  struct span_key key = {stream, s->tgid, KIND_GRPC_CLIENT};
  struct open_span *span = map_lookup(&active, &key);
  if (!span || end_silently(&key, span)) return 0;
  struct ending e = {.request_bytes = -1, .response_bytes = -1};
  struct go_string method = {0}, message = {0};
  if (type && !is_eof(error)) {
    e.error_type = type;
    e.flags = SPAN_ERROR;
    e.status = code_of_error(s->config, error, &message);
    if (e.status < 0) e.status = code_of_inner(s->config, error, &message);
  }
  if (!(span->flags & SPAN_SAMPLED))
    read_field(s->config, GRPC_CALL_HDR_METHOD, span->request, &method, sizeof(method));
  end_grpc(s, &key, span, &e, &method, &message);
  return 0;
}

/** (*clientStream).finish(cs; err error): the first call counts. */
SEC("kprobe")
int grpc_client_end(struct user_registers *regs) {
  struct site s = {0};
  if (!enter(regs, &s)) return 0;
  return end_grpc_client(&s, ARG_0(regs), ARG_1(regs), ARG_2(regs));
}

/** Streams that goroutines look for another attempt of. */
struct {
  MAP_UINT(type, MAP_LRU_HASH);
  MAP_UINT(max_entries, 1024);
  MAP_TYPE(key, struct span_key);
  MAP_TYPE(value, u64);
} failing_streams SEC(".maps");

/** (*clientStream).retryLocked(cs; …), which only what failed comes to. */
SEC("kprobe")
int grpc_client_retry(struct user_registers *regs) {
  struct site s = {0};
  if (!enter(regs, &s)) return 0;
  struct span_key key = {s.goid, s.tgid, KIND_GRPC_CLIENT};
  u64 stream = ARG_0(regs);
  map_update(&failing_streams, &key, &stream, UPDATE_ANY);
  return 0;
}

/**
 * Its RETs: with an error there is no other attempt. A stream that was never there, as where nobody
 * listens, is not finished by anybody. io.EOF sends the caller to ask for the status.
 */
SEC("kprobe")
int grpc_client_failed(struct user_registers *regs) {
  struct site s = {0};
  if (!enter(regs, &s)) return 0;
  struct span_key key = {s.goid, s.tgid, KIND_GRPC_CLIENT};
  u64 type = ARG_0(regs), error = ARG_1(regs);
  u64 *stream = map_lookup(&failing_streams, &key);
  if (!stream) return 0;
  if (type && !is_eof(error)) end_grpc_client(&s, *stream, type, error);
  map_delete(&failing_streams, &key);
  return 0;
}
