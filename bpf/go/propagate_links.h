// SPDX-License-Identifier: GPL-2.0-only
// From the goroutine that makes a call to the one that writes its header.
#pragma once
#include "propagate_go.h"

/** `net/http.(*Transport).roundTrip(req)`, on the caller's goroutine. */
SEC("uprobe/link_request") int link_request(struct go_registers *ctx) {
  struct propagate_config *config = config_of(ctx);
  u32 tgid = wanted_tgid(config);
  if (!tgid) return 0;
  struct goroutine self;
  struct request_key key = {.tgid = tgid};
  if (!goroutine_of(config, GO_G(ctx), tgid, &self)) return 0;
  if (!read_word(config, PF_REQUEST_HEADER, GO_ARG2(ctx), &key.header)) return 0;
  if (!read_word(config, PF_REQUEST_URL, GO_ARG2(ctx), &key.url)) return 0;
  map_update(&requests, &key, &self.goid, 0);
  return 0;
}

/** `grpc.(*clientStream).newAttemptLocked`, on the caller's goroutine. */
SEC("uprobe/link_call") int link_call(struct go_registers *ctx) {
  struct propagate_config *config = config_of(ctx);
  u32 tgid = wanted_tgid(config);
  struct goroutine self;
  if (!tgid || !goroutine_of(config, GO_G(ctx), tgid, &self)) return 0;
  u64 stream = GO_ARG1(ctx);
  map_update(&calls, &self, &stream, 0);
  return 0;
}

/** The call of executeAndPut in `transport.(*http2Client).NewStream`: the header list is made. */
SEC("uprobe/link_list") int link_list(struct go_registers *ctx) {
  struct propagate_config *config = config_of(ctx);
  u32 tgid = wanted_tgid(config);
  struct goroutine self;
  if (!tgid || !goroutine_of(config, GO_G(ctx), tgid, &self)) return 0;
  u64 *stream = map_lookup(&calls, &self);
  if (!stream) return 0;
  struct trace_context context = {};
  struct list_key key = {.tgid = tgid};
  if (!context_of(*stream, tgid, KIND_GRPC_CLIENT, &context)) return 0;
  // The item is the third argument, an interface: its data word is the fourth register.
  if (!read_word(config, PF_HEADERS_HF, GO_ARG4(ctx), &key.list) || !key.list) return 0;
  map_update(&lists, &key, &context, 0);
  return 0;
}

/** The context for the HTTP/1.1 request that `(*Request).write` is about to write. */
INLINE bool context_of_request(struct propagate_config *config, u64 request, u32 tgid,
                               struct trace_context *context, u64 *header) {
  struct request_key key = {.tgid = tgid};
  if (!read_word(config, PF_REQUEST_HEADER, request, &key.header)) return false;
  if (!read_word(config, PF_REQUEST_URL, request, &key.url)) return false;
  *header = key.header;
  u64 *goid = map_lookup(&requests, &key);
  return goid && context_of(*goid, tgid, KIND_HTTP_CLIENT, context);
}

/** That of an h2 request: its goroutine was made by the one that called RoundTrip. */
INLINE bool context_of_creator(struct propagate_config *config, u64 g, u32 tgid,
                               struct trace_context *context) {
  u64 creator;
  return read_word(config, PF_PARENT_GOID, g, &creator) && creator &&
         context_of(creator, tgid, KIND_HTTP_CLIENT, context);
}

#define HEADER_FIELD_BYTES 40  // hpack.HeaderField: two strings and a bool
#define MAX_HEADER_FIELDS 64

/** Whether a header list of gRPC has a field `traceparent`. */
INLINE bool list_has_traceparent(u64 list, u64 fields) {
  for (u32 i = 0; i < MAX_HEADER_FIELDS; i++) {
    if (i >= fields) return false;
    struct {
      u64 data, bytes;
    } name;
    if (!read_bytes(&name, sizeof(name), list + i * HEADER_FIELD_BYTES)) return false;
    if (name.bytes != 11) continue;
    u64 head = 0, tail = 0;
    // "tracepar" and "parent", which overlap.
    if (!read_bytes(&head, 8, name.data) || !read_bytes(&tail, 8, name.data + 3)) continue;
    if (head == 0x7261706563617274ull && tail == 0x746e657261706563ull) return true;
  }
  return false;
}

/** gRPC's: `(*loopyWriter).writeHeader(stream, end, list)` is about to be called. */
INLINE bool context_of_list(u64 list, u64 fields, u32 tgid, struct trace_context *context) {
  struct list_key key = {.list = list, .tgid = tgid};
  struct trace_context *found = map_lookup(&lists, &key);
  if (!found) return false;
  *context = *found;
  map_delete(&lists, &key);
  if (list_has_traceparent(list, fields)) context->own_header = 1;
  return true;
}
