// SPDX-License-Identifier: Apache-2.0
import { PF, SHT } from '../../elf/constants.ts';
import type { ElfFile } from '../../elf/elfFile.ts';
import type { ProgramHeader } from '../../elf/types.ts';
import { goBySectionNames } from '../sectionNames.ts';
import { findWord } from '../wordScan.ts';
import { type PclntabHeader, readPclntabHeader } from './header.ts';
import { LAYOUTS } from './layout.ts';

export type PclntabEvidence = '.gopclntab' | '.data.rel.ro.gopclntab' | 'signature';

export interface LocatedPclntab {
  readonly header: PclntabHeader;
  readonly evidence: PclntabEvidence;
}

const SECTIONS = ['.gopclntab', '.data.rel.ro.gopclntab'] as const;

/**
 * Finds the pclntab by its section, else by its header's signature in any segment: C linkers fold
 * the section into .data.rel.ro, and stripping takes the section headers. Every find is validated.
 */
export function locatePclntab(elf: ElfFile): LocatedPclntab | undefined {
  // The segments of a separate debug file describe bytes that it does not hold.
  if (elf.isDebugOnly) return undefined;
  for (const name of SECTIONS) {
    const section = elf.section(name);
    if (section === undefined || section.type === SHT.NOBITS) continue;
    const range = elf.vaddrToFileRange(section.addr);
    const fileOffset = range?.fileOffset ?? section.fileOffset;
    const header = readPclntabHeader(elf, section.addr, fileOffset, section.sizeBytes);
    if (header !== undefined) return { header, evidence: name };
    elf.diagnostics.add(
      'bad-value',
      name,
      'holds no function table of a known layout; the rest of the file is searched for one',
      fileOffset,
    );
  }
  return bySignature(elf);
}

function bySignature(elf: ElfFile): LocatedPclntab | undefined {
  if (goBySectionNames(elf) === 'other') return undefined;
  let found: PclntabHeader | undefined;
  const magics = LAYOUTS.map((layout) => layout.magic);
  // The linker aligns the table to 32; 4 is what any linker must keep for its 32-bit numbers.
  const alignment = { stepBytes: 4, phaseBytes: 0 } as const;
  findWord(elf, dataFirst(elf.loads), magics, alignment, (vaddr, fileOffset, segmentEnd) => {
    found = readPclntabHeader(elf, vaddr, fileOffset, segmentEnd - fileOffset);
    return found !== undefined;
  });
  return found === undefined ? undefined : { header: found, evidence: 'signature' };
}

/** The same segments, those with code last: they are large, and linkers put no tables there. */
export function dataFirst(loads: readonly ProgramHeader[]): ProgramHeader[] {
  const isCode = (segment: ProgramHeader): boolean => (segment.flags & PF.X) !== 0;
  return [...loads.filter((s) => !isCode(s)), ...loads.filter(isCode)];
}
