// SPDX-License-Identifier: Apache-2.0
import { bytes, doubles, ints, uints } from './growingColumn.ts';
import { LabelTable } from './labelTable.ts';
import type { LabelSet, Profile, ProfileKind, ProfileMapping, ProfileProcess } from './profile.ts';

/** A mapping as tracers describe it; what is absent is not known. */
export interface MappingDescription {
  readonly fileName: string;
  readonly buildIdGnu?: string | undefined;
  readonly buildIdGo?: string | undefined;
  readonly buildIdHtlhash?: string | undefined;
}

/** A frame as tracers describe it. */
export interface FrameDescription {
  readonly kind: string;
  readonly mapping?: MappingDescription | undefined;
  readonly address?: number | bigint | undefined;
  readonly functionName?: string | undefined;
  readonly systemName?: string | undefined;
  readonly functionStartLine?: number | undefined;
  readonly fileName?: string | undefined;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
  readonly inlined?: boolean | undefined;
}

/** One sample. Nothing keeps the object: fill the same one again for the next. */
export interface SampleRow {
  kind: number;
  stack: number;
  process: number;
  threadId: number;
  threadName: number;
  value: number;
  /** Nanoseconds after the start; NaN where it is not known. */
  timeNs: number;
  cpu: number;
  /** From {@link ProfileBuilder.labels} and {@link ProfileBuilder.link}; 0 or absent for none. */
  labels?: number;
  link?: number;
}

/** Interns what is added, and gives the profile at the end. */
export class ProfileBuilder {
  readonly #kinds: readonly ProfileKind[];
  readonly #strings: string[] = [''];
  readonly #stringAt = new Map<string, number>([['', 0]]);
  readonly #mappings: ProfileMapping[] = [];
  readonly #mappingAt = new Map<string, number>();
  readonly #processes: ProfileProcess[] = [];
  readonly #functionAt = new Map<string, number>();
  readonly #functions = { name: uints(), systemName: uints(), fileName: uints(), start: uints() };
  readonly #frameAt = new Map<string, number>();
  readonly #frames = {
    kind: uints(),
    mapping: ints(),
    function: ints(),
    line: uints(),
    column: uints(),
    isInlined: bytes(),
  };
  readonly #addresses: bigint[] = [];
  readonly #stackAt = new Map<string, number>();
  readonly #stacks = { offsets: uints(), frames: uints() };
  readonly #samples = {
    kind: bytes(),
    stack: uints(),
    process: uints(),
    threadId: uints(),
    threadName: uints(),
    value: doubles(),
    timeNs: doubles(),
    cpu: ints(),
    labels: uints(),
    link: uints(),
  };
  readonly #extras = new LabelTable();
  #hasTimes = true;

  constructor(kinds: readonly ProfileKind[]) {
    this.#kinds = kinds;
    this.#stacks.offsets.push(0);
  }

  string(text: string): number {
    let index = this.#stringAt.get(text);
    if (index === undefined) {
      index = this.#strings.push(text) - 1;
      this.#stringAt.set(text, index);
    }
    return index;
  }

  /** Not interned: the caller has a number for each process. */
  process(process: ProfileProcess): number {
    return this.#processes.push(process) - 1;
  }

  frame(frame: FrameDescription): number {
    const mapping = frame.mapping === undefined ? -1 : this.#mapping(frame.mapping);
    const fn = this.#function(frame);
    const kind = this.string(frame.kind);
    const address = BigInt.asUintN(64, BigInt(frame.address ?? 0));
    const line = frame.line ?? 0;
    const column = frame.column ?? 0;
    const isInlined = frame.inlined === true ? 1 : 0;
    const key = `${kind} ${mapping} ${address} ${fn} ${line} ${column} ${isInlined}`;
    const known = this.#frameAt.get(key);
    if (known !== undefined) return known;
    const index = this.#addresses.push(address) - 1;
    this.#frameAt.set(key, index);
    const columns = this.#frames;
    columns.kind.push(kind);
    columns.mapping.push(mapping);
    columns.function.push(fn);
    columns.line.push(line);
    columns.column.push(column);
    columns.isInlined.push(isInlined);
    return index;
  }

  /** @param frames numbers from {@link frame}, innermost first */
  stack(frames: ArrayLike<number>): number {
    const key = Array.prototype.join.call(frames, ' ');
    const known = this.#stackAt.get(key);
    if (known !== undefined) return known;
    const { offsets } = this.#stacks;
    for (let i = 0; i < frames.length; i++) this.#stacks.frames.push(frames[i]!);
    offsets.push(this.#stacks.frames.length);
    const index = offsets.length - 2;
    this.#stackAt.set(key, index);
    return index;
  }

  /** @param labels in any order */
  labels(labels: LabelSet): number {
    return this.#extras.labels(labels);
  }

  /** Ids in hex; 0 for the one of zeros. */
  link(traceId: string, spanId: string): number {
    return this.#extras.link(traceId, spanId);
  }

  get sampleCount(): number {
    return this.#samples.kind.length;
  }

  sample(row: SampleRow): void {
    const columns = this.#samples;
    columns.kind.push(row.kind);
    columns.stack.push(row.stack);
    columns.process.push(row.process);
    columns.threadId.push(row.threadId);
    columns.threadName.push(row.threadName);
    columns.value.push(row.value);
    columns.timeNs.push(row.timeNs);
    columns.cpu.push(row.cpu);
    columns.labels.push(row.labels ?? 0);
    columns.link.push(row.link ?? 0);
    if (Number.isNaN(row.timeNs)) this.#hasTimes = false;
  }

  /** @param startNs wall clock, nanoseconds since 1970 */
  finish(startNs: bigint, durationNs: number, comments: readonly string[] = []): Profile {
    const { offsets, frames } = this.#stacks;
    const columns = this.#frames;
    const samples = this.#samples;
    return {
      kinds: this.#kinds,
      startNs,
      durationNs,
      strings: this.#strings,
      mappings: this.#mappings,
      processes: this.#processes,
      functions: {
        count: this.#functions.name.length,
        name: this.#functions.name.view(),
        systemName: this.#functions.systemName.view(),
        fileName: this.#functions.fileName.view(),
        startLine: this.#functions.start.view(),
      },
      frames: {
        count: columns.kind.length,
        kind: columns.kind.view(),
        mapping: columns.mapping.view(),
        address: BigUint64Array.from(this.#addresses),
        function: columns.function.view(),
        line: columns.line.view(),
        column: columns.column.view(),
        isInlined: columns.isInlined.view(),
      },
      stacks: { count: offsets.length - 1, offsets: offsets.view(), frames: frames.view() },
      samples: {
        count: samples.kind.length,
        kind: samples.kind.view(),
        stack: samples.stack.view(),
        process: samples.process.view(),
        threadId: samples.threadId.view(),
        threadName: samples.threadName.view(),
        value: samples.value.view(),
        timeNs: this.#hasTimes ? samples.timeNs.view() : undefined,
        cpu: samples.cpu.view(),
        ...(this.#extras.labelSets.length > 1 && { labels: samples.labels.view() }),
        ...(this.#extras.links.length > 1 && { link: samples.link.view() }),
      },
      labelSets: this.#extras.labelSets,
      links: this.#extras.links,
      comments,
    };
  }

  #mapping(from: MappingDescription): number {
    const { fileName, buildIdGnu = '', buildIdGo = '', buildIdHtlhash = '' } = from;
    const key = `${buildIdGnu} ${buildIdGo} ${buildIdHtlhash} ${fileName}`;
    let index = this.#mappingAt.get(key);
    if (index === undefined) {
      index = this.#mappings.push({ fileName, buildIdGnu, buildIdGo, buildIdHtlhash }) - 1;
      this.#mappingAt.set(key, index);
    }
    return index;
  }

  #function(frame: FrameDescription): number {
    if (!frame.functionName && !frame.fileName) return -1;
    const name = this.string(frame.functionName ?? '');
    const systemName = this.string(frame.systemName ?? '');
    const fileName = this.string(frame.fileName ?? '');
    const startLine = frame.functionStartLine ?? 0;
    const key = `${name} ${systemName} ${fileName} ${startLine}`;
    const known = this.#functionAt.get(key);
    if (known !== undefined) return known;
    const columns = this.#functions;
    columns.name.push(name);
    columns.systemName.push(systemName);
    columns.fileName.push(fileName);
    columns.start.push(startLine);
    const index = columns.name.length - 1;
    this.#functionAt.set(key, index);
    return index;
  }
}
