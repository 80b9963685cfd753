// SPDX-License-Identifier: Apache-2.0
// Stacks of a request's dictionary as stacks of a profile, each read once. A number that points
// nowhere costs what it stands for and nothing else: other agents' tables are not always whole.
import {
  type GrowingColumn,
  type OtlpMapping,
  type OtlpProfilesRequest,
  type OtlpSmallTables,
  type OtlpStackTables,
  uints,
} from '@otelkit/otlp';
import type { MappingDescription } from '../model/profileBuilder.ts';
import type { ReadProblems } from './diagnostics.ts';
import { READ_LIMITS } from './limits.ts';
import { clip, indexedTexts } from './otlpAttributes.ts';
import type { ProfileTarget } from './profileTarget.ts';

/** Of what is looked up in tables of columns: not yet. */
const UNKNOWN = -2;

export class OtlpStacks {
  readonly #dictionary: OtlpSmallTables;
  readonly #tables: OtlpStackTables;
  readonly #target: ProfileTarget;
  readonly #problems: ReadProblems;
  /** By number in the request: the target's number. */
  readonly #stacks: Int32Array;
  readonly #functions: Int32Array;
  readonly #strings: Int32Array;
  /** Frames of location i: from #firstFrame[i] in #frames, as many as it has lines, but one. */
  readonly #firstFrame: Int32Array;
  readonly #frames: GrowingColumn<Uint32Array> = uints();
  readonly #kinds = new Map<number | string, number>();
  readonly #mappings = new Map<number, number>();
  readonly #stack = new Uint32Array(READ_LIMITS.stackFrames);
  readonly #place = { kind: 0, mapping: 0, low: 0, high: 0 };
  readonly #addressWords: Uint32Array;
  readonly #none = new Uint32Array(0);
  #elementsLeft: number = READ_LIMITS.stackElements;

  constructor(
    { dictionary, tables }: OtlpProfilesRequest,
    target: ProfileTarget,
    problems: ReadProblems,
  ) {
    this.#dictionary = dictionary;
    this.#tables = tables;
    this.#target = target;
    this.#problems = problems;
    this.#stacks = new Int32Array(tables.stacks.count).fill(UNKNOWN);
    this.#functions = new Int32Array(tables.functions.count).fill(UNKNOWN);
    this.#strings = new Int32Array(dictionary.strings.length).fill(UNKNOWN);
    const { address } = tables.locations;
    this.#addressWords = new Uint32Array(address.buffer, address.byteOffset, 2 * address.length);
    this.#firstFrame = new Int32Array(tables.locations.count).fill(UNKNOWN);
  }

  /** The number of a stack in the target; an empty stack for what is not there. */
  stack(index: number): number {
    if (!(index >= 0 && index < this.#stacks.length)) {
      if (index !== 0)
        this.#problems.add('Sample.stack_index', 'points beyond the table of stacks');
      return this.#target.stack(this.#none);
    }
    const known = this.#stacks[index]!;
    if (known !== UNKNOWN) return known;
    const number = this.#read(index);
    this.#stacks[index] = number;
    return number;
  }

  #read(index: number): number {
    const { offsets, locations } = this.#tables.stacks;
    const stack = this.#stack;
    let count = 0;
    for (let at = offsets[index]!; at < offsets[index + 1]!; at++) {
      const location = locations[at]!;
      const frames = this.#framesIn(location);
      if (count + frames > READ_LIMITS.stackFrames) {
        this.#problems.add('Stack.location_indices', 'more frames than a stack may have: cut');
        break;
      }
      if (frames === 0) continue;
      const first = this.#framesFrom(location);
      for (let i = 0; i < frames; i++) stack[count++] = this.#frames.at(first + i);
    }
    this.#elementsLeft -= count;
    if (this.#elementsLeft < 0) {
      this.#problems.add('Stack', 'all stacks together are too large: left out');
      return this.#target.stack(this.#none);
    }
    return this.#target.stack(stack.subarray(0, count));
  }

  /** How many frames a location stands for; none where it is not there. */
  #framesIn(location: number): number {
    const { count, lineOffsets } = this.#tables.locations;
    if (!(location >= 0 && location < count)) {
      this.#problems.add('Stack.location_indices', 'points beyond the table of locations');
      return 0;
    }
    const lines = lineOffsets[location + 1]! - lineOffsets[location]!;
    return Math.max(1, Math.min(lines, READ_LIMITS.stackFrames));
  }

  /** Where its frames stand, read when they are first asked for. */
  #framesFrom(location: number): number {
    const known = this.#firstFrame[location]!;
    if (known !== UNKNOWN) return known;
    const { mapping, lineOffsets, lineFunction, line, column } = this.#tables.locations;
    const first = this.#frames.length;
    const place = this.#place;
    place.kind = this.#kindOf(location);
    place.mapping = this.#mapping(mapping[location]!);
    place.low = this.#addressWords[2 * location]!;
    place.high = this.#addressWords[2 * location + 1]!;
    const from = lineOffsets[location]!;
    const count = Math.min(lineOffsets[location + 1]! - from, READ_LIMITS.stackFrames);
    if (count === 0) this.#frames.push(this.#target.frameOf(place, -1));
    for (let i = 0; i < count; i++) {
      const at = from + i;
      const fn = this.#function(lineFunction[at]!);
      const isInlined = i < count - 1;
      this.#frames.push(this.#target.frameOf(place, fn, line[at], column[at], isInlined));
    }
    this.#firstFrame[location] = first;
    return first;
  }

  #function(index: number): number {
    const { functions } = this.#tables;
    if (!(index >= 0 && index < functions.count)) {
      if (index !== 0) {
        this.#problems.add('Line.function_index', 'points beyond the table of functions');
      }
      return -1;
    }
    const known = this.#functions[index]!;
    if (known !== UNKNOWN) return known;
    const number = this.#target.functionOf(
      this.#string(functions.name[index]!),
      this.#string(functions.systemName[index]!),
      this.#string(functions.fileName[index]!),
      functions.startLine[index]!,
    );
    this.#functions[index] = number;
    return number;
  }

  #string(index: number): number {
    const known = this.#strings[index] ?? 0;
    if (known !== UNKNOWN) return known;
    const number = this.#target.stringAt(this.#dictionary.strings, index);
    this.#strings[index] = number;
    return number;
  }

  #text(index: number): string {
    return clip(this.#dictionary.strings.at(index) ?? '');
  }

  #kindOf(location: number): number {
    const { attributeOffsets, attributes } = this.#tables.locations;
    const [from, end] = [attributeOffsets[location]!, attributeOffsets[location + 1]!];
    return this.#kind(attributes.subarray(from, end));
  }

  /** Few combinations of attributes there are, and many locations. */
  #kind(indices: Int32Array): number {
    const key = indices.length === 1 ? indices[0]! : indices.join();
    let kind = this.#kinds.get(key);
    if (kind === undefined) {
      const { texts } = indexedTexts(indices, this.#dictionary);
      kind = this.#target.string(texts.get('profile.frame.type') ?? '');
      this.#kinds.set(key, kind);
    }
    return kind;
  }

  #mapping(index: number): number {
    const known = this.#mappings.get(index);
    if (known !== undefined) return known;
    const entry = this.#dictionary.mappingTable[index];
    if (entry === undefined && index !== 0) {
      this.#problems.add('Location.mapping_index', 'points beyond the table of mappings');
    }
    const mapping = entry === undefined ? undefined : this.#describe(entry);
    const number = mapping === undefined ? -1 : this.#target.mapping(mapping);
    this.#mappings.set(index, number);
    return number;
  }

  /** Undefined for the zero value, which element 0 of each table is by the specification. */
  #describe(mapping: OtlpMapping): MappingDescription | undefined {
    const { texts } = indexedTexts(mapping.attributeIndices, this.#dictionary);
    const fileName = this.#text(mapping.filenameStrindex);
    const id = (name: string): string => texts.get(`process.executable.build_id.${name}`) ?? '';
    const described = {
      fileName,
      buildIdGnu: id('gnu'),
      buildIdGo: id('go'),
      buildIdHtlhash: id('htlhash') || id('profiling'),
    };
    return Object.values(described).every((text) => text === '') ? undefined : described;
  }
}
