// SPDX-License-Identifier: Apache-2.0
// The separate debug file, searched as GDB does ("Debugging Information in Separate Files"): by
// build ID first, then by .gnu_debuglink in three places, verified by its checksum.
import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { openFile } from '../bytes/fileSource.ts';
import { encodePath } from '../bytes/surrogateEscape.ts';
import { InputError } from '../diagnostics/diagnostic.ts';
import type { ElfFile } from '../elf/elfFile.ts';
import { openElf } from '../elf/elfFile.ts';
import { gnuBuildId } from '../elf/noteContents.ts';
import { LIMITS } from '../limits.ts';
import { type DebugLink, readDebugLink } from './debugLink.ts';

export interface DebugFileSearch {
  /** Absolute path of the file without symbolic links: `.debug` folders are relative to it. */
  readonly realPath: string;
  /** Directories like /usr/lib/debug, in order. */
  readonly debugDirectories?: readonly string[];
  /** Another root directory to look into, for files of a container. */
  readonly root?: string;
}

export type DebugFileOutcome =
  | 'found'
  | 'absent'
  | 'same-file'
  | 'build-id-differs'
  | 'crc-differs'
  | 'too-large'
  | 'unreadable';

export interface DebugFileAttempt {
  readonly path: string;
  readonly by: 'build-id' | 'debuglink';
  readonly outcome: DebugFileOutcome;
}

export interface DebugFileResult {
  readonly path: string | null;
  readonly by: 'build-id' | 'debuglink' | null;
  /** Every place that was looked at, in order, the successful one last. */
  readonly attempts: readonly DebugFileAttempt[];
}

export const DEBUG_DIRECTORIES: readonly string[] = ['/usr/lib/debug'];

/** Searches the debug file of `elf`. Never throws for what is not there. */
export function findDebugFile(elf: ElfFile, search: DebugFileSearch): DebugFileResult {
  const attempts: DebugFileAttempt[] = [];
  const root = search.root ?? '/';
  const directories = search.debugDirectories ?? DEBUG_DIRECTORIES;
  const buildId = gnuBuildId(elf);
  const tryOne = (path: string, by: 'build-id' | 'debuglink', link?: DebugLink): boolean => {
    const full = join(root, path);
    const outcome =
      by === 'build-id' ? checkBuildId(full, buildId ?? '') : checkLink(full, link!, search);
    attempts.push({ path: full, by, outcome });
    return outcome === 'found';
  };
  if (buildId !== null && buildId.length > 2) {
    for (const directory of directories) {
      const path = buildIdPath(directory, buildId);
      if (tryOne(path, 'build-id')) return { path: join(root, path), by: 'build-id', attempts };
    }
  }
  const link = linkOf(elf);
  for (const path of link === undefined ? [] : linkPaths(link.name, search.realPath, directories)) {
    if (tryOne(path, 'debuglink', link)) {
      return { path: join(root, path), by: 'debuglink', attempts };
    }
  }
  return { path: null, by: null, attempts };
}

/** `/usr/lib/debug/.build-id/ab/cdef….debug` */
export function buildIdPath(directory: string, buildId: string): string {
  return join(directory, '.build-id', buildId.slice(0, 2), `${buildId.slice(2)}.debug`);
}

function linkOf(elf: ElfFile): DebugLink | undefined {
  const section = elf.section('.gnu_debuglink');
  const link = section === undefined ? undefined : readDebugLink(elf, section);
  if (link === undefined) return undefined;
  if (!isFileName(link.name)) {
    elf.diagnostics.add('bad-value', '.gnu_debuglink', 'names a path, not a file; not followed');
    return undefined;
  }
  return link;
}

/** Where the file of this name is looked for, for a program at `realPath`, in order. */
export function linkPaths(
  name: string,
  realPath: string,
  directories: readonly string[],
): string[] {
  const own = dirname(realPath);
  return [
    join(own, name),
    join(own, '.debug', name),
    ...directories.map((directory) => join(directory, own, name)),
  ];
}

/** A link that holds a path could lead anywhere; it is not followed. */
export function isFileName(name: string): boolean {
  return name !== '' && !name.includes('/') && name !== '.' && name !== '..';
}

function checkBuildId(path: string, buildId: string): DebugFileOutcome {
  return outcomeOf(() => {
    const elf = openElf(path);
    try {
      return gnuBuildId(elf) === buildId ? 'found' : 'build-id-differs';
    } finally {
      elf.source.close();
    }
  });
}

function checkLink(path: string, link: DebugLink, search: DebugFileSearch): DebugFileOutcome {
  return outcomeOf(() => {
    if (isSameFile(path, join(search.root ?? '/', search.realPath))) return 'same-file';
    const crc = fileCrc32(path);
    if (crc === undefined) return 'too-large';
    return crc === link.crc ? 'found' : 'crc-differs';
  });
}

function isSameFile(a: string, b: string): boolean {
  const statsA = statSync(encodePath(a), { throwIfNoEntry: false });
  const statsB = statSync(encodePath(b), { throwIfNoEntry: false });
  if (statsA === undefined || statsB === undefined) return false;
  return statsA.dev === statsB.dev && statsA.ino === statsB.ino;
}

/**
 * CRC-32 of a file as .gnu_debuglink holds it, read in pieces; undefined for one larger than
 * LIMITS.debugFileBytes.
 * @throws InputError when it cannot be read.
 */
export function fileCrc32(path: string): number | undefined {
  const source = openFile(path);
  try {
    if (source.sizeBytes > LIMITS.debugFileBytes) return undefined;
    let crc = 0;
    for (let at = 0; at < source.sizeBytes; at += LIMITS.bulkReadBytes) {
      crc = crc32(source.read(at, LIMITS.bulkReadBytes), crc);
    }
    return crc;
  } finally {
    source.close();
  }
}

function outcomeOf(check: () => DebugFileOutcome): DebugFileOutcome {
  try {
    return check();
  } catch (error) {
    const errno = (error as { errno?: unknown }).errno;
    if (errno === 'ENOENT' || errno === 'ENOTDIR') return 'absent';
    if (error instanceof InputError || typeof (error as { code?: unknown }).code === 'string') {
      return 'unreadable';
    }
    throw error;
  }
}
