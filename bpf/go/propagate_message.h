// SPDX-License-Identifier: GPL-2.0-only
// sk_msg: puts the header into what a program sends. Nothing of the program's memory is written.
#pragma once
#include "propagate_room.h"
#include "propagate_text.h"

#define SCAN_BYTES 16384        // of a head, in one message
#define MAX_HEAD_BYTES (1 << 17)
#define MAX_FRAMES 1024         // in one message
#define WHOLE_BYTES 32768       // messages up to this leave in one piece again

struct message {
  struct sk_msg_md *msg;
  struct connection *connection;
  struct sock *sk;
  u64 cookie;
  u32 at, size;
};

/** Pushes `bytes` at `at` and makes them accessible; an error has changed nothing. */
INLINE bool make_gap(struct sk_msg_md *msg, u32 at, u32 bytes) {
  if (msg_push(msg, at, bytes, 0)) return false;
  // This page is new and holds the gap only: nothing is copied, so nothing can fail.
  if (msg_pull(msg, at, at + bytes, 0) == 0) return true;
  msg_pop(msg, at, bytes, 0);
  return false;
}

/** A gap makes three pieces of a message, and each would leave in a segment of its own. */
INLINE void make_whole(struct sk_msg_md *msg, u32 size) {
  if (size <= WHOLE_BYTES) msg_pull(msg, 0, size, 0);
}

struct scan {
  struct sk_msg_md *msg;
  u64 newer, older;
  u32 end, own;
};

/** One byte of a head: is this its end, or the name of the application's own header? */
static long scan_byte(u32 index, struct scan *scan) {
  u8 *data = (u8 *)scan->msg->data, *data_end = (u8 *)scan->msg->data_end;
  u8 *at = data + (index & (SCAN_BYTES - 1));
  if (at + 1 > data_end) return 1;
  u64 byte = *at;
  if (byte >= 'A' && byte <= 'Z') byte |= 0x20;
  scan->older = scan->older << 8 | scan->newer >> 56;
  scan->newer = scan->newer << 8 | byte;
  if ((u32)scan->newer == 0x0d0a0d0a) {
    scan->end = index + 1;
    return 1;
  }
  // "\ntrac" "eparent:"
  if (scan->newer == 0x65706172656e743aull && (scan->older & 0xffffffffffull) == 0x0a74726163ull) {
    scan->own = 1;
    return 1;
  }
  return 0;
}

struct copy {
  struct sk_msg_md *msg;
  struct trace_state *state;
  u32 at, h2;
};

static long copy_byte(u32 index, struct copy *copy) {
  u8 *data = (u8 *)copy->msg->data + (copy->at & 1023) + (index & (STATE_BYTES - 1));
  if (data + 1 > (u8 *)copy->msg->data_end) return 1;
  u8 byte = copy->state->text[index & (STATE_BYTES - 1)];
  // Nothing that could end the header.
  *data = byte < ' ' || byte > '~' ? '_' : byte;
  return 0;
}

/** Writes a `tracestate` at `at` of the gap that the message's data are just now. */
INLINE void put_state(struct sk_msg_md *msg, const struct addition *a, u32 at, bool h2) {
  u8 *data = (u8 *)msg->data + at;
  // At the least a length and a value of one byte each; the checks never fail, they bound.
  if (data + STATE_NAME_BYTES + 2 > (u8 *)msg->data_end) return;
  put_state_name(data, h2);
  at += STATE_NAME_BYTES;
  data += STATE_NAME_BYTES;
  if (h2 && a->state_bytes < 127) {
    data[0] = a->state_bytes;
    at += 1;
  } else if (h2) {
    if (data + STATE_LENGTH_BYTES > (u8 *)msg->data_end) return;
    at += put_state_length(data, a->state_bytes);
  }
  struct copy copy = {.msg = msg, .state = a->state, .at = at};
  loop(a->state_bytes, copy_byte, &copy, 0);
  if (h2) return;
  data = (u8 *)msg->data + ((at + a->state_bytes) & 1023);
  if (data + 2 > (u8 *)msg->data_end) return;
  data[0] = '\r', data[1] = '\n';
}

/** Fills a gap of `a->bytes` at `at`; false: nothing is changed. */
INLINE bool add(struct sk_msg_md *msg, u32 at, const struct addition *a, bool h2) {
  u32 fixed = h2 ? H2_BYTES : HTTP1_BYTES;
  if (!make_gap(msg, at, a->bytes)) return false;
  u8 *data = (u8 *)msg->data;
  if (data + fixed > (u8 *)msg->data_end) {
    msg_pop(msg, at, a->bytes, 0);
    return false;
  }
  if (h2)
    put_h2(data, &a->context);
  else
    put_http1(data, &a->context);
  if (a->state_bytes) {
    put_state(msg, a, fixed, h2);
    count(PC_STATES);
  }
  return true;
}

/** Writes the header at `at`, just before the blank line. */
INLINE void insert_http1(struct message *m, u32 at) {
  struct connection *connection = m->connection;
  struct addition a;
  describe_addition(&a, &connection->context, false);
  if (!has_room(m->sk, at + a.bytes)) return count(PC_NO_ROOM);
  if (!add(m->msg, at, &a, false)) return count(PC_NO_MEMORY);
  connection->injected += a.bytes;
  make_whole(m->msg, m->size + a.bytes);
  count(PC_INJECTED_HTTP1);
}

INLINE void http1_message(struct message *m) {
  struct connection *connection = m->connection;
  u32 bytes = m->size - m->at;
  if (bytes > SCAN_BYTES) bytes = SCAN_BYTES;
  if (msg_pull(m->msg, m->at, m->at + bytes, 0)) {
    connection->pending = 0;
    return count(PC_NO_MEMORY);
  }
  struct scan scan = {
      .msg = m->msg, .newer = connection->window[0], .older = connection->window[1]};
  if (!connection->scanned) {
    u8 *data = (u8 *)m->msg->data;
    scan.newer = scan.older = 0;
    if (data + 1 > (u8 *)m->msg->data_end || *data < 'A' || *data > 'Z') {
      connection->pending = 0;
      return count(PC_MISSED);
    }
  }
  loop(bytes, scan_byte, &scan, 0);
  connection->window[0] = scan.newer, connection->window[1] = scan.older;
  if (scan.own) {
    connection->pending = 0;
    return count(PC_OWN_HEADER);
  }
  if (!scan.end) {
    connection->scanned += bytes;
    connection->next += bytes;
    if (connection->scanned < MAX_HEAD_BYTES && m->at + bytes == m->size) return;
    connection->pending = 0;
    return count(PC_SPLIT);
  }
  connection->pending = 0;
  // The blank line's CR has gone with an earlier message.
  if (scan.end < 2) return count(PC_SPLIT);
  insert_http1(m, m->at + scan.end - 2);
}

struct frame {
  u32 length, stream;
  u8 type, flags;
};
#define FRAME_BYTES 9
#define FRAME_HEADERS 1
#define FRAME_END_HEADERS 4
#define FRAME_PADDED 8
#define FRAME_MAX 16384      // SETTINGS_MAX_FRAME_SIZE is never less
#define FRAME_LAST_TYPE 0x20 // those assigned so far, generously

INLINE bool read_frame(struct message *m, struct frame *frame) {
  if (msg_pull(m->msg, m->at, m->at + FRAME_BYTES, 0)) return false;
  u8 *d = (u8 *)m->msg->data;
  if (d + FRAME_BYTES > (u8 *)m->msg->data_end) return false;
  frame->length = d[0] << 16 | d[1] << 8 | d[2];
  frame->type = d[3], frame->flags = d[4];
  frame->stream = (u32)d[5] << 24 | d[6] << 16 | d[7] << 8 | d[8];
  return true;
}

/** Appends to the frame at `m->at`, which ends in this message; false: nothing is changed. */
INLINE bool append_h2(struct message *m, struct frame *frame, const struct addition *a) {
  u32 end = m->at + FRAME_BYTES + frame->length, length = frame->length + a->bytes;
  if (!add(m->msg, end, a, true)) return false;
  // In one piece already, as it has just been read there.
  if (msg_pull(m->msg, m->at, m->at + FRAME_BYTES, 0)) {
    msg_pop(m->msg, end, a->bytes, 0);
    return false;
  }
  u8 *data = (u8 *)m->msg->data;
  if (data + 3 > (u8 *)m->msg->data_end) {
    msg_pop(m->msg, end, a->bytes, 0);
    return false;
  }
  data[0] = length >> 16, data[1] = length >> 8, data[2] = length;
  m->connection->injected += a->bytes;
  m->size += a->bytes;
  m->at += a->bytes;
  return true;
}

INLINE void h2_headers(struct message *m, struct frame *frame, struct trace_context *context) {
  u32 end = m->at + FRAME_BYTES + frame->length;
  struct addition a;
  describe_addition(&a, context, true);
  if (frame->flags & FRAME_PADDED || !(frame->flags & FRAME_END_HEADERS) ||
      frame->length + a.bytes > FRAME_MAX)
    return count(PC_FRAME);
  if (end > m->size) return count(PC_SPLIT);
  if (!has_room(m->sk, end + a.bytes)) return count(PC_NO_ROOM);
  if (!append_h2(m, frame, &a)) return count(PC_NO_MEMORY);
  count(PC_INJECTED_H2);
}

/** One frame; 1 ends the walk. */
static long walk_frame(u32 index, struct message *m) {
  (void)index;
  struct connection *connection = m->connection;
  struct frame frame;
  if (m->at >= m->size || !connection->pending) return 1;
  if (m->at + FRAME_BYTES > m->size) {
    connection->pending = 0;
    count(PC_SPLIT);
    return 1;
  }
  if (!read_frame(m, &frame)) {
    connection->pending = 0;
    count(PC_NO_MEMORY);
    return 1;
  }
  if (frame.type > FRAME_LAST_TYPE || frame.stream >> 31) {
    connection->pending = 0;
    count(PC_MISSED);
    return 1;
  }
  if (frame.type == FRAME_HEADERS) {
    struct stream_key key = {.cookie = m->cookie, .stream = frame.stream};
    struct trace_context *found = map_lookup(&streams, &key);
    if (found) {
      struct trace_context context = *found;
      map_delete(&streams, &key);
      connection->pending--;
      h2_headers(m, &frame, &context);
    }
  }
  m->at += FRAME_BYTES + frame.length;
  return 0;
}

INLINE void h2_message(struct message *m) {
  struct connection *connection = m->connection;
  u32 first = m->at, injected = connection->injected;
  loop(MAX_FRAMES, walk_frame, m, 0);
  // Where the next frame begins, in the program's own bytes.
  connection->next += m->at - first - (connection->injected - injected);
  if (connection->injected != injected) make_whole(m->msg, m->size);
}

SEC("sk_msg") int propagate_message(struct sk_msg_md *msg) {
  u64 typed = msg->sk, raw = 0;
  if (!typed) return SK_PASS;
  // The verifier allows no arithmetic with a socket; its address as a plain number is read back.
  read_kernel(&raw, sizeof(raw), &typed);
  struct sock *sk = (struct sock *)raw;
  struct message m = {.msg = msg, .sk = sk, .size = msg->size};
  m.cookie = READ_FIELD(sk, __sk_common.skc_cookie.counter);
  m.connection = map_lookup(&connections, &m.cookie);
  if (!m.connection || !m.connection->pending) return SK_PASS;
  u32 sent = READ_FIELD((struct tcp_sock *)sk, write_seq) - m.connection->injected;
  m.at = m.connection->next - sent;
  if ((s32)m.at < 0) {
    m.connection->pending = 0;
    count(PC_MISSED);
    return SK_PASS;
  }
  if (m.at >= m.size) return SK_PASS;
  if (m.connection->stream)
    h2_message(&m);
  else
    http1_message(&m);
  return SK_PASS;
}
