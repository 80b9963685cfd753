// SPDX-License-Identifier: GPL-2.0-only
// Go's registers and memory, and the way from a net.Conn to the kernel's socket.
#pragma once
#include "propagate_maps.h"

// ABIInternal of Go 1.17 and newer.
#if defined(TARGET_X86_64)
#define GO_ARG1(c) ((c)->ax)
#define GO_ARG2(c) ((c)->bx)
#define GO_ARG3(c) ((c)->cx)
#define GO_ARG4(c) ((c)->di)
#define GO_ARG5(c) ((c)->si)
#define GO_G(c) ((c)->r14)
#else
#define GO_ARG1(c) ((c)->regs[0])
#define GO_ARG2(c) ((c)->regs[1])
#define GO_ARG3(c) ((c)->regs[2])
#define GO_ARG4(c) ((c)->regs[3])
#define GO_ARG5(c) ((c)->regs[4])
#define GO_G(c) ((c)->regs[28])
#endif

// The context of a uprobe has no relocated fields.
struct go_registers {
#if defined(TARGET_X86_64)
  u64 r15, r14, r13, r12, bp, bx, r11, r10, r9, r8, ax, cx, dx, si, di;
  u64 orig_ax, ip, cs, flags, sp, ss;
#else
  u64 regs[31];
  u64 sp, pc, pstate;
#endif
};

/** A stack check's jump that is about to be taken: the function begins anew afterwards. */
INLINE bool stack_grows(struct go_registers *c) {
#if defined(TARGET_X86_64)
  return (c->flags & 0x41) != 0;  // CF, ZF
#else
  return (c->pstate & 1ull << 29) == 0 || (c->pstate & 1ull << 30) != 0;  // C, Z
#endif
}

/** 0 for a hit that does not count. */
INLINE struct propagate_config *config_of(struct go_registers *ctx) {
  u64 cookie = attach_cookie(ctx);
  if (cookie >> 32 && stack_grows(ctx)) return 0;
  u32 number = (u32)cookie;
  return map_lookup(&propagate_configs, &number);
}

/** The running process, if its requests get headers. */
INLINE u32 wanted_tgid(struct propagate_config *config) {
  u32 tgid = current_pid_tgid() >> 32, one = 1;
  if (!config) return 0;
  if (map_lookup(&propagate_processes, &tgid)) return tgid;
  if (!(config->flags & PF_EVERY_PROCESS)) return 0;
  // Its next connection is joined by this.
  map_update(&propagate_processes, &tgid, &one, 0);
  return tgid;
}

INLINE bool read_bytes(void *to, u32 size, u64 from) {
  return read_user(to, size, (const void *)from) == 0;
}

/** A word of Go's memory; false where there is none or the field is absent. */
INLINE bool read_word(struct propagate_config *config, u32 field, u64 object, u64 *value) {
  u32 offset = config->offset[field];
  *value = 0;
  return offset != PF_ABSENT && object && read_bytes(value, 8, object + offset);
}

INLINE bool read_half(struct propagate_config *config, u32 field, u64 object, u32 *value) {
  u32 offset = config->offset[field];
  *value = 0;
  return offset != PF_ABSENT && object && read_bytes(value, 4, object + offset);
}

INLINE bool goroutine_of(struct propagate_config *config, u64 g, u32 tgid, struct goroutine *out) {
  out->tgid = tgid, out->zero = 0;
  return read_word(config, PF_GOID, g, &out->goid) && out->goid;
}

/** Copies the context of an open span. */
INLINE bool context_of(u64 id, u32 tgid, u32 kind, struct trace_context *out) {
  struct span_key key = {.id = id, .tgid = tgid, .kind = kind};
  struct open_span *span = map_lookup(&active, &key);
  if (!span) return false;
  out->trace_id[0] = span->trace_id[0];
  out->trace_id[1] = span->trace_id[1];
  out->span_id = span->span_id;
  out->trace_flags = span->trace_flags;
  out->own_header = (span->flags & SPAN_HAS_HEADER) != 0;
  return (out->trace_id[0] | out->trace_id[1]) && out->span_id;
}

/** The kernel's socket behind a descriptor of the running process. */
INLINE struct sock *socket_of_descriptor(u64 fd) {
  struct task_struct___files *task = (void *)current_task();
  struct files_struct *files = READ_FIELD(task, files);
  struct fdtable *table = READ_FIELD(files, fdt);
  if (fd >= READ_FIELD(table, max_fds)) return 0;
  struct file **list = READ_FIELD(table, fd), *file = 0;
  read_kernel(&file, sizeof(file), &list[fd]);
  if (!file) return 0;
  struct inode *inode = READ_FIELD(file, f_inode);
  if ((READ_FIELD(inode, i_mode) & INODE_TYPE) != INODE_SOCKET) return 0;
  struct socket *socket = READ_FIELD(file, private_data);
  struct sock *sk = READ_FIELD(socket, sk);
  return READ_FIELD(socket, file) == file ? sk : 0;
}

/**
 * The TCP socket of a `net.Conn` whose data word is given, if that is a `*net.TCPConn`: the fields
 * of a netFD say so, which needs no address of a type and so no symbols. Anything else (TLS, unix,
 * a wrapper that may change bytes) gives 0.
 */
INLINE struct sock *socket_of_conn(struct propagate_config *config, u64 conn) {
  u64 netfd = 0, fd = 0;
  u32 family = 0, sotype = 0, connected = 0;
  if (!conn || !read_bytes(&netfd, 8, conn)) return 0;
  if (!read_half(config, PF_NETFD_FAMILY, netfd, &family)) return 0;
  if (!read_half(config, PF_NETFD_SOTYPE, netfd, &sotype)) return 0;
  if (!read_half(config, PF_NETFD_CONNECTED, netfd, &connected)) return 0;
  // AF_INET, AF_INET6; SOCK_STREAM.
  if ((family != 2 && family != 10) || sotype != 1 || (connected & 0xff) != 1) return 0;
  if (!read_word(config, PF_FD_SYSFD, netfd, &fd)) return 0;
  struct sock *sk = socket_of_descriptor(fd);
  if (!sk || READ_FIELD(sk, __sk_common.skc_family) != family) return 0;
  return READ_FIELD(sk, sk_protocol) == IPPROTO_TCP ? sk : 0;
}
