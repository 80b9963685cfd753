// SPDX-License-Identifier: Apache-2.0
// opentelemetry.proto.profiles.v1development.ProfilesDictionary, built while samples are written:
// each table is encoded as its elements appear. Element 0 of each table is the zero value.
import { LIMITS } from '../limits.ts';
import { writeAnyValue } from '../wire/attributes.ts';
import { ProtoWriter } from '../wire/protoWriter.ts';
import type { AttributeValue, CodeMapping, ProfileFrame, ProfileSource } from './frame.ts';
import { IndexMap } from './indexMap.ts';

const MAPPING_TABLE = 1;
const LOCATION_TABLE = 2;
const FUNCTION_TABLE = 3;
const LINK_TABLE = 4;
const STRING_TABLE = 5;
const ATTRIBUTE_TABLE = 6;
const STACK_TABLE = 7;

const FUNCTION_KEY_FACTOR = 67_108_864;
const MOST = LIMITS.stringLength;
const EMPTY_INDICES: readonly number[] = [];

/** Tables of one request. Reused from request to request: {@link Dictionary.reset}. */
export class Dictionary {
  readonly #source: ProfileSource;
  readonly #mappings = new ProtoWriter();
  readonly #locations = new ProtoWriter();
  readonly #functions = new ProtoWriter();
  readonly #links = new ProtoWriter();
  readonly #strings = new ProtoWriter();
  readonly #attributes = new ProtoWriter();
  readonly #stacks = new ProtoWriter();
  readonly #tables: readonly ProtoWriter[] = [
    this.#mappings,
    this.#locations,
    this.#functions,
    this.#links,
    this.#strings,
    this.#attributes,
    this.#stacks,
  ];
  #mappingCount = 0;
  #locationCount = 0;
  #functionCount = 0;
  #linkCount = 0;
  #attributeCount = 0;
  #stackCount = 0;
  readonly #stringIndex = new Map<string, number>();
  readonly #attributeIndex = new Map<string, Map<AttributeValue, number>>();
  readonly #mappingOfObject = new Map<CodeMapping, number>();
  readonly #mappingOfContent = new Map<string, number>();
  readonly #functionIndex = new Map<number | string, number>();
  readonly #locationOfRun = new Map<string, number>();
  readonly #locationOfFrame = new IndexMap();
  readonly #stackOfId = new IndexMap();
  readonly #linkOfId = new IndexMap();

  constructor(source: ProfileSource) {
    this.#source = source;
    this.reset();
  }

  /** Bytes written so far. */
  get length(): number {
    let sum = 0;
    for (const table of this.#tables) sum += table.length;
    return sum;
  }

  reset(): void {
    for (const table of this.#tables) table.reset();
    this.#stringIndex.clear();
    this.#attributeIndex.clear();
    this.#mappingOfObject.clear();
    this.#mappingOfContent.clear();
    this.#functionIndex.clear();
    this.#locationOfRun.clear();
    this.#locationOfFrame.clear();
    this.#stackOfId.clear();
    this.#linkOfId.clear();
    this.#writeZeroElements();
  }

  #writeZeroElements(): void {
    this.#mappings.close(this.#mappings.open(MAPPING_TABLE));
    this.#locations.close(this.#locations.open(LOCATION_TABLE));
    this.#functions.close(this.#functions.open(FUNCTION_TABLE));
    this.#links.close(this.#links.open(LINK_TABLE));
    this.#attributes.close(this.#attributes.open(ATTRIBUTE_TABLE));
    this.#stacks.close(this.#stacks.open(STACK_TABLE));
    this.#mappingCount = 1;
    this.#locationCount = 1;
    this.#functionCount = 1;
    this.#linkCount = 1;
    this.#attributeCount = 1;
    this.#stackCount = 1;
    this.string('');
  }

  /** Writes all tables as the fields of a ProfilesDictionary. */
  writeTo(writer: ProtoWriter): void {
    for (const table of this.#tables) writer.raw(table.view());
  }

  string(text: string): number {
    const known = this.#stringIndex.get(text);
    if (known !== undefined) return known;
    const index = this.#stringIndex.size;
    const cut = text.length > MOST ? `${text.slice(0, MOST)}…` : text;
    this.#stringIndex.set(text, index);
    this.#strings.stringField(STRING_TABLE, cut);
    return index;
  }

  /** Index of an attribute {key, value}; without a unit. */
  attribute(key: string, value: AttributeValue): number {
    let ofKey = this.#attributeIndex.get(key);
    if (ofKey === undefined) {
      ofKey = new Map();
      this.#attributeIndex.set(key, ofKey);
    }
    const known = ofKey.get(value);
    if (known !== undefined) return known;
    const index = this.#attributeCount++;
    ofKey.set(value, index);
    const keyIndex = this.string(key);
    const mark = this.#attributes.open(ATTRIBUTE_TABLE);
    this.#attributes.uintField(1, keyIndex);
    writeAnyValue(this.#attributes, 2, value);
    this.#attributes.close(mark);
    return index;
  }

  link(linkId: number): number {
    if (linkId === 0) return 0;
    const known = this.#linkOfId.get(linkId);
    if (known !== 0) return known;
    const link = this.#source.link?.(linkId);
    if (link === undefined) return 0;
    const index = this.#linkCount++;
    this.#linkOfId.set(linkId, index);
    const mark = this.#links.open(LINK_TABLE);
    this.#links.bytesField(1, link.traceId);
    this.#links.bytesField(2, link.spanId);
    this.#links.close(mark);
    return index;
  }

  /** Index of a stack; 0, the empty stack, where it has no frames. */
  stack(stackId: number): number {
    const known = this.#stackOfId.get(stackId);
    if (known !== 0) return known;
    const frames = this.#source.stack(stackId);
    if (frames.length === 0) return 0;
    const count = Math.min(frames.length, LIMITS.stackFrames);
    const index = this.#stackCount++;
    this.#stackOfId.set(stackId, index);
    const mark = this.#stacks.open(STACK_TABLE);
    const packed = this.#stacks.open(1);
    for (let i = 0; i < count; ) {
      const single = this.#locationOfFrame.get(frames[i]!);
      if (single !== 0) {
        this.#stacks.varint(single);
        i++;
        continue;
      }
      const end = this.#endOfRun(frames, i, count);
      this.#stacks.varint(this.#locationOfFrames(frames, i, end));
      i = end;
    }
    this.#stacks.close(packed);
    this.#stacks.close(mark);
    return index;
  }

  /** Frames of one location: inlined ones, and the one that they were inlined into. */
  #endOfRun(frames: Int32Array, from: number, count: number): number {
    let end = from;
    while (end < count - 1 && this.#source.frame(frames[end]!).inlined === true) end++;
    return end + 1;
  }

  #locationOfFrames(frames: Int32Array, from: number, end: number): number {
    if (end === from + 1) {
      const index = this.#writeLocation(frames, from, end);
      // An inlined frame alone (its caller is missing) is no location to find again by this id.
      if (this.#source.frame(frames[from]!).inlined !== true)
        this.#locationOfFrame.set(frames[from]!, index);
      return index;
    }
    const key = frames.subarray(from, end).join(' ');
    const known = this.#locationOfRun.get(key);
    if (known !== undefined) return known;
    const index = this.#writeLocation(frames, from, end);
    this.#locationOfRun.set(key, index);
    return index;
  }

  #writeLocation(frames: Int32Array, from: number, end: number): number {
    const outer = this.#source.frame(frames[end - 1]!);
    const mapping = outer.mapping === undefined ? 0 : this.#mapping(outer.mapping);
    const writer = this.#locations;
    const index = this.#locationCount++;
    const mark = writer.open(LOCATION_TABLE);
    writer.uintField(1, mapping);
    writer.int64Field(2, outer.address ?? 0);
    for (let i = from; i < end; i++) this.#writeLine(this.#source.frame(frames[i]!));
    const packed = writer.open(4);
    writer.varint(this.attribute('profile.frame.type', outer.kind));
    writer.close(packed);
    writer.close(mark);
    return index;
  }

  #writeLine(frame: ProfileFrame): void {
    if (frame.functionName === undefined && frame.fileName === undefined && !frame.line) return;
    const fn = this.#function(frame);
    const mark = this.#locations.open(3);
    this.#locations.uintField(1, fn);
    this.#locations.uintField(2, frame.line ?? 0);
    this.#locations.uintField(3, frame.column ?? 0);
    this.#locations.close(mark);
  }

  #function(frame: ProfileFrame): number {
    const name = this.string(frame.functionName ?? '');
    const file = this.string(frame.fileName ?? '');
    const system = this.string(frame.systemName ?? '');
    const startLine = frame.functionStartLine ?? 0;
    const plain = name * FUNCTION_KEY_FACTOR + file;
    const key = system === 0 && startLine === 0 ? plain : `${plain} ${system} ${startLine}`;
    const known = this.#functionIndex.get(key);
    if (known !== undefined) return known;
    const index = this.#functionCount++;
    this.#functionIndex.set(key, index);
    const writer = this.#functions;
    const mark = writer.open(FUNCTION_TABLE);
    writer.uintField(1, name);
    writer.uintField(2, system);
    writer.uintField(3, file);
    writer.uintField(4, startLine);
    writer.close(mark);
    return index;
  }

  #mapping(mapping: CodeMapping): number {
    const known = this.#mappingOfObject.get(mapping);
    if (known !== undefined) return known;
    const key = contentKey(mapping);
    let index = this.#mappingOfContent.get(key);
    if (index === undefined) {
      index = this.#writeMapping(mapping);
      this.#mappingOfContent.set(key, index);
    }
    this.#mappingOfObject.set(mapping, index);
    return index;
  }

  #writeMapping(mapping: CodeMapping): number {
    const fileName = this.string(mapping.fileName);
    const attributes = this.#buildIds(mapping);
    const index = this.#mappingCount++;
    const writer = this.#mappings;
    const mark = writer.open(MAPPING_TABLE);
    writer.int64Field(1, mapping.memoryStart ?? 0);
    writer.int64Field(2, mapping.memoryLimit ?? 0);
    writer.int64Field(3, mapping.fileOffset ?? 0);
    writer.uintField(4, fileName);
    writePacked(writer, 5, attributes);
    writer.close(mark);
    return index;
  }

  #buildIds(mapping: CodeMapping): readonly number[] {
    const { buildIdGnu, buildIdGo, buildIdHtlhash } = mapping;
    if (!buildIdGnu && !buildIdGo && !buildIdHtlhash) return EMPTY_INDICES;
    const prefix = 'process.executable.build_id';
    const indices: number[] = [];
    if (buildIdGnu) indices.push(this.attribute(`${prefix}.gnu`, buildIdGnu));
    if (buildIdGo) indices.push(this.attribute(`${prefix}.go`, buildIdGo));
    if (buildIdHtlhash) indices.push(this.attribute(`${prefix}.htlhash`, buildIdHtlhash));
    return indices;
  }
}

/** A packed repeated field; nothing where it is empty. */
export function writePacked(writer: ProtoWriter, field: number, values: readonly number[]): void {
  if (values.length === 0) return;
  const mark = writer.open(field);
  for (const value of values) writer.varint(value);
  writer.close(mark);
}

function contentKey(m: CodeMapping): string {
  const range = `${m.memoryStart ?? 0} ${m.memoryLimit ?? 0} ${m.fileOffset ?? 0}`;
  return `${range} ${m.buildIdGnu} ${m.buildIdGo} ${m.buildIdHtlhash} ${m.fileName}`;
}
