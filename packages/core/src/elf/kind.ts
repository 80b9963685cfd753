// SPDX-License-Identifier: Apache-2.0
import { DF_1, DT, ET, PT } from './constants.ts';
import type { ElfFile } from './elfFile.ts';

/** What a file is to a person, beyond e_type. */
export type ElfKind = 'exec' | 'pie' | 'static-pie' | 'shared' | 'relocatable' | 'core' | 'other';

/**
 * The derived kind; null for a separate debug file, whose program headers describe another file,
 * and where the program headers that would tell cannot be read.
 * An ET_DYN is an executable when it says so (DF_1_PIE), or has an interpreter and no SONAME:
 * an interpreter alone proves nothing (glibc's libc.so.6 has one).
 */
export function elfKind(elf: ElfFile): ElfKind | null {
  if (elf.isDebugOnly) return null;
  switch (elf.header.elfType) {
    case ET.REL:
      return 'relocatable';
    case ET.CORE:
      return 'core';
    case ET.EXEC:
      return 'exec';
    case ET.DYN:
      return dynamicKind(elf);
    default:
      return 'other';
  }
}

function dynamicKind(elf: ElfFile): ElfKind | null {
  // A PT_INTERP without bytes names no interpreter; the kernel refuses such a file.
  const hasInterpreter = elf.programHeaders.some(
    (segment) => segment.type === PT.INTERP && segment.fileSizeBytes > 0,
  );
  if (!hasInterpreter && elf.programHeaders.length < elf.header.phnum) return null;
  const dynamic = elf.dynamic;
  const saysPie = ((dynamic?.flags(DT.FLAGS_1) ?? 0) & DF_1.PIE) !== 0;
  if (saysPie) return hasInterpreter ? 'pie' : 'static-pie';
  return hasInterpreter && dynamic?.has(DT.SONAME) !== true ? 'pie' : 'shared';
}

/** True for kinds that are loaded and run, to which hardening and libc apply. */
export function isLoadable(kind: ElfKind | null): boolean {
  return kind === 'exec' || kind === 'pie' || kind === 'static-pie' || kind === 'shared';
}
