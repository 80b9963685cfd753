// SPDX-License-Identifier: Apache-2.0
// A request of an agent straight into the store: its numbers become the store's in one step, without
// a profile in between.
import type { OtlpStringTable } from '@otelkit/otlp';
import {
  clip,
  type FramePlace,
  type LabelSet,
  type MappingDescription,
  type ProfileKind,
  type ProfileProcess,
  type ProfileTarget,
  paddedLink,
  READ_LIMITS,
  type SampleRow,
  sortedLabels,
  uints,
} from '@otelkit/profiles';
import { FRAME_KEY_WORDS } from './frameKey.ts';
import { storedProcess } from './originTable.ts';
import type { SampleIntake, StoredSample } from './sampleIntake.ts';
import type { StoreTables } from './tables.ts';

export class RequestTarget implements ProfileTarget {
  readonly #tables: StoreTables;
  readonly #intake: SampleIntake;
  readonly #kinds: readonly ProfileKind[];
  readonly #peer: string;
  /** Who sends: the host that the first process names. */
  #source: string | undefined;
  /** By kind: number of the type, and what one sample of it weighs. */
  readonly #types: number[] = [];
  readonly #factors: number[] = [];
  /** Functions of the request: numbers of strings, and their lines. */
  readonly #names = uints();
  readonly #systemNames = uints();
  readonly #files = uints();
  readonly #startLines = uints();
  readonly #key = new Uint32Array(FRAME_KEY_WORDS);
  readonly #sample: StoredSample = {
    type: 0,
    stack: 0,
    process: 0,
    thread: 0,
    cpu: -1,
    labels: 0,
    link: 0,
    value: 0,
    timeNs: 0,
  };

  /** @param kinds as the reader fills them. @param peer where no process names its host */
  constructor(
    tables: StoreTables,
    intake: SampleIntake,
    kinds: readonly ProfileKind[],
    peer: string,
  ) {
    this.#tables = tables;
    this.#intake = intake;
    this.#kinds = kinds;
    this.#peer = peer;
  }

  string(text: string): number {
    return this.#tables.frames.strings.of(text);
  }

  stringAt(strings: OtlpStringTable, index: number): number {
    const known = this.#tables.frames.strings;
    const [from, end] = [strings.startOf(index), strings.endOf(index)];
    if (end - from <= READ_LIMITS.textChars) return known.ofBytes(strings.bytes, from, end);
    return known.of(clip(strings.at(index) ?? ''));
  }

  functionOf(name: number, systemName: number, fileName: number, startLine: number): number {
    if (name === 0 && fileName === 0) return -1;
    this.#names.push(name);
    this.#systemNames.push(systemName);
    this.#files.push(fileName);
    this.#startLines.push(startLine);
    return this.#names.length - 1;
  }

  frameOf(place: FramePlace, fn: number, line = 0, column = 0, isInlined = false): number {
    const key = this.#key;
    const isNamed = fn >= 0;
    key[0] = place.kind;
    key[1] = isNamed ? this.#names.at(fn) : 0;
    key[2] = isNamed ? this.#systemNames.at(fn) : 0;
    key[3] = isNamed ? this.#files.at(fn) : 0;
    key[4] = Math.max(place.mapping, 0);
    key[5] = place.low;
    key[6] = place.high;
    key[7] = line;
    key[8] = isNamed ? this.#startLines.at(fn) : 0;
    key[9] = column;
    key[10] = isInlined ? 1 : 0;
    return this.#tables.frames.of(key);
  }

  mapping({ fileName, buildIdGnu, buildIdGo, buildIdHtlhash }: MappingDescription): number {
    return this.#tables.executables.of({
      fileName,
      buildIdGnu: buildIdGnu ?? '',
      buildIdGo: buildIdGo ?? '',
      buildIdHtlhash: buildIdHtlhash ?? '',
    });
  }

  stack(frames: Uint32Array): number {
    return this.#tables.stacks.of(frames);
  }

  labels(labels: LabelSet): number {
    return this.#tables.origins.labels(sortedLabels(labels));
  }

  link(traceId: string, spanId: string): number {
    return this.#tables.origins.link(paddedLink(traceId, spanId));
  }

  process(process: ProfileProcess): number {
    this.#source ??= process.attributes?.['host.name'] ?? this.#peer;
    return this.#tables.origins.process(storedProcess(process, this.#source));
  }

  sample(row: SampleRow): void {
    const sample = this.#sample;
    if (row.kind >= this.#types.length) this.#learnKinds();
    sample.type = this.#types[row.kind]!;
    sample.stack = row.stack;
    sample.process = row.process;
    sample.thread = this.#intake.thread(row.threadId, row.threadName, () => {
      return this.#tables.frames.strings.list[row.threadName]!;
    });
    sample.cpu = row.cpu;
    sample.labels = row.labels ?? 0;
    sample.link = row.link ?? 0;
    sample.value = row.value * this.#factors[row.kind]!;
    sample.timeNs = row.timeNs;
    this.#intake.add(sample);
  }

  #learnKinds(): void {
    const { origins } = this.#tables;
    for (const kind of this.#kinds.slice(this.#types.length)) {
      const type = origins.type(kind);
      this.#types.push(type);
      this.#factors.push(origins.types[type]!.weightOfOne || 1);
    }
  }
}
