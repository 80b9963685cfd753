// SPDX-License-Identifier: GPL-2.0-only
// For the way by sk_msg: tells a connection where in its stream of bytes a header will begin. That
// place is exact: what the kernel has been given so far (write_seq) and what waits in the program's
// own buffer before it. The goroutine that is probed is the only one that may write just now.
#pragma once
#include "propagate_links.h"

INLINE struct connection *connection_of(struct sock *sk, u32 tgid, u64 *cookie) {
  *cookie = READ_FIELD(sk, __sk_common.skc_cookie.counter);
  if (!*cookie) {
    count(PC_UNKNOWN_SOCKET);
    return 0;
  }
  struct connection *known = map_lookup(&connections, cookie);
  if (known) return known;
  struct connection fresh = {.tgid = tgid};
  map_update(&connections, cookie, &fresh, 0);
  return map_lookup(&connections, cookie);
}

/** Sets where the next head begins; `buffered` bytes go before it. */
INLINE void expect(struct connection *connection, struct sock *sk, u64 buffered) {
  u32 now = READ_FIELD((struct tcp_sock *)sk, write_seq) - connection->injected;
  if (connection->pending && (s32)(connection->next - now) >= 0 && connection->stream) {
    connection->pending++;
    return;
  }
  if (connection->pending) count(PC_MISSED);
  connection->next = now + (u32)buffered;
  connection->pending = 1;
  connection->scanned = 0;
}

INLINE struct connection *armed(struct propagate_config *config, u64 conn, u32 tgid, u64 *cookie,
                                struct sock **sk, const struct trace_context *context) {
  if (context->own_header) {
    count(PC_OWN_HEADER);
    return 0;
  }
  count(PC_LINKED);
  *sk = socket_of_conn(config, conn);
  if (!*sk) {
    count(PC_NOT_A_SOCKET);
    return 0;
  }
  return connection_of(*sk, tgid, cookie);
}

/** `(*Request).write(w)`, on the connection's own goroutine. */
SEC("uprobe/arm_http1") int arm_http1(struct go_registers *ctx) {
  struct propagate_config *config = config_of(ctx);
  u32 tgid = wanted_tgid(config);
  if (!tgid) return 0;
  struct trace_context context = {};
  u64 header, buffer = GO_ARG3(ctx), buffered, writer = 0, conn = 0, cookie = 0;
  if (!context_of_request(config, GO_ARG1(ctx), tgid, &context, &header)) {
    count(PC_NO_CONTEXT);
    return 0;
  }
  // bufio.Writer → persistConnWriter, whose data word is the persistConn → its net.Conn.
  u32 wr = config->offset[PF_BUFIO_WR], at = config->offset[PF_PERSIST_CONN];
  if (wr == PF_ABSENT || at == PF_ABSENT || !read_bytes(&writer, 8, buffer + wr + 8) ||
      !read_bytes(&conn, 8, writer + at + 8) ||
      !read_word(config, PF_BUFIO_N, buffer, &buffered) || buffered > 1 << 20) {
    count(PC_UNREADABLE);
    return 0;
  }
  struct sock *sk;
  struct connection *connection = armed(config, conn, tgid, &cookie, &sk, &context);
  if (!connection) return 0;
  connection->stream = 0;
  connection->context = context;
  expect(connection, sk, buffered);
  return 0;
}

/** A frame with the header block of `stream` comes after `buffered` bytes. */
INLINE void arm_stream(struct propagate_config *config, u64 conn, u32 tgid, u32 stream,
                       u64 buffered, const struct trace_context *context) {
  struct stream_key key = {.stream = stream};
  struct sock *sk;
  struct connection *connection = armed(config, conn, tgid, &key.cookie, &sk, context);
  if (!connection || !stream) return;
  map_update(&streams, &key, context, 0);
  expect(connection, sk, buffered);
  connection->stream = 1;
}

/** The call of `(*ClientConn).writeHeaders(stream, …)` in encodeAndWriteHeaders. */
SEC("uprobe/arm_h2") int arm_h2(struct go_registers *ctx) {
  struct propagate_config *config = config_of(ctx);
  u32 tgid = wanted_tgid(config);
  if (!tgid) return 0;
  struct trace_context context = {};
  u64 conn = 0, buffer, buffered;
  if (!context_of_creator(config, GO_G(ctx), tgid, &context)) {
    count(PC_NO_CONTEXT);
    return 0;
  }
  u32 at = config->offset[PF_H2_CONN];
  if (at == PF_ABSENT || !read_bytes(&conn, 8, GO_ARG1(ctx) + at + 8) ||
      !read_word(config, PF_H2_BW, GO_ARG1(ctx), &buffer) ||
      !read_word(config, PF_BUFIO_N, buffer, &buffered) || buffered > 1 << 20) {
    count(PC_UNREADABLE);
    return 0;
  }
  arm_stream(config, conn, tgid, GO_ARG2(ctx), buffered, &context);
  return 0;
}

/** The call of `(*loopyWriter).writeHeader(stream, end, list)` where a client's stream begins. */
SEC("uprobe/arm_grpc") int arm_grpc(struct go_registers *ctx) {
  struct propagate_config *config = config_of(ctx);
  u32 tgid = wanted_tgid(config);
  if (!tgid) return 0;
  struct trace_context context = {};
  u64 framer, writer, conn = 0, buffered;
  if (!context_of_list(GO_ARG4(ctx), GO_ARG5(ctx), tgid, &context)) {
    count(PC_NO_CONTEXT);
    return 0;
  }
  u32 at = config->offset[PF_BUFWRITER_CONN];
  if (at == PF_ABSENT || !read_word(config, PF_LOOPY_FRAMER, GO_ARG1(ctx), &framer) ||
      !read_word(config, PF_FRAMER_WRITER, framer, &writer) ||
      !read_bytes(&conn, 8, writer + at + 8) ||
      !read_word(config, PF_BUFWRITER_OFFSET, writer, &buffered) || buffered > 1 << 24) {
    count(PC_UNREADABLE);
    return 0;
  }
  arm_stream(config, conn, tgid, GO_ARG2(ctx), buffered, &context);
  return 0;
}
