// SPDX-License-Identifier: Apache-2.0
// Strings, functions, locations and stacks of a ProfilesDictionary (opentelemetry-proto,
// profiles/v1development) as columns. Fields of other wire types than theirs are stepped over, as
// `decodeMessage` does.
import { ints, uints } from '../columns/growingColumn.ts';
import type { ProtoReader } from '../wire/protoReader.ts';
import { WIRE_BYTES, WIRE_VARINT } from '../wire/protoWriter.ts';
import type { FieldBudget } from './fieldBudget.ts';
import type { OtlpStringTable } from './stringTable.ts';

/** Numbers of strings; lines that 32 bits do not hold are 0. */
export interface OtlpFunctionColumns {
  readonly count: number;
  readonly name: Int32Array;
  readonly systemName: Int32Array;
  readonly fileName: Int32Array;
  readonly startLine: Uint32Array;
}

export interface OtlpLocationColumns {
  readonly count: number;
  readonly mapping: Int32Array;
  readonly address: BigUint64Array;
  /** Lines of location i: from lineOffsets[i] to lineOffsets[i + 1]. Innermost first. */
  readonly lineOffsets: Uint32Array;
  readonly lineFunction: Int32Array;
  readonly line: Uint32Array;
  readonly column: Uint32Array;
  /** Of location i: from attributeOffsets[i] to attributeOffsets[i + 1]. */
  readonly attributeOffsets: Uint32Array;
  readonly attributes: Int32Array;
}

/** Locations of stack i: from offsets[i] to offsets[i + 1], innermost first. */
export interface OtlpStackColumns {
  readonly count: number;
  readonly offsets: Uint32Array;
  readonly locations: Int32Array;
}

export interface OtlpStackTables {
  readonly functions: OtlpFunctionColumns;
  readonly locations: OtlpLocationColumns;
  readonly stacks: OtlpStackColumns;
}

const LOCATION_TABLE = 2;
const FUNCTION_TABLE = 3;
const STRING_TABLE = 5;
const STACK_TABLE = 7;
const LARGE_TABLES = new Set([LOCATION_TABLE, FUNCTION_TABLE, STRING_TABLE, STACK_TABLE]);

export class StackTablesReader {
  readonly #budget: FieldBudget;
  readonly #strings: OtlpStringTable;
  readonly #functions = { name: ints(), systemName: ints(), fileName: ints(), startLine: uints() };
  readonly #mapping = ints();
  /** Two words each, low one first. */
  readonly #address = uints();
  readonly #words = new Uint32Array(2);
  readonly #lineOffsets = uints();
  readonly #lines = { fn: ints(), line: uints(), column: uints() };
  readonly #attributeOffsets = uints();
  readonly #attributes = ints();
  readonly #stackOffsets = uints();
  readonly #stackLocations = ints();

  /** @param strings what the dictionary's strings are added to */
  constructor(budget: FieldBudget, strings: OtlpStringTable) {
    this.#budget = budget;
    this.#strings = strings;
  }

  /** Reads the field that `reader` stands at, adding to what it had. @throws ProtoError */
  dictionary(reader: ProtoReader): void {
    const outer = reader.enter();
    while (reader.next()) {
      const { field } = reader;
      if (!LARGE_TABLES.has(field) || reader.wireType !== WIRE_BYTES) {
        reader.skip();
        continue;
      }
      this.#spend(reader);
      const table = reader.enter();
      if (field === LOCATION_TABLE) this.#location(reader);
      else if (field === FUNCTION_TABLE) this.#function(reader);
      else if (field === STACK_TABLE) this.#stack(reader);
      else this.#strings.add(reader.position, reader.end);
      reader.leave(table);
    }
    reader.leave(outer);
  }

  finish(): OtlpStackTables {
    const { name, systemName, fileName, startLine } = this.#functions;
    this.#lineOffsets.push(this.#lines.fn.length);
    this.#attributeOffsets.push(this.#attributes.length);
    this.#stackOffsets.push(this.#stackLocations.length);
    const words = this.#address.view();
    return {
      functions: {
        count: name.length,
        name: name.view(),
        systemName: systemName.view(),
        fileName: fileName.view(),
        startLine: startLine.view(),
      },
      locations: {
        count: this.#mapping.length,
        mapping: this.#mapping.view(),
        address: new BigUint64Array(words.buffer, words.byteOffset, words.length / 2),
        lineOffsets: this.#lineOffsets.view(),
        lineFunction: this.#lines.fn.view(),
        line: this.#lines.line.view(),
        column: this.#lines.column.view(),
        attributeOffsets: this.#attributeOffsets.view(),
        attributes: this.#attributes.view(),
      },
      stacks: {
        count: this.#stackOffsets.length - 1,
        offsets: this.#stackOffsets.view(),
        locations: this.#stackLocations.view(),
      },
    };
  }

  #function(reader: ProtoReader): void {
    let [name, systemName, fileName, startLine] = [0, 0, 0, 0];
    while (reader.next()) {
      this.#spend(reader);
      if (reader.wireType !== WIRE_VARINT) reader.skip();
      else if (reader.field === 1) name = reader.int32();
      else if (reader.field === 2) systemName = reader.int32();
      else if (reader.field === 3) fileName = reader.int32();
      else if (reader.field === 4) startLine = lineNumber(reader);
      else reader.skip();
    }
    this.#functions.name.push(name);
    this.#functions.systemName.push(systemName);
    this.#functions.fileName.push(fileName);
    this.#functions.startLine.push(startLine);
  }

  #location(reader: ProtoReader): void {
    let mapping = 0;
    const words = this.#words.fill(0);
    this.#lineOffsets.push(this.#lines.fn.length);
    this.#attributeOffsets.push(this.#attributes.length);
    while (reader.next()) {
      const { field, wireType } = reader;
      this.#spend(reader);
      if (field === 1 && wireType === WIRE_VARINT) mapping = reader.int32();
      else if (field === 2 && wireType === WIRE_VARINT) reader.uint64Words(words, 0);
      else if (field === 3 && wireType === WIRE_BYTES) this.#line(reader);
      else if (field === 4) this.#numbers(reader, this.#attributes);
      else reader.skip();
    }
    this.#mapping.push(mapping);
    this.#address.push(words[0]!);
    this.#address.push(words[1]!);
  }

  #line(reader: ProtoReader): void {
    let [fn, line, column] = [0, 0, 0];
    const outer = reader.enter();
    while (reader.next()) {
      this.#spend(reader);
      if (reader.wireType !== WIRE_VARINT) reader.skip();
      else if (reader.field === 1) fn = reader.int32();
      else if (reader.field === 2) line = lineNumber(reader);
      else if (reader.field === 3) column = lineNumber(reader);
      else reader.skip();
    }
    reader.leave(outer);
    this.#lines.fn.push(fn);
    this.#lines.line.push(line);
    this.#lines.column.push(column);
  }

  #stack(reader: ProtoReader): void {
    this.#stackOffsets.push(this.#stackLocations.length);
    while (reader.next()) {
      this.#spend(reader);
      if (reader.field === 1) this.#numbers(reader, this.#stackLocations);
      else reader.skip();
    }
  }

  /** A repeated int32: packed in one piece, as everybody writes it, or one at a time. */
  #numbers(reader: ProtoReader, into: { push(value: number): void }): void {
    if (reader.wireType === WIRE_VARINT) {
      into.push(reader.int32());
      return;
    }
    if (reader.wireType !== WIRE_BYTES) {
      reader.skip();
      return;
    }
    const outer = reader.enter();
    while (reader.position < reader.end) {
      this.#spend(reader);
      into.push(reader.int32());
    }
    reader.leave(outer);
  }

  #spend(reader: ProtoReader): void {
    this.#budget.spend(1, reader);
  }
}

/** Line numbers of any sign and size come; 32 bits are kept. */
function lineNumber(reader: ProtoReader): number {
  const value = reader.number();
  return value > 0xffff_ffff ? 0 : value;
}
