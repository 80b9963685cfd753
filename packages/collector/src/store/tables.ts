// SPDX-License-Identifier: Apache-2.0
// All that is told once, in memory and on its way to the store.
import type { Profile, ProfileMapping } from '@otelkit/profiles';
import type { Connection, DuckDb } from './duckdb.ts';
import { ExecutableTable } from './executableTable.ts';
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
  readonly #mappings = new Map<ProfileMapping, number>();

  constructor(tables: StoreTables, profile: Profile) {
    this.#tables = tables;
    this.#profile = profile;
    this.#frames = new Int32Array(profile.frames.count).fill(-1);
    this.#stacks = new Int32Array(profile.stacks.count).fill(-1);
  }

  stack(index: number): number {
    const known = this.#stacks[index]!;
    if (known >= 0) return known;
    const { offsets, frames } = this.#profile.stacks;
    const numbers = frames
      .slice(offsets[index], offsets[index + 1])
      .map((frame) => this.#frame(frame));
    const number = this.#tables.stacks.of(numbers);
    this.#stacks[index] = number;
    return number;
  }

  #frame(index: number): number {
    const known = this.#frames[index]!;
    if (known >= 0) return known;
    const { frames, functions, strings, mappings } = this.#profile;
    const fn = frames.function[index]!;
    const mapping = frames.mapping[index]!;
    const text = (column: Uint32Array): string => (fn < 0 ? '' : strings[column[fn]!]!);
    const number = this.#tables.frames.of({
      kind: strings[frames.kind[index]!]!,
      functionName: text(functions.name),
      systemName: text(functions.systemName),
      file: text(functions.fileName),
      line: frames.line[index]!,
      startLine: fn < 0 ? 0 : functions.startLine[fn]!,
      column: frames.column[index]!,
      executable: mapping < 0 ? 0 : this.#executable(mappings[mapping]!),
      address: frames.address[index]!,
      isInlined: frames.isInlined[index] === 1,
    });
    this.#frames[index] = number;
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
