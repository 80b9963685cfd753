// SPDX-License-Identifier: Apache-2.0
// All that is told once, in memory and on its way to the store.
import type { Profile, ProfileMapping } from '@otelkit/profiles';
import type { Connection, DuckDb } from './duckdb.ts';
import { ExecutableTable } from './executableTable.ts';
import { FRAME_KEY_WORDS } from './frameKey.ts';
import { FrameTable } from './frameTable.ts';
import { OriginTable } from './originTable.ts';
import { StackTable } from './stackTable.ts';

export type TableWrite = (duckdb: DuckDb, connection: Connection) => Promise<void>;

export class StoreTables {
  readonly executables: ExecutableTable = new ExecutableTable();
  readonly frames: FrameTable = new FrameTable(this.executables);
  readonly stacks: StackTable = new StackTable(this.frames);
  readonly origins: OriginTable = new OriginTable();

  /** Everything new; call the results, in this order, to write it. */
  take(): TableWrite[] {
    const { types, processes, threads, labels, links } = this.origins.pending;
    const tables = [
      types,
      processes,
      threads,
      labels,
      links,
      this.executables.pending,
      this.frames.pendingKinds,
      this.frames.pending,
      this.stacks.pending,
    ];
    return [...tables.map((table) => table.take()), this.stacks.take()];
  }

  /** Forgets stacks that are not listed and came before, and frames that no other stack has. */
  retain(
    lists: readonly Uint32Array[],
    before: { readonly stacks: number; readonly frames: number },
  ): { readonly stacks: Uint32Array; readonly frames: Uint32Array } {
    const isUsed = new Uint8Array(this.stacks.count).fill(1, before.stacks);
    for (const list of lists) for (let i = 0; i < list.length; i++) isUsed[list[i]!] = 1;
    const stacks = this.stacks.retain((stack) => isUsed[stack] === 1);
    const isInStack = new Uint8Array(this.frames.count).fill(1, before.frames);
    const { frames } = this.stacks;
    for (let i = 0; i < frames.length; i++) isInStack[frames[i]!] = 1;
    return { stacks, frames: this.frames.retain((frame) => isInStack[frame] === 1) };
  }

  /** Numbers of this store for those of a profile, each looked up once. */
  numbersOf(profile: Profile): ProfileNumbers {
    return new ProfileNumbers(this, profile);
  }
}

export class ProfileNumbers {
  readonly #tables: StoreTables;
  readonly #profile: Profile;
  readonly #frames: Int32Array;
  readonly #stacks: Int32Array;
  readonly #strings: Int32Array;
  /** Two words each, low one first. */
  readonly #addresses: Uint32Array;
  readonly #key = new Uint32Array(FRAME_KEY_WORDS);
  readonly #mappings = new Map<ProfileMapping, number>();
  /** Of the stack that is looked at. */
  #numbers = new Uint32Array(256);

  constructor(tables: StoreTables, profile: Profile) {
    this.#tables = tables;
    this.#profile = profile;
    this.#frames = new Int32Array(profile.frames.count).fill(-1);
    this.#strings = new Int32Array(profile.strings.length).fill(-1);
    const { address } = profile.frames;
    this.#addresses = new Uint32Array(address.buffer, address.byteOffset, 2 * address.length);
    this.#stacks = new Int32Array(profile.stacks.count).fill(-1);
  }

  stack(index: number): number {
    const known = this.#stacks[index]!;
    if (known >= 0) return known;
    const { offsets, frames } = this.#profile.stacks;
    const [from, end] = [offsets[index]!, offsets[index + 1]!];
    if (end - from > this.#numbers.length) this.#numbers = new Uint32Array(2 * (end - from));
    for (let at = from; at < end; at++) this.#numbers[at - from] = this.#frame(frames[at]!);
    const number = this.#tables.stacks.of(this.#numbers.subarray(0, end - from));
    this.#stacks[index] = number;
    return number;
  }

  #frame(index: number): number {
    const known = this.#frames[index]!;
    if (known >= 0) return known;
    const { frames, functions, mappings } = this.#profile;
    const fn = frames.function[index]!;
    const mapping = frames.mapping[index]!;
    const key = this.#key;
    key[0] = this.#string(frames.kind[index]!);
    key[1] = fn < 0 ? 0 : this.#string(functions.name[fn]!);
    key[2] = fn < 0 ? 0 : this.#string(functions.systemName[fn]!);
    key[3] = fn < 0 ? 0 : this.#string(functions.fileName[fn]!);
    key[4] = mapping < 0 ? 0 : this.#executable(mappings[mapping]!);
    key[5] = this.#addresses[2 * index]!;
    key[6] = this.#addresses[2 * index + 1]!;
    key[7] = frames.line[index]!;
    key[8] = fn < 0 ? 0 : functions.startLine[fn]!;
    key[9] = frames.column[index]!;
    key[10] = frames.isInlined[index]!;
    const number = this.#tables.frames.of(key);
    this.#frames[index] = number;
    return number;
  }

  #string(index: number): number {
    const known = this.#strings[index]!;
    if (known >= 0) return known;
    const number = this.#tables.frames.strings.of(this.#profile.strings[index]!);
    this.#strings[index] = number;
    return number;
  }

  #executable(mapping: ProfileMapping): number {
    let number = this.#mappings.get(mapping);
    if (number === undefined) {
      number = this.#tables.executables.of(mapping);
      this.#mappings.set(mapping, number);
    }
    return number;
  }
}
