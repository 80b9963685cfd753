// SPDX-License-Identifier: Apache-2.0
// Where debuggers look for separate debug information (GDB manual, "Separate Debug Files"), seen
// from a process that may have another root directory. A file found counts only if its build ID is
// the same: one answer among many cannot read a gigabyte for a checksum (debug/findDebugFile.ts).
import { buildIdPath, DEBUG_DIRECTORIES, isFileName, linkPaths } from '../debug/findDebugFile.ts';
import { InputError } from '../diagnostics/diagnostic.ts';
import { ElfFile } from '../elf/elfFile.ts';
import { gnuBuildId } from '../elf/noteContents.ts';
import { openVerified } from '../proc/verifiedOpen.ts';
import type { BinaryFacts } from './binaryFacts.ts';

/** Path of the debug file of a binary, in the target's view; undefined when none is installed. */
export function installedDebugFile(
  path: string,
  facts: BinaryFacts,
  resolve: (path: string) => string | undefined,
): string | undefined {
  for (const candidate of candidates(path, facts)) {
    const resolved = resolve(candidate);
    if (resolved !== undefined && isDebugFileOf(resolved, facts.gnuBuildId)) return candidate;
  }
  return undefined;
}

function candidates(path: string, facts: BinaryFacts): string[] {
  const id = facts.gnuBuildId;
  const byId =
    id === null || id.length <= 2
      ? []
      : DEBUG_DIRECTORIES.map((directory) => buildIdPath(directory, id));
  const name = facts.debug.debuglink?.name;
  if (name === undefined || !isFileName(name) || !path.startsWith('/')) return byId;
  return [...byId, ...linkPaths(name, path, DEBUG_DIRECTORIES)];
}

function isDebugFileOf(path: string, buildId: string | null): boolean {
  try {
    const source = openVerified(path, path);
    try {
      const elf = new ElfFile(source);
      if (elf.section('.debug_info') === undefined && elf.section('.symtab') === undefined) {
        return false;
      }
      return buildId === null || gnuBuildId(elf) === buildId;
    } finally {
      source.close();
    }
  } catch (error) {
    if (error instanceof InputError) return false;
    throw error;
  }
}
