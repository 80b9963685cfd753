// SPDX-License-Identifier: GPL-2.0-only
// sock_ops: joins the connections that the wanted processes make.
#pragma once
#include "propagate_maps.h"

/** Whether the running process is wanted, by its number or by what it runs. */
INLINE bool wanted_task(void) {
  struct task_struct___files *task = (void *)current_task();
  u32 tgid = READ_FIELD((struct task_struct *)task, tgid);
  if (map_lookup(&propagate_processes, &tgid)) return true;
  struct mm_struct___file *mm = READ_FIELD(task, mm);
  struct file *file = READ_FIELD(mm, exe_file);
  struct inode *inode = READ_FIELD(file, f_inode);
  struct super_block *device = READ_FIELD(inode, i_sb);
  struct executable_key key = {
      .inode = READ_FIELD(inode, i_ino), .device = READ_FIELD(device, s_dev)};
  return key.inode && map_lookup(&propagate_executables, &key);
}

SEC("sockops") int propagate_sockets(struct bpf_sock_ops *ops) {
  u64 sk = ops->sk;
  if (!sk) return 1;
  if (ops->op == OPS_CONNECT) {
    // In connect(2), so by the process itself; where it is established nobody's task may run.
    u32 mark = 1;
    if (wanted_task()) sk_storage(&connecting, (void *)sk, &mark, SK_STORAGE_CREATE);
  } else if (ops->op == OPS_ACTIVE_ESTABLISHED) {
    u32 *mark = sk_storage(&connecting, (void *)sk, 0, 0);
    if (!mark || !*mark) return 1;
    // The verifier allows no arithmetic with a socket; its address as a plain number is read back.
    u64 typed = sk, raw = 0;
    read_kernel(&raw, sizeof(raw), &typed);
    struct inet_connection_sock *inner = (void *)raw;
    // Subflows of MPTCP have one, and kTLS: their bytes are not the program's.
    if (READ_FIELD(inner, icsk_ulp_ops)) {
      count(PC_SOCKETS_REFUSED);
      return 1;
    }
    u64 cookie = socket_cookie(ops);
    count(sockhash_update(ops, &sockets, &cookie, 0) ? PC_SOCKETS_REFUSED : PC_SOCKETS);
  }
  return 1;
}
