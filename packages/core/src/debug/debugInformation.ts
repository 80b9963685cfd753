// SPDX-License-Identifier: Apache-2.0
// What debug information there is, in full: versions, compression, split files, links.
import { decodeBytes } from '../bytes/surrogateEscape.ts';
import type { ElfFile } from '../elf/elfFile.ts';
import { type DebugFacts, debugFacts } from './debugFacts.ts';
import { isSkeleton, isSplitUnit, unitHeaders } from './dwarfUnits.ts';
import { type SectionCompression, sectionCompression } from './sectionData.ts';

const MOST_ALTLINK_BYTES = 8192;

/** .gnu_debugaltlink: what dwz moved out, shared by several files. */
export interface DebugAltLink {
  readonly name: string;
  /** GNU build ID of the file it names, lower-case hex. */
  readonly buildId: string;
}

export interface DebugInformation extends DebugFacts {
  /** DWARF versions of the units that were seen, ascending. */
  readonly dwarfVersions: readonly number[];
  /** Units in .debug_info; of a compressed section only the first is counted. */
  readonly dwarfUnits: number;
  readonly compression: SectionCompression | null;
  /** `skeleton`: the DIEs are in .dwo or .dwp files. `dwo` and `dwp`: this is such a file. */
  readonly split: 'skeleton' | 'dwo' | 'dwp' | null;
  readonly altlink: DebugAltLink | null;
}

/** Reads unit headers besides what {@link debugFacts} reads; no DIE, no line table. */
export function debugInformation(elf: ElfFile): DebugInformation {
  const facts = debugFacts(elf);
  const section =
    elf.section('.debug_info') ?? elf.section('.zdebug_info') ?? elf.section('.debug_info.dwo');
  const units = section === undefined ? [] : unitHeaders(elf, section);
  const versions = [...new Set(units.map((unit) => unit.version))].sort((a, b) => a - b);
  let split: DebugInformation['split'] = null;
  if (facts.debugForms.includes('dwp')) split = 'dwp';
  else if (facts.debugForms.includes('dwo') || units.some(isSplitUnit)) split = 'dwo';
  else if (facts.debugForms.includes('split-dwarf') || units.some(isSkeleton)) split = 'skeleton';
  return {
    ...facts,
    dwarfVersions: versions,
    dwarfUnits: units.length,
    compression: section === undefined ? null : sectionCompression(elf, section),
    split,
    altlink: readDebugAltLink(elf) ?? null,
  };
}

/** .gnu_debugaltlink of a file: a name, a zero byte, the build ID up to the section's end. */
export function readDebugAltLink(elf: ElfFile): DebugAltLink | undefined {
  const section = elf.section('.gnu_debugaltlink');
  if (section === undefined) return undefined;
  const wanted = Math.min(section.sizeBytes, MOST_ALTLINK_BYTES);
  const bytes = elf.source.read(section.fileOffset, wanted);
  const end = bytes.indexOf(0);
  if (end <= 0) {
    elf.diagnostics.add('bad-value', section.name, 'holds no file name', section.fileOffset);
    return undefined;
  }
  return {
    name: decodeBytes(bytes.subarray(0, end)),
    buildId: bytes.subarray(end + 1).toString('hex'),
  };
}
