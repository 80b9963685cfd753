// SPDX-License-Identifier: Apache-2.0
import { bytes, doubles, ints, type OtlpStringTable, uints } from '@otelkit/otlp';
import { clip } from '../read/otlpAttributes.ts';
import type { ProfileTarget } from '../read/profileTarget.ts';
import { LabelTable } from './labelTable.ts';
import type { LabelSet, Profile, ProfileKind, ProfileMapping, ProfileProcess } from './profile.ts';
import { SequenceTable } from './sequenceTable.ts';

/** A mapping as tracers describe it; what is absent is not known. */
export interface MappingDescription {
  readonly fileName: string;
  readonly buildIdGnu?: string | undefined;
  readonly buildIdGo?: string | undefined;
  readonly buildIdHtlhash?: string | undefined;
}

export interface FunctionDescription {
  readonly functionName?: string | undefined;
  readonly systemName?: string | undefined;
  readonly functionStartLine?: number | undefined;
  readonly fileName?: string | undefined;
}

/** A frame as tracers describe it. */
export interface FrameDescription extends FunctionDescription {
  readonly kind: string;
  readonly mapping?: MappingDescription | undefined;
  readonly address?: number | bigint | undefined;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
  readonly inlined?: boolean | undefined;
}

/** Where a frame is, by numbers of {@link ProfileBuilder}. */
export interface FramePlace {
  readonly kind: number;
  /** -1 for none. */
  readonly mapping: number;
  /** Words of the address. */
  readonly low: number;
  readonly high: number;
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
export class ProfileBuilder implements ProfileTarget {
  readonly #kinds: readonly ProfileKind[];
  readonly #strings: string[] = [''];
  readonly #stringAt = new Map<string, number>([['', 0]]);
  readonly #mappings: ProfileMapping[] = [];
  readonly #mappingAt = new Map<string, number>();
  readonly #processes: ProfileProcess[] = [];
  /** Name, system name, file name, start line. */
  readonly #functionKey = new Uint32Array(4);
  readonly #functionKeys = new SequenceTable();
  readonly #functions = { name: uints(), systemName: uints(), fileName: uints(), start: uints() };
  /** Two words of address, then kind, mapping, function, line, column and whether it is inlined. */
  readonly #frameKey = new Uint32Array(8);
  readonly #frameKeys = new SequenceTable();
  readonly #frames = {
    kind: uints(),
    mapping: ints(),
    function: ints(),
    line: uints(),
    column: uints(),
    isInlined: bytes(),
  };
  /** Two words each, low one first. */
  readonly #addresses = uints();
  readonly #stacks = new SequenceTable();
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
  }

  string(text: string): number {
    let index = this.#stringAt.get(text);
    if (index === undefined) {
      index = this.#strings.push(text) - 1;
      this.#stringAt.set(text, index);
    }
    return index;
  }

  stringAt(strings: OtlpStringTable, index: number): number {
    return this.string(clip(strings.at(index) ?? ''));
  }

  /** Not interned: the caller has a number for each process. */
  process(process: ProfileProcess): number {
    return this.#processes.push(process) - 1;
  }

  frame(frame: FrameDescription): number {
    const address = BigInt(frame.address ?? 0);
    const place = {
      kind: this.string(frame.kind),
      mapping: frame.mapping === undefined ? -1 : this.mapping(frame.mapping),
      low: Number(BigInt.asUintN(32, address)),
      high: Number(BigInt.asUintN(32, address >> 32n)),
    };
    const { line = 0, column = 0, inlined = false } = frame;
    return this.frameOf(place, this.function(frame), line, column, inlined);
  }

  /** The same, for who has the numbers of its parts already. @param fn from {@link function} */
  frameOf(place: FramePlace, fn: number, line = 0, column = 0, isInlined = false): number {
    const key = this.#frameKey;
    key[0] = place.low;
    key[1] = place.high;
    key[2] = place.kind;
    key[3] = place.mapping;
    key[4] = fn;
    key[5] = line;
    key[6] = column;
    key[7] = isInlined ? 1 : 0;
    const before = this.#frameKeys.count;
    const index = this.#frameKeys.of(key);
    if (index < before) return index;
    this.#addresses.push(place.low);
    this.#addresses.push(place.high);
    const columns = this.#frames;
    columns.kind.push(place.kind);
    columns.mapping.push(place.mapping);
    columns.function.push(fn);
    columns.line.push(line);
    columns.column.push(column);
    columns.isInlined.push(key[7]);
    return index;
  }

  /** @param frames numbers from {@link frame}, innermost first */
  stack(frames: ArrayLike<number>): number {
    return this.#stacks.of(frames);
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
    const { count, offsets, elements } = this.#stacks;
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
        address: new BigUint64Array(this.#addresses.view().slice().buffer),
        function: columns.function.view(),
        line: columns.line.view(),
        column: columns.column.view(),
        isInlined: columns.isInlined.view(),
      },
      stacks: { count, offsets: offsets.view(), frames: elements.view() },
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

  /** The number of a mapping. */
  mapping(from: MappingDescription): number {
    const { fileName, buildIdGnu = '', buildIdGo = '', buildIdHtlhash = '' } = from;
    const key = `${buildIdGnu} ${buildIdGo} ${buildIdHtlhash} ${fileName}`;
    let index = this.#mappingAt.get(key);
    if (index === undefined) {
      index = this.#mappings.push({ fileName, buildIdGnu, buildIdGo, buildIdHtlhash }) - 1;
      this.#mappingAt.set(key, index);
    }
    return index;
  }

  /** The number of a function, -1 where neither name nor file are known. */
  function(frame: FunctionDescription): number {
    if (!frame.functionName && !frame.fileName) return -1;
    return this.functionOf(
      this.string(frame.functionName ?? ''),
      this.string(frame.systemName ?? ''),
      this.string(frame.fileName ?? ''),
      frame.functionStartLine ?? 0,
    );
  }

  /** The same, for who has the numbers of its texts already (from {@link string}). */
  functionOf(name: number, systemName: number, fileName: number, startLine: number): number {
    if (name === 0 && fileName === 0) return -1;
    const key = this.#functionKey;
    key[0] = name;
    key[1] = systemName;
    key[2] = fileName;
    key[3] = startLine;
    const columns = this.#functions;
    const index = this.#functionKeys.of(key);
    if (index < columns.name.length) return index;
    columns.name.push(name);
    columns.systemName.push(systemName);
    columns.fileName.push(fileName);
    columns.start.push(startLine);
    return index;
  }
}
