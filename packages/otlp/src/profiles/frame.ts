// SPDX-License-Identifier: Apache-2.0
// What a batch of profiles is made from. Everything is known by small whole numbers (ids) that the
// caller's tables give out; a batch asks for the content of an id once.

/** A file, or part of one, that code lies in. Give the same object for the same mapping. */
export interface CodeMapping {
  /** Path or base name; `[vdso]` and the like as the kernel writes them. */
  readonly fileName: string;
  /** Address range in memory; 0 where addresses are the file's own. */
  readonly memoryStart?: number | bigint;
  readonly memoryLimit?: number | bigint;
  /** Offset in the file of the first mapped byte. */
  readonly fileOffset?: number | bigint;
  /** `process.executable.build_id.gnu`, hexadecimal. */
  readonly buildIdGnu?: string;
  /** `process.executable.build_id.go`. */
  readonly buildIdGo?: string;
  /** `process.executable.build_id.htlhash`, hexadecimal. */
  readonly buildIdHtlhash?: string;
}

/** One frame of a stack. */
export interface ProfileFrame {
  /** `profile.frame.type`: `native`, `kernel`, `go`, `cpython`, … */
  readonly kind: string;
  readonly mapping?: CodeMapping | undefined;
  /** Of the instruction itself (return addresses minus 1), in the terms of its mapping. */
  readonly address?: number | bigint | undefined;
  readonly functionName?: string | undefined;
  /** The linker's (mangled) name, where it differs. */
  readonly systemName?: string | undefined;
  readonly functionStartLine?: number | undefined;
  readonly fileName?: string | undefined;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
  /**
   * This function was inlined into the one of the stack's next frame: both become lines of one
   * location. Mapping and address are taken from the last frame of such a run.
   */
  readonly inlined?: boolean | undefined;
}

/** Attribute values that OTLP knows, as far as resources and labels need them. */
export type AttributeValue = string | number | bigint | boolean | readonly string[];

/** Attributes of a process: `process.pid`, `container.id`, `service.name`, `host.*`, `k8s.*`. */
export type ResourceAttributes = Readonly<Record<string, AttributeValue>>;

/** Where a sample belongs in a trace: 16 and 8 bytes. */
export interface TraceLink {
  readonly traceId: Uint8Array;
  readonly spanId: Uint8Array;
}

/** Content behind the ids of samples. Asked at most once an id and batch. */
export interface ProfileSource {
  frame(frameId: number): ProfileFrame;
  /** Frame ids, innermost first. */
  stack(stackId: number): Int32Array;
  resource(resourceId: number): ResourceAttributes;
  /** Text of a nameId: thread names. */
  name(nameId: number): string;
  /** Further attributes of samples, such as a Go program's labels. */
  labels?(labelsId: number): Readonly<Record<string, AttributeValue>>;
  link?(linkId: number): TraceLink;
}

/** One sample. Nothing keeps the object: fill the same one again for the next sample. */
export interface ProfileSample {
  /** Index into the batch's kinds: {@link ON_CPU}, {@link OFF_CPU}, {@link EVENTS}. */
  kind: number;
  resourceId: number;
  stackId: number;
  /** Nanoseconds after the batch's `timeOriginNs` (a double: exact for 104 days). */
  timeNs: number;
  /** In the unit of the kind; 1 for one event. */
  value: number;
  threadId: number;
  /** 0 for none. */
  nameId: number;
  /** -1 for none. */
  cpu: number;
  /** 0 for none. */
  labelsId: number;
  /** 0 for none. */
  linkId: number;
}

/** Type and period of one kind of samples. */
export interface ProfileKind {
  readonly type: string;
  readonly unit: string;
  readonly periodType?: string;
  readonly periodUnit?: string;
  readonly period?: number;
  /** Values are always sent; otherwise only when one of them is not 1. */
  readonly hasValues: boolean;
}

/** Wall-clock time that a batch stands for; widened where a sample lies outside. */
export interface BatchTime {
  readonly startNs: bigint;
  readonly endNs: bigint;
}

export const ON_CPU = 0;
export const OFF_CPU = 1;
export const EVENTS = 2;

/**
 * The three kinds of samples of a profiler, in the order of {@link ON_CPU}, {@link OFF_CPU} and
 * {@link EVENTS}.
 * @param hz on-CPU samples a second; the period is 1e9 / hz nanoseconds.
 */
export function profilerKinds(hz: number): readonly ProfileKind[] {
  const period = Math.round(1e9 / hz);
  const cpu = { periodType: 'cpu', periodUnit: 'nanoseconds', period };
  return [
    { type: 'samples', unit: 'count', ...cpu, hasValues: false },
    { type: 'off_cpu', unit: 'nanoseconds', hasValues: true },
    { type: 'events', unit: 'count', hasValues: false },
  ];
}
