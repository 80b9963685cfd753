// SPDX-License-Identifier: Apache-2.0
import { readDynamicStrings } from '../deps/dynamicStrings.ts';
import { readInterpreter } from '../deps/interpreter.ts';
import { NT_ANDROID_IDENT, PT } from '../elf/constants.ts';
import type { ElfFile } from '../elf/elfFile.ts';
import { elfKind } from '../elf/kind.ts';
import { readVersionNeeds, type VersionNeed } from '../elf/versions.ts';
import { detectLibc, type LibcFacts } from './detectLibc.ts';

/** The C library of an open file. Give `versionNeeds` if you have read them: damage is told once. */
export function libcOfFile(
  elf: ElfFile,
  versionNeeds: readonly VersionNeed[] = readVersionNeeds(elf),
): LibcFacts {
  return detectLibc({
    kind: elfKind(elf),
    interpreter: readInterpreter(elf) ?? null,
    needed: readDynamicStrings(elf).needed,
    versionNeeds,
    hasAndroidNote: elf.note('Android', NT_ANDROID_IDENT) !== undefined,
    isDamaged: isDynamicDamaged(elf),
  });
}

/** True where it was cut off, or the program headers were that would say where it stands. */
function isDynamicDamaged(elf: ElfFile): boolean {
  if (elf.dynamic !== undefined) return !elf.dynamic.isComplete;
  const seen = elf.programHeaders.length;
  return seen < elf.header.phnum && !elf.programHeaders.some(({ type }) => type === PT.DYNAMIC);
}
