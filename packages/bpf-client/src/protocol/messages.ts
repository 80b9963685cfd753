// SPDX-License-Identifier: Apache-2.0
// What travels as JSON (docs/profile-internals.md §4). Members that are not known are ignored.

export interface HelloReply {
  readonly version: number;
  readonly pid: number;
  readonly kernel: string;
  readonly cpus: number;
  readonly features?: Readonly<Record<string, unknown>>;
}

/** What `start` asks for. Rates in Hz, times in milliseconds, sizes in bytes. */
export interface StartOptions {
  readonly hz: number;
  /** Cycles between two samples, instead of a rate. */
  readonly period?: number;
  readonly event: 'cpu-clock' | 'cycles';
  /** 0 to 1: the share of switches that are recorded. */
  readonly offCpuProbability: number;
  readonly kernelStacks: boolean;
  /** Sample only what `filter` includes. */
  readonly onlyListed: boolean;
  readonly maxUserFrames: number;
  readonly rawCopyBytes: number;
  readonly ringBytes?: number;
  readonly mapScale: number;
  readonly pollMs: number;
  /** How long what nobody waits for may be kept beside that; 0, the default: not at all. */
  readonly deliverMs?: number;
  /** Send samples of the idle task too. */
  readonly idle: boolean;
  readonly probes: readonly string[];
  readonly pinCpus?: readonly number[];
  readonly pids?: readonly number[];
  readonly statsMs: number;
  /** Attach to kernels that reading user memory can freeze, too. */
  readonly allowFreezing?: boolean;
}

export interface StartReply {
  readonly attachMs: number;
  readonly cpus: number;
  readonly features?: Readonly<Record<string, unknown>>;
}

export interface LoadReply {
  readonly rows: number;
  readonly pages: number;
  readonly sides: number;
}

/** How the mappings of a file are unwound; see `file` in §4. */
export interface FileRequest {
  readonly key: string;
  readonly slot: number;
  readonly segments: readonly FileSegment[];
  readonly kind: 'native' | 'framePointers' | 'none' | 'end';
  /** The file that was read; without it the helper cannot see that it was written to. */
  readonly witness?: FileWitness;
}

export interface FileWitness {
  /** Of an open descriptor, below /proc. */
  readonly path: string;
  /** Its ctime in nanoseconds when it was read, decimal. */
  readonly changedNs: string;
}

export interface FileSegment {
  readonly offset: number;
  readonly vaddr: number;
  readonly size: number;
}

/** How the variable is reached by which threads of a process tell their span; `threadContext`. */
export interface ThreadContextReach {
  /** At a fixed distance from the thread pointer, or in a module's block as a C library keeps it. */
  readonly reach: 'static' | 'glibc' | 'musl';
  readonly offset: number;
  /** 0 for `static`. */
  readonly module: number;
}

/** A file that was mapped for the first time. */
export interface NewFile {
  readonly ref: number;
  /** `vdso` or `i:<major>:<minor>:<inode>:<hash of its path>:<generation>[:c<change>]`. */
  readonly key: string;
  readonly path: string;
  readonly pid: number;
  /** Hexadecimal with `0x`. */
  readonly start: string;
  readonly end: string;
  readonly fileOffset: string | number;
  readonly deleted?: boolean;
  readonly anonymous?: boolean;
}

export interface Statistics {
  /** By the names of §2, sums since the start. */
  readonly counters?: Readonly<Record<string, number>>;
  /** Samples that the tool was too slow for; with their stack's number, and as copies. */
  readonly pipeDropped?: number;
  readonly pipeDroppedRawCopies?: number;
  readonly tracking?: { readonly lostTaskRecords?: number };
  /** Numbers of traces start anew with the next batch. */
  readonly reset?: boolean;
  readonly [member: string]: unknown;
}

export interface LogMessage {
  readonly level: string;
  readonly message: string;
}

/** The error of a reply. */
export interface ReplyError {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}
