// SPDX-License-Identifier: GPL-2.0-only
// Whether bytes may be added to a message. When the kernel runs out of room after it has taken the
// message in part, it tells the program a number that is too small by what was added, and the
// program sends those bytes again. So everything up to the end of what is added has to be certain
// to be taken: tcp_sendmsg_locked() waits (here: fails) for these reasons only.
#pragma once
#include "propagate_maps.h"

#define OVERHEAD_BYTES 8192  // of the socket buffers that carry it

INLINE bool has_room(struct sock *sk, u32 prefix) {
  struct tcp_sock *tcp = (void *)sk;
  u8 state = READ_FIELD(sk, __sk_common.skc_state);
  if (state != TCP_ESTABLISHED && state != TCP_CLOSE_WAIT) return false;
  if (READ_FIELD((struct inet_connection_sock *)sk, icsk_ulp_ops)) return false;  // kTLS
  s32 queued = READ_FIELD(sk, sk_wmem_queued), most = READ_FIELD(sk, sk_sndbuf);
  if (queued < 0 || most < 0 || (u64)queued + 2ull * prefix + OVERHEAD_BYTES >= (u64)most)
    return false;
  u32 lowat = READ_FIELD(tcp, notsent_lowat);
  if (!lowat) {
    struct net *net = READ_FIELD(sk, __sk_common.skc_net.net);
    lowat = READ_FIELD(net, ipv4.sysctl_tcp_notsent_lowat);
  }
  u32 unsent = READ_FIELD(tcp, write_seq) - READ_FIELD(tcp, snd_nxt);
  if ((u64)unsent + prefix >= lowat) return false;
  struct proto *proto = READ_FIELD(sk, __sk_common.skc_prot);
  unsigned long *pressure = READ_FIELD(proto, memory_pressure), pressed = 0;
  return !pressure || (read_kernel(&pressed, sizeof(pressed), pressure) == 0 && !pressed);
}
