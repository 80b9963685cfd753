// SPDX-License-Identifier: Apache-2.0
// Stacks of a request's dictionary as stacks of a profile, each read once. A number that points
// nowhere costs what it stands for and nothing else: other agents' tables are not always whole.
import type { OtlpLocation, OtlpMapping, OtlpProfilesDictionary } from '@otelkit/otlp';
import type { MappingDescription, ProfileBuilder } from '../model/profileBuilder.ts';
import type { ReadProblems } from './diagnostics.ts';
import { READ_LIMITS } from './limits.ts';
import { clip, indexedTexts } from './otlpAttributes.ts';

const NO_FRAMES: readonly number[] = [];

export class OtlpStacks {
  readonly #dictionary: OtlpProfilesDictionary;
  readonly #builder: ProfileBuilder;
  readonly #problems: ReadProblems;
  readonly #stacks = new Map<number, number>();
  readonly #locations = new Map<number, readonly number[]>();
  readonly #kinds = new Map<number | string, number>();
  readonly #mappings = new Map<number, number>();
  readonly #functions = new Map<number, number>();
  #elementsLeft: number = READ_LIMITS.stackElements;

  constructor(dictionary: OtlpProfilesDictionary, builder: ProfileBuilder, problems: ReadProblems) {
    this.#dictionary = dictionary;
    this.#builder = builder;
    this.#problems = problems;
  }

  /** The number of a stack in the builder; an empty stack for what is not there. */
  stack(index: number): number {
    const known = this.#stacks.get(index);
    if (known !== undefined) return known;
    const entry = this.#dictionary.stackTable[index];
    if (entry === undefined && index !== 0) {
      this.#problems.add('Sample.stack_index', 'points beyond the table of stacks');
    }
    const number = this.framesOf(entry?.locationIndices ?? new Int32Array(0));
    this.#stacks.set(index, number);
    return number;
  }

  /** @param locations indexes, innermost first */
  framesOf(locations: Int32Array): number {
    const frames: number[] = [];
    for (const location of locations) {
      const some = this.#location(location);
      if (frames.length + some.length > READ_LIMITS.stackFrames) {
        this.#problems.add('Stack.location_indices', 'more frames than a stack may have: cut');
        break;
      }
      for (let i = 0; i < some.length; i++) frames.push(some[i]!);
    }
    this.#elementsLeft -= frames.length;
    if (this.#elementsLeft < 0) {
      this.#problems.add('Stack', 'all stacks together are too large: left out');
      return this.#builder.stack([]);
    }
    return this.#builder.stack(frames);
  }

  #location(index: number): readonly number[] {
    const known = this.#locations.get(index);
    if (known !== undefined) return known;
    const location = this.#dictionary.locationTable[index];
    if (location === undefined) {
      this.#problems.add('Stack.location_indices', 'points beyond the table of locations');
    }
    const frames = location === undefined ? NO_FRAMES : this.#framesOfLocation(location);
    this.#locations.set(index, frames);
    return frames;
  }

  #framesOfLocation(location: OtlpLocation): readonly number[] {
    const place = {
      kind: this.#kind(location.attributeIndices),
      mapping: this.#mapping(location.mappingIndex),
      address: location.address,
    };
    const { lines } = location;
    if (lines.length === 0) return [this.#builder.frameOf(place, -1)];
    const count = Math.min(lines.length, READ_LIMITS.stackFrames);
    const frames: number[] = [];
    for (let i = 0; i < count; i++) {
      const { functionIndex, line, column } = lines[i]!;
      const fn = this.#function(functionIndex);
      const isInlined = i < count - 1;
      const [row, at] = [lineNumber(line), lineNumber(column)];
      frames.push(this.#builder.frameOf(place, fn, row, at, isInlined));
    }
    return frames;
  }

  #function(index: number): number {
    const known = this.#functions.get(index);
    if (known !== undefined) return known;
    const { functionTable, stringTable } = this.#dictionary;
    const fn = functionTable[index];
    if (fn === undefined && index !== 0) {
      this.#problems.add('Line.function_index', 'points beyond the table of functions');
    }
    const number = this.#builder.function({
      functionName: clip(stringTable[fn?.nameStrindex ?? 0] ?? ''),
      systemName: clip(stringTable[fn?.systemNameStrindex ?? 0] ?? ''),
      fileName: clip(stringTable[fn?.filenameStrindex ?? 0] ?? ''),
      functionStartLine: lineNumber(fn?.startLine),
    });
    this.#functions.set(index, number);
    return number;
  }

  /** Few combinations of attributes there are, and many locations. */
  #kind(indices: Int32Array): number {
    const key = indices.length === 1 ? indices[0]! : indices.join();
    let kind = this.#kinds.get(key);
    if (kind === undefined) {
      const { texts } = indexedTexts(indices, this.#dictionary);
      kind = this.#builder.string(texts.get('profile.frame.type') ?? '');
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
    const number = mapping === undefined ? -1 : this.#builder.mapping(mapping);
    this.#mappings.set(index, number);
    return number;
  }

  /** Undefined for the zero value, which element 0 of each table is by the specification. */
  #describe(mapping: OtlpMapping): MappingDescription | undefined {
    const { texts } = indexedTexts(mapping.attributeIndices, this.#dictionary);
    const fileName = clip(this.#dictionary.stringTable[mapping.filenameStrindex] ?? '');
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

/** Line numbers of any sign and size come; the model holds 32 bits. */
function lineNumber(line: bigint | undefined): number {
  return line === undefined || line < 0n || line > 0xffff_ffffn ? 0 : Number(line);
}
