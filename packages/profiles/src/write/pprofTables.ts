// SPDX-License-Identifier: Apache-2.0
// The tables of a pprof profile. Numbers of ours become IDs of theirs, which start at 1.
import { ProtoWriter } from '@otelkit/otlp';
import { baseName } from '../model/frameText.ts';
import type { Profile } from '../model/profile.ts';

const MAPPING = 3;
const LOCATION = 4;
const FUNCTION = 5;
const STRING_TABLE = 6;

/** A packed repeated field of unsigned numbers; nothing where it is empty. */
export function writePacked(writer: ProtoWriter, field: number, values: readonly number[]): void {
  if (values.length === 0) return;
  const mark = writer.open(field);
  for (const value of values) writer.varint(value);
  writer.close(mark);
}

/** The executable of the process that has most samples; -1 where none of its code was seen. */
function mainMapping(profile: Profile): number {
  const { samples, processes, mappings } = profile;
  const counts = new Uint32Array(processes.length);
  let most = 0;
  for (let i = 0; i < samples.count; i++) {
    const process = samples.process[i]!;
    if (++counts[process]! > counts[most]!) most = process;
  }
  const executable = processes[most]?.executable ?? '';
  const name = baseName(executable);
  const byPath = mappings.findIndex(({ fileName }) => fileName === executable);
  return byPath >= 0 ? byPath : mappings.findIndex(({ fileName }) => fileName === name);
}

export class PprofTables {
  readonly #profile: Profile;
  readonly #strings = new Map<string, number>([['', 0]]);
  /** Innermost frame of a location and those it was inlined into, → ID. */
  readonly #locations = new Map<string | number, number>();
  readonly #stacks = new Map<number, readonly number[]>();
  readonly #locationWriter = new ProtoWriter(65_536);

  constructor(profile: Profile) {
    this.#profile = profile;
  }

  string(text: string): number {
    let index = this.#strings.get(text);
    if (index === undefined) {
      index = this.#strings.size;
      this.#strings.set(text, index);
    }
    return index;
  }

  /** Location IDs of a stack, innermost first. */
  locationsOf(stack: number): readonly number[] {
    const known = this.#stacks.get(stack);
    if (known !== undefined) return known;
    const { offsets, frames } = this.#profile.stacks;
    const { isInlined } = this.#profile.frames;
    const end = offsets[stack + 1]!;
    const ids: number[] = [];
    for (let from = offsets[stack]!; from < end; ) {
      let last = from;
      while (last < end - 1 && isInlined[frames[last]!] === 1) last++;
      ids.push(this.#location(frames.subarray(from, last + 1)));
      from = last + 1;
    }
    this.#stacks.set(stack, ids);
    return ids;
  }

  /** All tables, to be written once everything else is. */
  writeTo(writer: ProtoWriter): void {
    this.#writeMappings(writer);
    writer.raw(this.#locationWriter.view());
    this.#writeFunctions(writer);
    for (const text of this.#strings.keys()) writer.stringField(STRING_TABLE, text);
  }

  /** @param run inlined frames, innermost first, and the one that they were inlined into */
  #location(run: Uint32Array): number {
    const key = run.length === 1 ? run[0]! : run.join(' ');
    const known = this.#locations.get(key);
    if (known !== undefined) return known;
    const id = this.#locations.size + 1;
    this.#locations.set(key, id);
    const { frames } = this.#profile;
    const outer = run[run.length - 1]!;
    const writer = this.#locationWriter;
    const mark = writer.open(LOCATION);
    writer.uintField(1, id);
    writer.uintField(2, frames.mapping[outer]! + 1);
    writer.int64Field(3, frames.address[outer]!);
    for (const frame of run) {
      const fn = frames.function[frame]!;
      if (fn < 0) continue;
      const line = writer.open(4);
      writer.uintField(1, fn + 1);
      writer.uintField(2, frames.line[frame]!);
      writer.uintField(3, frames.column[frame]!);
      writer.close(line);
    }
    writer.close(mark);
    return id;
  }

  /**
   * Addresses are those of the file: for pprof, a mapping of everything to where it already is. The
   * first mapping is the program that pprof names in its head.
   */
  #writeMappings(writer: ProtoWriter): void {
    const isNamed = this.#namedMappings();
    const { mappings } = this.#profile;
    const main = mainMapping(this.#profile);
    const order = mappings.map((_, i) => i).sort((a, b) => +(b === main) - +(a === main));
    for (const i of order) {
      const mapping = mappings[i]!;
      const mark = writer.open(MAPPING);
      writer.uintField(1, i + 1);
      writer.uintField(5, this.string(mapping.fileName));
      const buildId = mapping.buildIdGnu || mapping.buildIdGo || mapping.buildIdHtlhash;
      writer.uintField(6, this.string(buildId));
      // Tells pprof not to look for symbols itself.
      writer.uintField(7, isNamed[i]!);
      writer.close(mark);
    }
  }

  /** 1 for mappings all of whose frames have a function. */
  #namedMappings(): Uint8Array {
    const { mappings, frames } = this.#profile;
    const isNamed = new Uint8Array(mappings.length).fill(1);
    for (let i = 0; i < frames.count; i++) {
      const mapping = frames.mapping[i]!;
      if (mapping >= 0 && frames.function[i]! < 0) isNamed[mapping] = 0;
    }
    return isNamed;
  }

  #writeFunctions(writer: ProtoWriter): void {
    const { functions, strings } = this.#profile;
    for (let i = 0; i < functions.count; i++) {
      const mark = writer.open(FUNCTION);
      const name = strings[functions.name[i]!]!;
      writer.uintField(1, i + 1);
      writer.uintField(2, this.string(name));
      writer.uintField(3, this.string(strings[functions.systemName[i]!]! || name));
      writer.uintField(4, this.string(strings[functions.fileName[i]!]!));
      writer.uintField(5, functions.startLine[i]!);
      writer.close(mark);
    }
  }
}
