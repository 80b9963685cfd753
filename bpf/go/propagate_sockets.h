// SPDX-License-Identifier: GPL-2.0-only
// sock_ops: joins the connections that the wanted processes make.
#pragma once
#include "propagate_maps.h"

SEC("sockops") int propagate_sockets(struct bpf_sock_ops *ops) {
  u64 sk = ops->sk;
  if (!sk) return 1;
  if (ops->op == OPS_CONNECT) {
    // In connect(2), so by the process itself; where it is established nobody's task may run.
    u32 tgid = READ_FIELD((struct task_struct *)current_task(), tgid), mark = 1;
    if (map_lookup(&propagate_processes, &tgid))
      sk_storage(&connecting, (void *)sk, &mark, SK_STORAGE_CREATE);
  } else if (ops->op == OPS_ACTIVE_ESTABLISHED) {
    u32 *mark = sk_storage(&connecting, (void *)sk, 0, 0);
    if (!mark || !*mark) return 1;
    u64 cookie = socket_cookie(ops);
    count(sockhash_update(ops, &sockets, &cookie, 0) ? PC_SOCKETS_REFUSED : PC_SOCKETS);
  }
  return 1;
}
