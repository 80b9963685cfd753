// SPDX-License-Identifier: Apache-2.0
// Rules that do not fit a row: other registers, large offsets, a return address of its own place.
import { UNWIND_LIMITS } from '../limits.ts';
import { CFA, SIDE_RULE_BYTES } from './layout.ts';
import { NONE_HEAD } from './rowColumns.ts';

export interface SideRule {
  readonly cfaOffset: number;
  readonly fpOffset: number;
  readonly raOffset: number;
  /** Added to the word at the CFA's place, where `cfaDeref` is 1. */
  readonly cfaAdd: number;
  /** DWARF number. */
  readonly cfaRegister: number;
  readonly cfaDeref: number;
  readonly fpKind: number;
  readonly raKind: number;
  readonly raRegister: number;
}

/** The side rules of one table, each once. */
export class SideRules {
  readonly #numbers = new Map<string, number>();
  #bytes = Buffer.alloc(SIDE_RULE_BYTES * 16);
  /** Rules that found no place. */
  dropped = 0;

  get count(): number {
    return this.#numbers.size;
  }

  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.count * SIDE_RULE_BYTES);
  }

  /** Number of a rule, or -1 when the table is full. */
  numberOf(rule: SideRule): number {
    const packed = Buffer.alloc(SIDE_RULE_BYTES);
    packed.writeInt32LE(rule.cfaOffset | 0, 0);
    packed.writeInt32LE(rule.fpOffset | 0, 4);
    packed.writeInt32LE(rule.raOffset | 0, 8);
    packed.writeInt32LE(rule.cfaAdd | 0, 12);
    packed[16] = rule.cfaRegister;
    packed[17] = rule.cfaDeref;
    packed[18] = rule.fpKind;
    packed[19] = rule.raKind;
    packed[20] = rule.raRegister;
    const key = packed.toString('latin1');
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#numbers.size;
    if (number >= UNWIND_LIMITS.sideRules) {
      this.dropped++;
      return -1;
    }
    if ((number + 1) * SIDE_RULE_BYTES > this.#bytes.length) {
      this.#bytes = Buffer.concat([this.#bytes, Buffer.alloc(this.#bytes.length)]);
    }
    packed.copy(this.#bytes, number * SIDE_RULE_BYTES);
    this.#numbers.set(key, number);
    return number;
  }

  /** `head` of the row for side rule `number`, and NONE for -1. */
  static headOf(number: number): number {
    return number < 0 ? NONE_HEAD : CFA.SIDE;
  }
}
