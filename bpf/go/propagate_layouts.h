// SPDX-License-Identifier: GPL-2.0-only
// What internal/gopropagate shares with these programs: docs/go-propagation.md.
#pragma once
#include "layouts.h"

/** Fields of Go's structures, in the order of internal/gopropagate/fields.go. */
enum propagate_field {
  PF_GOID,
  PF_PARENT_GOID,
  PF_REQUEST_HEADER,
  PF_REQUEST_URL,
  PF_BUFIO_BUF,
  PF_BUFIO_N,
  PF_BUFIO_WR,
  PF_PERSIST_CONN,
  PF_NETFD_FAMILY,
  PF_NETFD_SOTYPE,
  PF_NETFD_CONNECTED,
  PF_FD_SYSFD,
  PF_H2_CONN,
  PF_H2_BW,
  PF_H2_FRAMER,
  PF_H2_WBUF,
  PF_LOOPY_FRAMER,
  PF_FRAMER_WRITER,
  PF_FRAMER_FR,
  PF_GRPC_WBUF,
  PF_BUFWRITER_BUF,
  PF_BUFWRITER_OFFSET,
  PF_BUFWRITER_CONN,
  PF_HEADERS_HF,
  PF_FIELDS,
};
#define PF_MAX 32
#define PF_CONFIGS 4096
#define PF_ABSENT 0xffffu

/** One library of one executable, by the attach cookie. */
struct propagate_config {
  u16 offset[PF_MAX];
  u32 flags;
};
#define PF_EVERY_PROCESS 1
#define PF_BUFFER_BY_POINTER 2  // the field leads to the []byte

/** A file, as the kernel numbers it. */
struct executable_key {
  u64 inode;
  u32 device, zero;
};

/** What becomes a `traceparent`. */
struct trace_context {
  u64 trace_id[2];
  u64 span_id;
  u8 trace_flags, own_header;
  u8 reserved[6];
};

enum propagate_counter {
  PC_LINKED,           // calls whose context was found where their header is written
  PC_NO_CONTEXT,       // written outside of any span of ours
  PC_INJECTED_HTTP1,
  PC_INJECTED_H2,
  PC_OWN_HEADER,       // the application has set one itself
  PC_NOT_A_SOCKET,     // TLS, unix sockets, wrapped connections
  PC_UNKNOWN_SOCKET,   // not seen when it was connected, not taken over either
  PC_NO_ROOM,          // send buffer, TCP_NOTSENT_LOWAT, memory pressure
  PC_SPLIT,            // header split over messages in a place that cannot be handled
  PC_FRAME,            // PADDED, no END_HEADERS, over 16 KB
  PC_MISSED,           // the bytes were not where they were expected
  PC_NO_MEMORY,        // bpf_msg_push_data or _pull_data failed
  PC_BUFFER_FULL,      // no head-room in the write buffer
  PC_WRITE_FAILED,     // bpf_probe_write_user failed, nothing was changed
  PC_ROLLED_BACK,      // failed in the middle, undone
  PC_UNREADABLE,       // memory of the program could not be read
  PC_SOCKETS,          // connections joined
  PC_STATES,           // headers that a `tracestate` went with
  PC_SOCKETS_REFUSED,  // connections that could not be joined
  PC_COUNTERS = 32,
};
