// SPDX-License-Identifier: GPL-2.0-only
// Kernel functions and structures that only propagation needs.
#pragma once
#include "../include/kernel_structs.h"

enum {
  MAP_SOCKHASH = 18,
  MAP_SK_STORAGE = 24,
};

static long (*write_user)(void *to, const void *from, u32 size) = (void *)36;
static u64 (*socket_cookie)(void *ctx) = (void *)46;
static long (*msg_pull)(void *msg, u32 start, u32 end, u64 flags) = (void *)63;
static long (*sockhash_update)(void *ops, void *map, void *key, u64 flags) = (void *)70;
static long (*msg_push)(void *msg, u32 start, u32 size, u64 flags) = (void *)90;
static long (*msg_pop)(void *msg, u32 start, u32 size, u64 flags) = (void *)91;
static void *(*sk_storage)(void *map, void *sk, void *value, u64 flags) = (void *)107;

#define SK_STORAGE_CREATE 1
#define SK_DROP 0
#define SK_PASS 1

// include/uapi/linux/bpf.h
struct sk_msg_md {
  u64 data, data_end;
  u32 family, remote_ip4, local_ip4, remote_ip6[4], local_ip6[4], remote_port, local_port, size;
  u64 sk;
};

struct bpf_sock_ops {
  u32 op, reply[4], family, remote_ip4, local_ip4, remote_ip6[4], local_ip6[4], remote_port;
  u32 local_port, is_fullsock, snd_cwnd, srtt_us, cb_flags, state, rtt_min, snd_ssthresh, rcv_nxt;
  u32 snd_nxt, snd_una, mss_cache, ecn_flags, rate_delivered, rate_interval_us, packets_out;
  u32 retrans_out, total_retrans, segs_in, data_segs_in, segs_out, data_segs_out, lost_out;
  u32 sacked_out, sk_txhash;
  u64 bytes_received, bytes_acked;
  u64 sk;
};
enum { OPS_CONNECT = 3, OPS_ACTIVE_ESTABLISHED = 4 };

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct proto {
  unsigned long *memory_pressure;
};
struct netns_ipv4 {
  u32 sysctl_tcp_notsent_lowat;
};
struct net {
  struct netns_ipv4 ipv4;
};
typedef struct {
  struct net *net;
} possible_net_t;
typedef struct {
  s64 counter;
} atomic64_t;
struct sock_common {
  u16 skc_family;
  u8 skc_state;
  struct proto *skc_prot;
  possible_net_t skc_net;
  atomic64_t skc_cookie;
};
struct sock {
  struct sock_common __sk_common;
  s32 sk_wmem_queued, sk_sndbuf;
  u16 sk_protocol;
};
struct inet_connection_sock {
  void *icsk_ulp_ops;
};
struct tcp_sock {
  u32 write_seq, snd_nxt, notsent_lowat;
};
struct super_block {
  u32 s_dev;
};
struct inode {
  u16 i_mode;
  unsigned long i_ino;
  struct super_block *i_sb;
};
struct file {
  void *private_data;
  struct inode *f_inode;
};
struct socket {
  struct file *file;
  struct sock *sk;
};
struct fdtable {
  u32 max_fds;
  struct file **fd;
};
struct files_struct {
  struct fdtable *fdt;
};
struct mm_struct___file {
  struct file *exe_file;
};
struct task_struct___files {
  struct files_struct *files;
  struct mm_struct___file *mm;
};
#pragma clang attribute pop

#define IPPROTO_TCP 6
#define TCP_ESTABLISHED 1
#define TCP_CLOSE_WAIT 8
#define INODE_TYPE 0170000
#define INODE_SOCKET 0140000
