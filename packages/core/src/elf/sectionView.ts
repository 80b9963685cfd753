// SPDX-License-Identifier: Apache-2.0
import type { SectionHeader } from './types.ts';

/** A run of section headers as it stands in the file. */
export interface SectionRun {
  readonly view: DataView;
  /** Index of its first section. */
  readonly first: number;
  readonly entryBytes: number;
  readonly is64: boolean;
  readonly isLittle: boolean;
}

const TWO_32 = 4_294_967_296;

/**
 * A section header that stays bytes until a field is asked for: of most sections only name and
 * type are, and with 10^5 sections objects of twelve fields would take several times the memory of
 * the table itself.
 */
export class SectionView implements SectionHeader {
  readonly run: SectionRun;
  readonly index: number;
  readonly type: number;
  name: string;

  constructor(run: SectionRun, index: number, type: number, name: string) {
    this.run = run;
    this.index = index;
    this.type = type;
    this.name = name;
  }

  get nameIndex(): number {
    return this.#word(0, 0);
  }
  get flags(): number {
    return this.#wide(8, 8);
  }
  get addr(): bigint {
    const { view, is64, isLittle } = this.run;
    const at = this.#at();
    return is64 ? view.getBigUint64(at + 16, isLittle) : BigInt(view.getUint32(at + 12, isLittle));
  }
  get fileOffset(): number {
    return this.#wide(16, 24);
  }
  get sizeBytes(): number {
    return this.#wide(20, 32);
  }
  get link(): number {
    return this.#word(24, 40);
  }
  get info(): number {
    return this.#word(28, 44);
  }
  get align(): number {
    return this.#wide(32, 48);
  }
  get entrySizeBytes(): number {
    return this.#wide(36, 56);
  }

  #at(): number {
    return (this.index - this.run.first) * this.run.entryBytes;
  }

  /** A field of 4 bytes at these offsets of the 32-bit and the 64-bit structure. */
  #word(at32: number, at64: number): number {
    const { view, is64, isLittle } = this.run;
    return view.getUint32(this.#at() + (is64 ? at64 : at32), isLittle);
  }

  /** A field of 4 bytes in the 32-bit and of 8 bytes in the 64-bit structure. */
  #wide(at32: number, at64: number): number {
    const { view, is64, isLittle } = this.run;
    if (!is64) return view.getUint32(this.#at() + at32, isLittle);
    return wideNumber(view, this.#at() + at64, isLittle);
  }
}

/** A u64 as a double: exact up to 2^53; larger values stay larger than any file offset. */
export function wideNumber(view: DataView, at: number, isLittle: boolean): number {
  const first = view.getUint32(at, isLittle);
  const second = view.getUint32(at + 4, isLittle);
  if (isLittle) return second === 0 ? first : second * TWO_32 + first;
  return first === 0 ? second : first * TWO_32 + second;
}
