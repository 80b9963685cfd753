// SPDX-License-Identifier: Apache-2.0
// pprof: perftools.profiles.Profile (google/pprof, proto/profile.proto), as Go, perf_to_profile, our
// own writer and others make it. What points nowhere costs what it stands for and nothing else.
import { ProtoError, ProtoReader } from '@otelkit/otlp';
import { baseName } from '../model/frameText.ts';
import type { ProfileKind, ProfileProcess } from '../model/profile.ts';
import {
  type MappingDescription,
  ProfileBuilder,
  type SampleRow,
} from '../model/profileBuilder.ts';
import { ReadProblems, type ReadResult } from './diagnostics.ts';
import { READ_LIMITS } from './limits.ts';
import { clip } from './otlpAttributes.ts';
import { foldKinds, type KindValue } from './pprofKinds.ts';
import {
  type PprofFunction,
  type PprofLabel,
  type PprofLocation,
  type PprofMapping,
  type PprofMessage,
  type PprofSample,
  readPprofMessage,
} from './pprofMessage.ts';

/** @param bytes unpacked. Damaged ones give what stands before the damage */
export function readPprof(bytes: Uint8Array): ReadResult {
  const problems = new ReadProblems();
  const message = readPprofMessage(new ProtoReader(bytes), problems);
  return new PprofReader(message, problems).read();
}

/** For sniffing: whether these bytes are fields of a profile, as far as they go. */
export function looksLikePprof(bytes: Uint8Array): boolean {
  const reader = new ProtoReader(bytes.subarray(0, 65_536));
  let fields = 0;
  try {
    while (fields < 64 && reader.next()) {
      if (reader.field > 15 || reader.wireType > 2 || reader.wireType === 1) return false;
      reader.skip();
      fields++;
    }
  } catch (error) {
    // The end of what was looked at.
    return error instanceof ProtoError && fields > 0;
  }
  return fields > 0;
}

class PprofReader {
  readonly #message: PprofMessage;
  readonly #problems: ReadProblems;
  readonly #kinds: readonly KindValue[];
  readonly #builder: ProfileBuilder;
  readonly #locations: ReadonlyMap<number, PprofLocation>;
  readonly #functions: ReadonlyMap<number, PprofFunction>;
  readonly #mappings: ReadonlyMap<number, PprofMapping>;
  readonly #frames = new Map<number, readonly number[]>();
  readonly #owners = new Map<string, number>();

  constructor(message: PprofMessage, problems: ReadProblems) {
    this.#message = message;
    this.#problems = problems;
    this.#kinds = foldKinds(message, (index) => this.#text(index));
    const kinds: ProfileKind[] = this.#kinds.map(({ kind }) => kind);
    this.#builder = new ProfileBuilder(kinds);
    const byId = <T extends { readonly id: number }>(list: readonly T[]): Map<number, T> =>
      new Map(list.map((item) => [item.id, item]));
    this.#locations = byId(message.locations);
    this.#functions = byId(message.functions);
    this.#mappings = byId(message.mappings);
  }

  read(): ReadResult {
    const { samples, timeNs, durationNs, comments } = this.#message;
    for (const sample of samples) this.#sample(sample);
    const texts = comments.map((index) => this.#text(index)).filter((text) => text !== '');
    const profile = this.#builder.finish(timeNs, Math.max(0, durationNs), texts);
    return { profile, problems: this.#problems.list() };
  }

  #sample(sample: PprofSample): void {
    const facts = this.#facts(sample.labels);
    const row: SampleRow = {
      kind: 0,
      stack: this.#stack(sample.locations),
      process: facts.process,
      threadId: facts.threadId,
      threadName: facts.threadName,
      value: 0,
      timeNs: Number.NaN,
      cpu: -1,
      labels: facts.labels,
    };
    for (const [kind, { column }] of this.#kinds.entries()) {
      row.kind = kind;
      row.value = sample.values[column] ?? 0;
      if (row.value !== 0) this.#builder.sample(row);
    }
  }

  #stack(locations: readonly number[]): number {
    const frames: number[] = [];
    for (const id of locations) {
      const some = this.#framesOf(id);
      if (frames.length + some.length > READ_LIMITS.stackFrames) {
        this.#problems.add('Sample.location_id', 'more frames than a stack may have: cut');
        break;
      }
      frames.push(...some);
    }
    return this.#builder.stack(frames);
  }

  #framesOf(id: number): readonly number[] {
    const known = this.#frames.get(id);
    if (known !== undefined) return known;
    const location = this.#locations.get(id);
    if (location === undefined) {
      this.#problems.add('Sample.location_id', 'names a location that is not there');
    }
    const frames = location === undefined ? [] : this.#buildFrames(location);
    this.#frames.set(id, frames);
    return frames;
  }

  #buildFrames(location: PprofLocation): readonly number[] {
    const found = this.#mappings.get(location.mapping);
    const mapping = found && this.#mapping(found);
    const place = { kind: kindOf(mapping, this.#text(found?.fileName ?? 0)), mapping };
    // Addresses as the file has them where the mapping says where it lies.
    const isMoved = found !== undefined && location.address >= found.start && found.start > 0n;
    const address = isMoved ? location.address - found.start + found.offset : location.address;
    const lines = location.lines.slice(0, READ_LIMITS.stackFrames);
    if (lines.length === 0) return [this.#builder.frame({ ...place, address })];
    return lines.map((line, i) => {
      const fn = this.#functions.get(line.function);
      if (fn === undefined) {
        this.#problems.add('Line.function_id', 'names a function that is not there');
      }
      const name = this.#text(fn?.name ?? 0);
      const systemName = this.#text(fn?.systemName ?? 0);
      const fileName = this.#text(fn?.fileName ?? 0);
      return this.#builder.frame({
        ...place,
        ...(fileName.endsWith('.go') && { kind: 'go' }),
        address,
        functionName: name || systemName,
        systemName: systemName === name ? '' : systemName,
        fileName,
        functionStartLine: fn?.startLine ?? 0,
        line: line.line,
        column: line.column,
        inlined: i < lines.length - 1,
      });
    });
  }

  #mapping(found: PprofMapping): MappingDescription {
    const buildId = this.#text(found.buildId);
    const isGnu = /^[0-9a-f]{8,}$/.test(buildId);
    return {
      fileName: this.#text(found.fileName),
      ...(isGnu ? { buildIdGnu: buildId } : { buildIdGo: buildId }),
    };
  }

  #facts(labels: readonly PprofLabel[]): {
    readonly process: number;
    readonly threadId: number;
    readonly threadName: number;
    readonly labels: number;
  } {
    const texts = new Map<string, string>();
    const others: [string, string][] = [];
    for (const label of labels.slice(0, READ_LIMITS.labels)) {
      const key = this.#text(label.key);
      const value = label.text > 0 ? this.#text(label.text) : String(label.number);
      if (OWN_LABELS.has(key)) texts.set(key, value);
      else if (key !== '') others.push([key, value]);
    }
    const number = (key: string): number => {
      const value = Number(texts.get(key) ?? 0);
      return Number.isInteger(value) && value > 0 && value <= 0x7fff_ffff ? value : 0;
    };
    return {
      process: this.#process(texts, number('pid')),
      threadId: number('tid'),
      threadName: this.#builder.string(texts.get('thread') ?? ''),
      labels: others.length === 0 ? 0 : this.#builder.labels(others),
    };
  }

  #process(texts: ReadonlyMap<string, string>, pid: number): number {
    const process: ProfileProcess = {
      pid,
      name: texts.get('comm') ?? this.#mainName(),
      executable: '',
      containerId: texts.get('container') ?? '',
      serviceName: texts.get('service') ?? '',
    };
    const key = JSON.stringify(process);
    let number = this.#owners.get(key);
    if (number === undefined) {
      number = this.#builder.process(process);
      this.#owners.set(key, number);
    }
    return number;
  }

  /** The first mapping is the program. */
  #mainName(): string {
    return baseName(this.#text(this.#message.mappings[0]?.fileName ?? 0));
  }

  #text(index: number): string {
    return clip(this.#message.strings[index] ?? '');
  }
}

/** What our writer and perf_to_profile call what is not a label to a person. */
const OWN_LABELS = new Set(['comm', 'thread', 'container', 'service', 'pid', 'tid']);

/** pprof does not say what kind of code a frame is of; what can be told is told. */
function kindOf(mapping: MappingDescription | undefined, fileName: string): string {
  if (/^\[kernel|^\[guest\.kernel|vmlinux$|\.ko$/.test(fileName)) return 'kernel';
  return mapping === undefined ? '' : 'native';
}
