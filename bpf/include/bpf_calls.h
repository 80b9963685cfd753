// SPDX-License-Identifier: GPL-2.0-only
// The kernel functions that BPF code may call, by their numbers in include/uapi/linux/bpf.h, with
// the first kernel that has them where that is newer than 5.8.
#pragma once
#include "basic_types.h"

enum map_type {
  MAP_HASH = 1,
  MAP_ARRAY_TYPE = 2,
  MAP_PROG_ARRAY = 3,
  MAP_PERCPU_ARRAY = 6,
  MAP_LRU_HASH = 9,
  MAP_ARRAY_OF_MAPS = 12,
  MAP_RINGBUF = 27,
};

enum map_flag { MAP_NO_PREALLOC = 1, MAP_MMAPABLE = 1 << 10 };
enum update_flag { UPDATE_ANY = 0, UPDATE_NEW = 1, UPDATE_OLD = 2 };
enum ring_flag { RING_NO_WAKEUP = 1 };
enum ring_query { RING_AVAILABLE_DATA = 0, RING_SIZE = 1 };

static void *(*map_lookup)(void *map, const void *key) = (void *)1;
static long (*map_update)(void *map, const void *key, const void *value, u64 flags) = (void *)2;
static long (*map_delete)(void *map, const void *key) = (void *)3;
static u64 (*ktime_ns)(void) = (void *)5;
static u32 (*random_u32)(void) = (void *)7;
static u32 (*processor_id)(void) = (void *)8;
static long (*tail_call)(void *ctx, void *programs, u32 index) = (void *)12;
static u64 (*current_pid_tgid)(void) = (void *)14;
static long (*current_comm)(void *buffer, u32 size) = (void *)16;
static u64 (*current_task)(void) = (void *)35;
static long (*get_stack)(void *ctx, void *buffer, u32 size, u64 flags) = (void *)67;
static long (*read_user)(void *to, u32 size, const void *from) = (void *)112;
static long (*read_kernel)(void *to, u32 size, const void *from) = (void *)113;
static long (*ring_output)(void *ring, void *data, u64 size, u64 flags) = (void *)130;
static void *(*ring_reserve)(void *ring, u64 size, u64 flags) = (void *)131;
static void (*ring_submit)(void *data, u64 flags) = (void *)132;
static u64 (*ring_query)(void *ring, u64 flags) = (void *)134;
static void *(*current_task_btf)(void) = (void *)158;    // 5.11
static u64 (*attach_cookie)(void *ctx) = (void *)174;    // 5.15
static void *(*task_registers)(void *task) = (void *)175;  // 5.15
static long (*loop)(u32 count, void *step, void *ctx, u64 flags) = (void *)181;  // 5.17
