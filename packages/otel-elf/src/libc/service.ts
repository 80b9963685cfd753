// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  detectLibc,
  type ElfFile,
  elfKind,
  encodePath,
  type LibcFacts,
  NT_ANDROID_IDENT,
  readDynamicStrings,
  readInterpreter,
  readVersionNeeds,
} from '@otelkit/core';

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
  const facts = detectLibc({
    kind: elfKind(elf),
    interpreter: interpreterPath,
    needed: readDynamicStrings(elf).needed,
    versionNeeds,
    hasAndroidNote: elf.note('Android', NT_ANDROID_IDENT) !== undefined,
  });
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
    highestSymbols: options.withSymbols && highest !== null ? [] : null,
  };
}

function isThere(interpreter: string, root: string | undefined): boolean {
  return existsSync(encodePath(root === undefined ? interpreter : join(root, interpreter)));
}
