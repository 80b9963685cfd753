// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  type ElfFile,
  encodePath,
  type LibcFacts,
  libcOfFile,
  readInterpreter,
  readVersionDefinitions,
  readVersionNeeds,
} from '@otelkit/core';
import { symbolRows } from '../symbols/rows.ts';
import { symbolSources } from '../symbols/sources.ts';

/** Nobody reads more; a file can hold millions. */
const SYMBOLS_LISTED = 10_000;

/** What `libc` says of one file. */
export interface LibcResult extends LibcFacts {
  readonly path: string;
  readonly interpreterPath: string | null;
  /** Whether the interpreter is there, below the root that was asked for; null without one. */
  readonly interpreterFound: boolean | null;
  /** Every library whose versions are needed, with these versions in table order. */
  readonly versionNeeds: readonly { readonly library: string; readonly versions: string[] }[];
  /** Symbols that ask for the highest glibc version, when asked for. */
  readonly highestSymbols: readonly string[] | null;
}

export interface LibcOptions {
  readonly root: string | undefined;
  readonly withSymbols: boolean;
}

/** The libc of an open file, with all evidence. */
export function libcOf(elf: ElfFile, options: LibcOptions): LibcResult {
  const versionNeeds = readVersionNeeds(elf);
  const interpreterPath = readInterpreter(elf) ?? null;
  const facts = libcOfFile(elf, versionNeeds);
  const byLibrary = new Map<string, string[]>();
  for (const { library, version } of versionNeeds) {
    const versions = byLibrary.get(library);
    if (versions === undefined) byLibrary.set(library, [version]);
    else versions.push(version);
  }
  const highest = facts.maxGlibcVersion;
  return {
    path: elf.source.path,
    ...facts,
    interpreterPath,
    interpreterFound: interpreterPath === null ? null : isThere(interpreterPath, options.root),
    versionNeeds: [...byLibrary].map(([library, versions]) => ({ library, versions })),
    highestSymbols:
      options.withSymbols && highest !== null ? symbolsOf(elf, `GLIBC_${highest}`) : null,
  };
}

/** Names of the dynamic symbols that are asked for in this version, in table order. */
function symbolsOf(elf: ElfFile, version: string): string[] {
  // A program holds copies of variables (`stdout`) that bear the version of the library; what a
  // library with versions of its own defines, it asks nobody for.
  const definesVersions = readVersionDefinitions(elf).length > 0;
  const names: string[] = [];
  for (const source of symbolSources(elf, true)) {
    for (const row of symbolRows(source, { only: undefined, matches: undefined })) {
      if (row.version !== version || row.name === null) continue;
      if (definesVersions && row.section !== 'UND') continue;
      if (names.length >= SYMBOLS_LISTED) return names;
      names.push(row.name);
    }
  }
  return names;
}

function isThere(interpreter: string, root: string | undefined): boolean {
  return existsSync(encodePath(root === undefined ? interpreter : join(root, interpreter)));
}
