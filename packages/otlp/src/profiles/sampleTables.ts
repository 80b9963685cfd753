// SPDX-License-Identifier: Apache-2.0
// Samples of all profiles of a request (opentelemetry-proto, profiles/v1development: Sample) as
// columns. Fields of other wire types than theirs are stepped over, as `decodeMessage` does.
import { doubles, ints, uints } from '../columns/growingColumn.ts';
import type { ProtoReader } from '../wire/protoReader.ts';
import { WIRE_BYTES, WIRE_FIXED64, WIRE_VARINT } from '../wire/protoWriter.ts';
import type { FieldBudget } from './fieldBudget.ts';

const TWO_32 = 4_294_967_296;

/** Profile p, in the order of the request, has the samples profileOffsets[p] … [p + 1]. */
export interface OtlpSampleColumns {
  readonly count: number;
  readonly profileOffsets: Uint32Array;
  readonly stack: Int32Array;
  readonly link: Int32Array;
  /** Of sample i: from attributeOffsets[i] to attributeOffsets[i + 1]; the others are alike. */
  readonly attributeOffsets: Uint32Array;
  readonly attributes: Int32Array;
  readonly valueOffsets: Uint32Array;
  /** Whole numbers; beyond 2^53 the nearest double. */
  readonly values: Float64Array;
  readonly timeOffsets: Uint32Array;
  /** Nanoseconds since 1970, two words each, low one first. */
  readonly times: Uint32Array;
}

export class SampleTablesReader {
  readonly #budget: FieldBudget;
  readonly #words = new Uint32Array(2);
  readonly #profileOffsets = uints();
  readonly #stack = ints();
  readonly #link = ints();
  readonly #attributeOffsets = uints();
  readonly #attributes = ints();
  readonly #valueOffsets = uints();
  readonly #values = doubles();
  readonly #timeOffsets = uints();
  readonly #times = uints();

  constructor(budget: FieldBudget) {
    this.#budget = budget;
  }

  /** Reads the ResourceProfiles that `reader` stands at. @throws ProtoError */
  resource(reader: ProtoReader): void {
    // ResourceProfiles.scope_profiles and ScopeProfiles.profiles are both field 2.
    eachMessage(reader, 2, () => eachMessage(reader, 2, () => this.#profile(reader)));
  }

  finish(): OtlpSampleColumns {
    this.#profileOffsets.push(this.#stack.length);
    this.#attributeOffsets.push(this.#attributes.length);
    this.#valueOffsets.push(this.#values.length);
    this.#timeOffsets.push(this.#times.length / 2);
    return {
      count: this.#stack.length,
      profileOffsets: this.#profileOffsets.view(),
      stack: this.#stack.view(),
      link: this.#link.view(),
      attributeOffsets: this.#attributeOffsets.view(),
      attributes: this.#attributes.view(),
      valueOffsets: this.#valueOffsets.view(),
      values: this.#values.view(),
      timeOffsets: this.#timeOffsets.view(),
      times: this.#times.view(),
    };
  }

  #profile(reader: ProtoReader): void {
    this.#profileOffsets.push(this.#stack.length);
    eachMessage(reader, 2, () => this.#sample(reader));
  }

  #sample(reader: ProtoReader): void {
    let [stack, link] = [0, 0];
    this.#budget.spend(1, reader);
    this.#attributeOffsets.push(this.#attributes.length);
    this.#valueOffsets.push(this.#values.length);
    this.#timeOffsets.push(this.#times.length / 2);
    const outer = reader.enter();
    while (reader.next()) {
      const { field, wireType } = reader;
      this.#budget.spend(1, reader);
      if (field === 1 && wireType === WIRE_VARINT) stack = reader.int32();
      else if (field === 2) this.#numbers(reader, false);
      else if (field === 3 && wireType === WIRE_VARINT) link = reader.int32();
      else if (field === 4) this.#numbers(reader, true);
      else if (field === 5) this.#timestamps(reader);
      else reader.skip();
    }
    reader.leave(outer);
    this.#stack.push(stack);
    this.#link.push(link);
  }

  /** Repeated varints: packed in one piece, as everybody writes them, or one at a time. */
  #numbers(reader: ProtoReader, isValue: boolean): void {
    if (reader.wireType === WIRE_VARINT) this.#number(reader, isValue);
    else if (reader.wireType !== WIRE_BYTES) reader.skip();
    else {
      const outer = reader.enter();
      while (reader.position < reader.end) {
        this.#budget.spend(1, reader);
        this.#number(reader, isValue);
      }
      reader.leave(outer);
    }
  }

  #number(reader: ProtoReader, isValue: boolean): void {
    if (isValue) this.#values.push(this.#int64(reader));
    else this.#attributes.push(reader.int32());
  }

  #int64(reader: ProtoReader): number {
    reader.uint64Words(this.#words, 0);
    return (this.#words[1]! | 0) * TWO_32 + this.#words[0]!;
  }

  #timestamps(reader: ProtoReader): void {
    if (reader.wireType === WIRE_FIXED64) this.#time(reader);
    else if (reader.wireType !== WIRE_BYTES) reader.skip();
    else {
      const outer = reader.enter();
      while (reader.position < reader.end) {
        this.#budget.spend(1, reader);
        this.#time(reader);
      }
      reader.leave(outer);
    }
  }

  #time(reader: ProtoReader): void {
    this.#times.push(reader.fixed32());
    this.#times.push(reader.fixed32());
  }
}

/** Calls for each message with this field number within the one that `reader` stands at. */
function eachMessage(reader: ProtoReader, field: number, use: () => void): void {
  const outer = reader.enter();
  while (reader.next()) {
    if (reader.field !== field || reader.wireType !== WIRE_BYTES) reader.skip();
    else use();
  }
  reader.leave(outer);
}
