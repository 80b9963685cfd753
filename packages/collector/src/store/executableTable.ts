// SPDX-License-Identifier: Apache-2.0
import type { ProfileMapping } from '@otelkit/profiles';
import { PendingTable } from './pendingTable.ts';
import { TABLES } from './schema.ts';

export interface Executable {
  readonly path: string;
  readonly buildId: string;
  readonly goBuildId: string;
  /** OpenTelemetry's hash of the file. */
  readonly fileId: string;
}

const NONE: Executable = { path: '', buildId: '', goBuildId: '', fileId: '' };

/** Files that code lies in; number 0 is none. */
export class ExecutableTable {
  readonly pending: PendingTable = new PendingTable(TABLES.executables);
  readonly #list: Executable[] = [NONE];
  readonly #at = new Map<string, number>([[keyOf(NONE), 0]]);

  get count(): number {
    return this.#list.length;
  }

  get(number: number): Executable {
    return this.#list[number] ?? NONE;
  }

  pathOf(number: number): string {
    return this.get(number).path;
  }

  of(mapping: ProfileMapping): number {
    const executable = {
      path: mapping.fileName,
      buildId: mapping.buildIdGnu,
      goBuildId: mapping.buildIdGo,
      fileId: mapping.buildIdHtlhash,
    };
    const known = this.#at.get(keyOf(executable));
    if (known !== undefined) return known;
    const number = this.count;
    this.load(number, executable);
    const { path, buildId, goBuildId, fileId } = executable;
    this.pending.push([number, path, buildId, goBuildId, fileId]);
    return number;
  }

  load(number: number, executable: Executable): void {
    while (this.count < number) this.#list.push(NONE);
    this.#list[number] = executable;
    this.#at.set(keyOf(executable), number);
  }
}

function keyOf({ path, buildId, goBuildId, fileId }: Executable): string {
  return `${path}\0${buildId}\0${goBuildId}\0${fileId}`;
}
