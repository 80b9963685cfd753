// SPDX-License-Identifier: GPL-2.0-only
// For the way by bpf_probe_write_user: the header goes into the write buffer of the program. First
// the bytes, behind the buffer's end, where nobody looks; then the end is moved, one aligned word.
#pragma once
#include "propagate_links.h"
#include "propagate_text.h"

INLINE void remember(struct propagate_config *config, u64 g, u32 tgid,
                     const struct pending_write *write) {
  struct goroutine self;
  if (write->context.own_header) return count(PC_OWN_HEADER);
  count(PC_LINKED);
  if (goroutine_of(config, g, tgid, &self)) map_update(&pending_writes, &self, write, 0);
}

/** Takes what was remembered for this goroutine. */
INLINE bool recall(struct propagate_config *config, u64 g, u32 tgid, struct pending_write *write) {
  struct goroutine self;
  if (!goroutine_of(config, g, tgid, &self)) return false;
  struct pending_write *found = map_lookup(&pending_writes, &self);
  if (!found) return false;
  *write = *found;
  map_delete(&pending_writes, &self);
  return true;
}

/** Writes a `tracestate` to `to`, where nobody looks yet; 0, or an error. */
INLINE long write_state(u64 to, const struct addition *a, bool h2) {
  u8 head[STATE_NAME_BYTES + STATE_LENGTH_BYTES + 1];
  u32 bytes = STATE_NAME_BYTES, size = a->state_bytes;
  put_state_name(head, h2);
  if (h2) bytes += put_state_length(head + STATE_NAME_BYTES, size);
  OPAQUE(bytes);
  OPAQUE(size);
  if (bytes > sizeof(head) || bytes < 1 || size < 1 || size > STATE_BYTES) return -1;
  if (write_user((void *)to, head, bytes)) return -1;
  if (write_user((void *)(to + bytes), a->state->text, size)) return -1;
  const u16 line = '\r' | '\n' << 8;
  return h2 ? 0 : write_user((void *)(to + bytes + size), &line, 2);
}

/** `(*Request).write(w)`. */
SEC("uprobe/note_http1") int note_http1(struct go_registers *ctx) {
  struct propagate_config *config = config_of(ctx);
  u32 tgid = wanted_tgid(config);
  if (!tgid) return 0;
  struct pending_write write = {.buffer = GO_ARG3(ctx)};
  if (!context_of_request(config, GO_ARG1(ctx), tgid, &write.context, &write.header)) {
    count(PC_NO_CONTEXT);
    return 0;
  }
  remember(config, GO_G(ctx), tgid, &write);
  return 0;
}

/** The first call of `Header.writeSubset(w, …)` in it: request line and Host are in the buffer. */
SEC("uprobe/write_http1") int write_http1(struct go_registers *ctx) {
  struct propagate_config *config = config_of(ctx);
  u32 tgid = wanted_tgid(config);
  struct pending_write write;
  if (!tgid || !recall(config, GO_G(ctx), tgid, &write)) return 0;
  u64 data, size, used;
  u32 buf = config->offset[PF_BUFIO_BUF], n = config->offset[PF_BUFIO_N];
  // w was wrapped in a buffer of its own when it was none.
  if (GO_ARG1(ctx) != write.header || GO_ARG3(ctx) != write.buffer || buf == PF_ABSENT ||
      !read_bytes(&data, 8, write.buffer + buf) || !read_bytes(&size, 8, write.buffer + buf + 8) ||
      !read_word(config, PF_BUFIO_N, write.buffer, &used) || used > size || size > 1 << 24) {
    count(PC_UNREADABLE);
    return 0;
  }
  struct addition a;
  describe_addition(&a, &write.context, false);
  if (used + a.bytes > size) {
    count(PC_BUFFER_FULL);
    return 0;
  }
  u8 text[HTTP1_BYTES + 2];
  put_http1(text, &write.context);
  u64 end = used + a.bytes;
  if (write_user((void *)(data + used), text, HTTP1_BYTES) ||
      (a.state_bytes && write_state(data + used + HTTP1_BYTES, &a, false)) ||
      write_user((void *)(write.buffer + n), &end, 8)) {
    count(PC_WRITE_FAILED);
    return 0;
  }
  count(PC_INJECTED_HTTP1);
  return 0;
}

/** The call of `(*ClientConn).writeHeaders(stream, …)`. */
SEC("uprobe/note_h2") int note_h2(struct go_registers *ctx) {
  struct propagate_config *config = config_of(ctx);
  u32 tgid = wanted_tgid(config);
  if (!tgid) return 0;
  struct pending_write write = {.stream = GO_ARG2(ctx)};
  if (!context_of_creator(config, GO_G(ctx), tgid, &write.context)) {
    count(PC_NO_CONTEXT);
    return 0;
  }
  if (!read_word(config, PF_H2_BW, GO_ARG1(ctx), &write.buffer) ||
      !read_word(config, PF_H2_FRAMER, GO_ARG1(ctx), &write.framer)) {
    count(PC_UNREADABLE);
    return 0;
  }
  remember(config, GO_G(ctx), tgid, &write);
  return 0;
}

/** The call of `(*loopyWriter).writeHeader(stream, end, list)`. */
SEC("uprobe/note_grpc") int note_grpc(struct go_registers *ctx) {
  struct propagate_config *config = config_of(ctx);
  u32 tgid = wanted_tgid(config);
  if (!tgid) return 0;
  struct pending_write write = {.stream = GO_ARG2(ctx)};
  u64 framer;
  if (!context_of_list(GO_ARG4(ctx), GO_ARG5(ctx), tgid, &write.context)) {
    count(PC_NO_CONTEXT);
    return 0;
  }
  if (!read_word(config, PF_LOOPY_FRAMER, GO_ARG1(ctx), &framer) ||
      !read_word(config, PF_FRAMER_WRITER, framer, &write.buffer) ||
      !read_word(config, PF_FRAMER_FR, framer, &write.framer)) {
    count(PC_UNREADABLE);
    return 0;
  }
  remember(config, GO_G(ctx), tgid, &write);
  return 0;
}

struct write_buffer {
  u64 data, size, used;
  u64 used_at;  // address of the field
};

/** Puts back the frame's length; the field beyond the end harms nobody. */
INLINE void undo_length(u64 at, const u8 *head) {
  count(write_user((void *)at, head, 3) ? PC_WRITE_FAILED : PC_ROLLED_BACK);
}

/**
 * Appends the field to the frame that was written last: `frames.data` holds a copy of it, and it
 * has to be the last thing in the buffer.
 */
INLINE void append_to_frame(struct write_buffer *buffer, struct write_buffer *frames,
                            const struct pending_write *write) {
  u8 head[16], copy[16];
  u64 frame_bytes = frames->size;
  if (frame_bytes < 9 || frame_bytes > buffer->used || buffer->used > buffer->size ||
      buffer->size > 1 << 24)
    return count(PC_SPLIT);
  u64 at = buffer->data + buffer->used - frame_bytes;
  if (!read_bytes(head, 9, frames->data) || !read_bytes(copy, 9, at)) return count(PC_UNREADABLE);
  u32 length = head[0] << 16 | head[1] << 8 | head[2];
  u32 stream = (u32)head[5] << 24 | head[6] << 16 | head[7] << 8 | head[8];
  for (int i = 0; i < 9; i++)
    if (head[i] != copy[i]) return count(PC_SPLIT);
  if (head[3] != 1 || stream != write->stream || length + 9 != frame_bytes)
    return count(PC_MISSED);
  struct addition a;
  describe_addition(&a, &write->context, true);
  if (head[4] & 8 || !(head[4] & 4) || length + a.bytes > 16384) return count(PC_FRAME);
  if (buffer->used + a.bytes > buffer->size) return count(PC_BUFFER_FULL);
  u8 field[H2_BYTES + 6];
  put_h2(field, &write->context);
  u64 end = buffer->used + a.bytes, free = buffer->data + buffer->used;
  length += a.bytes;
  copy[0] = length >> 16, copy[1] = length >> 8, copy[2] = length;
  if (write_user((void *)free, field, H2_BYTES) ||
      (a.state_bytes && write_state(free + H2_BYTES, &a, true)))
    return count(PC_WRITE_FAILED);
  if (write_user((void *)at, copy, 3)) return undo_length(at, head);
  if (write_user((void *)buffer->used_at, &end, 8)) return undo_length(at, head);
  count(PC_INJECTED_H2);
}

INLINE void append(struct propagate_config *config, const struct pending_write *write, u32 buf,
                   u32 used, u32 wbuf) {
  struct write_buffer buffer = {}, frames = {};
  u32 at = config->offset[buf], from = config->offset[wbuf];
  u64 bytes = write->buffer + at;
  buffer.used_at = write->buffer + config->offset[used];
  if (buf == PF_BUFWRITER_BUF && config->flags & PF_BUFFER_BY_POINTER &&
      !read_word(config, buf, write->buffer, &bytes))
    return count(PC_UNREADABLE);
  if (at == PF_ABSENT || from == PF_ABSENT || !read_bytes(&buffer, 16, bytes) ||
      !read_word(config, used, write->buffer, &buffer.used) ||
      !read_bytes(&frames, 16, write->framer + from))
    return count(PC_UNREADABLE);
  append_to_frame(&buffer, &frames, write);
}

/** The call of `(*bufio.Writer).Flush` in writeHeaders. */
SEC("uprobe/write_h2") int write_h2(struct go_registers *ctx) {
  struct propagate_config *config = config_of(ctx);
  u32 tgid = wanted_tgid(config);
  struct pending_write write;
  if (!tgid || !recall(config, GO_G(ctx), tgid, &write)) return 0;
  if (GO_ARG1(ctx) == write.buffer) append(config, &write, PF_BUFIO_BUF, PF_BUFIO_N, PF_H2_WBUF);
  return 0;
}

/** The call that follows writeHeader where a client's stream begins. */
SEC("uprobe/write_grpc") int write_grpc(struct go_registers *ctx) {
  struct propagate_config *config = config_of(ctx);
  u32 tgid = wanted_tgid(config);
  struct pending_write write;
  if (!tgid || !recall(config, GO_G(ctx), tgid, &write)) return 0;
  append(config, &write, PF_BUFWRITER_BUF, PF_BUFWRITER_OFFSET, PF_GRPC_WBUF);
  return 0;
}
