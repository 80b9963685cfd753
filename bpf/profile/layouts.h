// SPDX-License-Identifier: GPL-2.0-only
// The layouts of docs/profile-internals.md, sections 1 to 3. The Go structures of the helper mirror
// them; a test compares those with the BTF of this object.
#pragma once
#include "../include/basic_types.h"

#define MAX_KERNEL_FRAMES 127
#define MAX_FRAMES 2048  // kernel and user frames of a record; a power of two
#define MAX_USER_FRAMES 1920
#define RECORD_WORDS 8192  // behind a header: frames, or a raw copy; a power of two
#define MAX_RAW_COPY_BYTES 61440
#define PAGE_SHIFT 10
#define MAX_PAGE_ROWS 1024
#define CHUNK_ROWS 65536
#define MAX_SIDE_RULES 65536
#define RULE_CACHE_ENTRIES 2048
#define RULE_CACHE_INDEX_BITS 12
#define WINDOW_BYTES 512
#define PROCESS_CACHE_ENTRIES 16
#define MAX_STACK_SWITCHES 8

enum cfa_kind {
  CFA_NONE = 0,
  CFA_END = 1,
  CFA_SP = 2,
  CFA_FP = 3,
  CFA_DEREF_FP = 4,
  CFA_DEREF_SP = 5,
  CFA_PLT = 6,
  CFA_SIGNAL = 7,
  CFA_FRAME_POINTER = 8,
  CFA_SIDE = 9,
  // Not in tables: nothing is known here, so a frame pointer is tried and looked at closely.
  CFA_GUESS_NO_MAPPING = 16,
  CFA_GUESS_NO_INFO = 17,
  // Code in anonymous memory that should keep frame pointers; not all compilers do.
  CFA_CHECKED_FRAME_POINTER = 18,
};

enum mapping_kind { MAPPING_NONE, MAPPING_TABLE, MAPPING_FRAME_POINTERS, MAPPING_END };

/** Where a saved frame pointer or return address is; low and high nibble of a row's `saved`. */
enum saved_fp { FP_UNCHANGED = 0, FP_SAVED = 1, FP_UNKNOWN = 2, FP_SAVED_AT_FP = 3 };
enum saved_ra { RA_DEFAULT = 0, RA_SAVED = 1, RA_UNDEFINED = 2 };
// x86_64: the same nibble from 3 on, the return address as for RA_DEFAULT, rbx at CFA - 8 * (n - 1).
enum saved_rbx { RBX_UNKNOWN = 15 };
enum side_ra { SIDE_RA_SAVED = 0, SIDE_RA_REGISTER = 1, SIDE_RA_UNDEFINED = 2 };

enum process_flag { PROCESS_EXCLUDED = 1, PROCESS_RAW_COPY = 2 };

struct process {
  u32 generation, first_mapping, mapping_count, flags;
};

struct mapping {
  u64 start, end, bias;
  u16 slot;
  u8 kind, flags;
  u16 unwinder, reserved;
};

enum table_flag { TABLE_LOADED = 1 };

struct table {
  u64 base_vaddr;
  u32 page_count, first_page, first_side, side_count, flags, reserved;
};

struct page {
  u32 row;
  u16 row_count, reserved;
};

struct row_chunk {
  u64 rows[CHUNK_ROWS];
};

struct side_rule {
  s32 cfa_offset, fp_offset, ra_offset, cfa_add;
  u8 cfa_register, cfa_deref, fp_kind, ra_kind, ra_register, reserved[3];
};

struct cached_rule {
  u64 pc;
  u64 frame;       // as in a record
  u64 row;         // without its pageOffset: the lowest byte is the unwinder
  u32 generation;  // 0: empty
  u16 next;        // the entry that the caller had the last time
  u16 reserved;
};

/**
 * Entries lie in the order in which they were met, so that a stack's are neighbours: a sample's cost
 * at low rates is the number of cache lines and pages it touches. Entry 0 is no rule.
 */
struct rule_cache {
  u32 used;
  u32 reserved[15];
  u16 index[1 << RULE_CACHE_INDEX_BITS];
  struct cached_rule entries[RULE_CACHE_ENTRIES];
};

enum config_flag {
  CONFIG_ONLY_LISTED = 1,
  CONFIG_SEND_IDLE = 2,
  CONFIG_RAW_COPIES = 4,
  CONFIG_NO_KERNEL_STACKS = 8,
};

struct config {
  u32 off_cpu_probability, flags, max_user_frames, raw_copy_bytes;
  u32 unwinders;  // bit n: `progs` has an unwinder number n
  u32 epoch;      // another one after each change of `processes`; 0: entries of it are not cached
  u32 thread_contexts;  // how many processes are in the map of that name
  u32 span_maps;        // bit n: slot n of the map of that name is taken
  u32 reserved[8];
};

enum counter {
  COUNT_SAMPLES,
  COUNT_RECORDS,
  COUNT_RING_FULL,
  COUNT_IDLE,
  COUNT_FILTERED,
  COUNT_RAW_COPIES,
  COUNT_COMPLETE,
  COUNT_TRUNCATED_DEPTH,
  COUNT_NO_MAPPING,
  COUNT_NO_UNWIND_INFO,
  COUNT_STACK_UNREADABLE,
  COUNT_BAD_RULE,
  COUNT_BAD_FRAME_POINTER,
  COUNT_NO_PROGRESS,
  COUNT_KERNEL_STACK_FAILED,
  COUNT_COMPAT32,
  COUNT_TABLE_BOUNDS,
  COUNT_TAIL_CALL_FAILED,
  COUNT_USER_FRAMES,
  COUNT_KERNEL_FRAMES,
  COUNT_RULE_CACHE_HITS,
  COUNT_RULE_CACHE_MISSES,
  COUNT_SWITCHES,
  COUNT_SWITCHES_SAMPLED,
  COUNT_PROBE_HITS,
  COUNT_NO_SCRATCH,
  COUNT_RAW_COPIES_LIMITED,
  COUNT_SWITCH_TABLE_FULL,
  COUNT_LINKED,
  COUNT_CONTEXT_UNREADABLE,
  COUNTERS = 32,
};

/** How a user stack ended: END_COMPLETE, or the counter of the reason. */
enum end { END_NO_USER_STACK = 0, END_COMPLETE = 1 };

enum record_kind {
  RECORD_ON_CPU = 1,
  RECORD_OFF_CPU,
  RECORD_OFF_CPU_END,
  RECORD_RAW_COPY,
  RECORD_PROBE,
};
// Guessed: a frame pointer was followed where nothing was known, so a caller may be missing.
// Cut: a raw copy holds less of the stack than there is.
// Linked: trace ID and span ID follow behind everything else.
enum record_flag {
  RECORD_INTERRUPTED = 1,
  RECORD_GUESSED = 2,
  RECORD_CUT = 4,
  RECORD_LINKED = 8,
};

#define LINK_WORDS 3

/** How a process's thread-local variable is reached from its thread pointer. */
enum thread_context_kind { CONTEXT_STATIC = 1, CONTEXT_DTV_GLIBC = 2, CONTEXT_DTV_MUSL = 3 };

struct thread_context_source {
  s64 offset;  // from the thread pointer, or in the module's block
  u32 module;
  u32 kind;
};

struct record_header {
  u8 kind, end, flags, probe;
  u32 cpu, tgid, tid;
  u16 kernel_frames, user_frames;
  u32 generation;
  u64 time_ns, value;
  char comm[16];
  u32 stack_bytes, state_reason;
};

_Static_assert(sizeof(struct process) == 16, "process");
_Static_assert(sizeof(struct mapping) == 32, "mapping");
_Static_assert(sizeof(struct table) == 32, "table");
_Static_assert(sizeof(struct page) == 8, "page");
_Static_assert(sizeof(struct side_rule) == 24, "side rule");
_Static_assert(sizeof(struct cached_rule) == 32, "cached rule");
_Static_assert(sizeof(struct config) == 64, "config");
_Static_assert(sizeof(struct record_header) == 64, "record header");
_Static_assert(sizeof(struct thread_context_source) == 16, "thread context source");
