// SPDX-License-Identifier: GPL-2.0-only
// What a program works on: too large for BPF's 512-byte stack, and kept across tail calls. Entries of
// arrays by CPU, since the value of a PERCPU_ARRAY is 32 KB at most.
#pragma once
#include "layouts.h"
#include "registers.h"

#define RBX_NOWHERE 1  // no place of a register, which are aligned

struct rule {
  u64 frame;  // as in a record
  u64 row;    // as in a table, except for SIDE: its cfaOffset counts from the first of all side rules
  u8 kind;    // enum cfa_kind
  u8 unwinder;
  u8 table_missing;  // the helper has no table for this file yet
};

/** Of a stack, as far as it has got. */
struct raw_copy {
  u32 wanted, done;
  u8 is_cut, is_bounded;
};

struct known_process {
  u32 tgid, epoch;
  struct process process;
};

// What each sample touches comes first and lies in one page: cold cache lines and pages are what a
// sample costs at low rates.
struct scratch {
  struct config config;  // written by the helper, to each scratch
  u64 counters[COUNTERS];
  // The frame whose rule is wanted next.
  u64 pc, sp, fp, lr;
  u64 rbx_at;             // x86_64: where its rbx is; 0 in `registers`, RBX_NOWHERE unknown
  u8 interrupted;         // pc is where it stopped, and not a return address
  u8 fp_known;
  u8 lr_known;            // AArch64: nobody was called since
  u8 registers_known;     // `registers` are this frame's
  u8 end;                 // END_* or a counter, 0 while it goes on
  u8 native_once;         // an interpreter's unwinder wants this frame to be unwound natively
  u8 next_unwinder;
  u8 stack_switches;
  u8 table_missing;       // a table that was needed is not loaded yet
  u8 registers_replaced;  // by those of a signal frame
  u32 max_user_frames;
  struct process process;
  u32 process_known;
  u32 unwinders;
  struct mapping mapping;  // the last one that was found; end 0: none
  struct rule rule;        // of the current frame
  u32 linked;                 // whether `link` holds trace ID and span ID
  u64 link[LINK_WORDS];
  u32 rule_cache_misses;
  u16 last_rule, next_rule;  // in the rule cache: this frame's, and its caller's of the last time

  // Not cleared between records: who uses this scratch, and how many raw copies went out lately.
  u32 busy;
  u32 raw_copies, raw_bytes;
  u64 owner;
  u64 raw_copies_since_ns;

  struct known_process known_processes[PROCESS_CACHE_ENTRIES];
  u64 registers[REGISTERS];

  // The stack from window_start on, window_bytes of it valid.
  u64 window_start;
  u64 window_bytes;
  u64 window[WINDOW_BYTES / 8];

  // The record. Raw copies put registers and stack where the user frames would be.
  struct record_header header;
  u64 frames[RECORD_WORDS];

  u64 signal_words[SIGNAL_WORDS];
  struct raw_copy copy;
} __attribute__((aligned(4096)));

/** Of the programs that run often, with their own cache: a sample may interrupt a switch. */
struct cpu_scratch {
  struct scratch scratch;
  struct rule_cache rules;
};
