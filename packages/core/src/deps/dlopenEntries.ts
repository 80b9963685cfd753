// SPDX-License-Identifier: Apache-2.0
// `.note.dlopen` (UAPI group, "ELF dlopen() Metadata"): libraries that a file may load at run time.
import type { ElfFile } from '../elf/elfFile.ts';
import { dlopenNotes } from '../elf/noteContents.ts';
import { DEPS_LIMITS } from './depsLimits.ts';

export interface DlopenEntry {
  /** Alternatives, in the order tried. */
  readonly sonames: readonly string[];
  readonly feature?: string;
  readonly description?: string;
  /** `recommended` where the note does not say, as the specification has it. */
  readonly priority: 'required' | 'recommended' | 'suggested';
}

const PRIORITIES = ['required', 'recommended', 'suggested'] as const;

/** Entries with at least one name; what does not follow the specification is left out. */
export function readDlopenEntries(elf: ElfFile): readonly DlopenEntry[] {
  const entries: DlopenEntry[] = [];
  for (const value of dlopenNotes(elf)) {
    if (entries.length >= DEPS_LIMITS.dlopenNames) break;
    const entry = toEntry(value);
    if (entry !== undefined) entries.push(entry);
  }
  return entries;
}

function toEntry(value: unknown): DlopenEntry | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { soname, feature, description, priority } = value as Record<string, unknown>;
  const list = Array.isArray(soname) ? soname : [];
  const sonames = list.filter((name): name is string => typeof name === 'string' && name !== '');
  if (sonames.length === 0) return undefined;
  return {
    sonames: sonames.slice(0, DEPS_LIMITS.dlopenNames),
    ...(typeof feature === 'string' ? { feature } : {}),
    ...(typeof description === 'string' ? { description } : {}),
    priority: PRIORITIES.find((known) => known === priority) ?? 'recommended',
  };
}
