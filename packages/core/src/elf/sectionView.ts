// SPDX-License-Identifier: Apache-2.0
import type { Endian } from '../bytes/endian.ts';
import type { SectionHeader } from './types.ts';

/** A run of section headers as it stands in the file. */
export interface SectionRun {
  readonly bytes: Buffer;
  /** Index of its first section. */
  readonly first: number;
  readonly entryBytes: number;
  readonly is64: boolean;
  readonly endian: Endian;
}

/**
 * A section header that stays bytes until a field is asked for: of most sections only name and
 * type are, and with 10^5 sections objects of twelve fields would take several times the memory of
 * the table itself.
 */
export class SectionView implements SectionHeader {
  readonly index: number;
  name = '';
  readonly type: number;
  readonly run: SectionRun;

  constructor(run: SectionRun, index: number) {
    this.run = run;
    this.index = index;
    this.type = run.endian.u32(run.bytes, (index - run.first) * run.entryBytes + 4);
  }

  get nameIndex(): number {
    return this.#word(0, 0);
  }
  get flags(): number {
    return this.#wide(8, 8);
  }
  get addr(): bigint {
    const { run } = this;
    const at = this.#at();
    return run.is64
      ? run.endian.u64(run.bytes, at + 16)
      : BigInt(run.endian.u32(run.bytes, at + 12));
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
    const { run } = this;
    return run.endian.u32(run.bytes, this.#at() + (run.is64 ? at64 : at32));
  }

  /** A field of 4 bytes in the 32-bit and of 8 bytes in the 64-bit structure. */
  #wide(at32: number, at64: number): number {
    const { run } = this;
    if (!run.is64) return run.endian.u32(run.bytes, this.#at() + at32);
    return run.endian.u64AsNumber(run.bytes, this.#at() + at64);
  }
}
