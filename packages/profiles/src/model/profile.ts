// SPDX-License-Identifier: Apache-2.0
// A recorded profile in memory: what every file format is written from (and read into). Everything
// is interned: strings, functions, frames and stacks are numbers into tables of columns, so that a
// million samples of a thousand stacks are a million rows and a thousand stacks.

/**
 * One kind of samples: on-CPU time, off-CPU time, events of a probe. `profilerKinds` of @otelkit/otlp
 * makes them.
 */
export interface ProfileKind {
  /** `samples`, `off_cpu`, `events`: as OTLP names them. */
  readonly type: string;
  /** `count`, `nanoseconds`. */
  readonly unit: string;
  /** What one sample stands for: `cpu` in `nanoseconds`, 1e9 / Hz of them; absent for events. */
  readonly periodType?: string;
  readonly periodUnit?: string;
  readonly period?: number;
}

/** A file that code lies in, or the kernel, or memory without a file. */
export interface ProfileMapping {
  /** Path, or `[vdso]`, `[kernel]` and the like. */
  readonly fileName: string;
  /** GNU build ID in hex; '' without. */
  readonly buildIdGnu: string;
  readonly buildIdGo: string;
  /** OpenTelemetry's hash of the file, in hex; '' without. */
  readonly buildIdHtlhash: string;
}

export interface ProfileProcess {
  readonly pid: number;
  /** Name of the process (comm of its main thread). */
  readonly name: string;
  readonly executable: string;
  readonly containerId: string;
  readonly serviceName: string;
  /** Everything its resource says, as text, where that is known. */
  readonly attributes?: Readonly<Record<string, string>>;
}

/** Where a sample belongs in a trace: 32 and 16 hex digits. */
export interface ProfileLink {
  readonly traceId: string;
  readonly spanId: string;
}

/** Labels of a sample, sorted by key. */
export type LabelSet = readonly (readonly [key: string, value: string])[];

/** Columns of one table: each has at least `count` elements. */
export interface FunctionColumns {
  readonly count: number;
  /** Indexes into `strings`, 0 for none. */
  readonly name: Uint32Array;
  readonly systemName: Uint32Array;
  readonly fileName: Uint32Array;
  readonly startLine: Uint32Array;
}

export interface FrameColumns {
  readonly count: number;
  /** Index into `strings`: `native`, `kernel`, `go`, … */
  readonly kind: Uint32Array;
  /** Index into `mappings`, -1 for none. */
  readonly mapping: Int32Array;
  /** Of the instruction, in the terms of the mapping; kernel addresses as they are. */
  readonly address: BigUint64Array;
  /** Index into `functions`, -1 where the address has no name. */
  readonly function: Int32Array;
  /** From 1; 0 for none. */
  readonly line: Uint32Array;
  readonly column: Uint32Array;
  /** 1: inlined into the function of the next frame of the stack. */
  readonly isInlined: Uint8Array;
}

export interface StackColumns {
  readonly count: number;
  /** Stack `i` is frames[offsets[i] … offsets[i + 1]), innermost first. One more than stacks. */
  readonly offsets: Uint32Array;
  readonly frames: Uint32Array;
}

export interface SampleColumns {
  readonly count: number;
  /** Index into `kinds`. */
  readonly kind: Uint8Array;
  readonly stack: Uint32Array;
  /** Index into `processes`. */
  readonly process: Uint32Array;
  readonly threadId: Uint32Array;
  /** Index into `strings`, 0 for none. */
  readonly threadName: Uint32Array;
  /** In the unit of the kind. */
  readonly value: Float64Array;
  /** Nanoseconds after `startNs`; absent where times were not kept. */
  readonly timeNs: Float64Array | undefined;
  /** -1 where it is not known. */
  readonly cpu: Int32Array;
  /** Index into `labelSets`; absent where nothing has labels. */
  readonly labels?: Uint32Array;
  /** Index into `links`; absent where nothing has one. */
  readonly link?: Uint32Array;
}

export interface Profile {
  readonly kinds: readonly ProfileKind[];
  /** Wall clock, nanoseconds since 1970. */
  readonly startNs: bigint;
  readonly durationNs: number;
  /** Element 0 is ''. */
  readonly strings: readonly string[];
  readonly mappings: readonly ProfileMapping[];
  readonly processes: readonly ProfileProcess[];
  readonly functions: FunctionColumns;
  readonly frames: FrameColumns;
  readonly stacks: StackColumns;
  readonly samples: SampleColumns;
  /** Element 0 is empty. */
  readonly labelSets?: readonly LabelSet[];
  /** Element 0 is none. */
  readonly links?: readonly ProfileLink[];
  /** What a reader of the file should know: command, what was lost and why. One line each. */
  readonly comments: readonly string[];
}
