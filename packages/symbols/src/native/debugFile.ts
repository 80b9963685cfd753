// SPDX-License-Identifier: Apache-2.0
// The separate debug file of a program (GDB manual, "Separate Debug Files"), looked for in the root
// directory that its process sees. Links are followed inside that root, and only regular files are
// opened: the folders belong to whoever made the container.

import { crc32 } from 'node:zlib';
import {
  buildIdPath,
  DEBUG_DIRECTORIES,
  ElfFile,
  gnuBuildId,
  InputError,
  isFileName,
  LIMITS,
  linkPaths,
  openVerified,
  readDebugLink,
  resolveInRoot,
} from '@otelkit/core';
import { SYMBOL_LIMITS } from '../limits.ts';

export interface DebugFilePlace {
  /** Path of the program as its process sees it; '' where it has none (deleted, memfd). */
  readonly path: string;
  /** Root directory of that process, '' for our own. */
  readonly root: string;
  /** Directories like /usr/lib/debug, in order. */
  readonly debugDirectories?: readonly string[];
}

const hasSymtab = (found: ElfFile): boolean => found.section('.symtab') !== undefined;

/**
 * Opens the debug file that has a .symtab; undefined when there is none. By build ID our own root is
 * searched as well: the process may have ended, and its root with it, and the debug files of what
 * runs in a container are often installed on its host.
 * @param isUseful what it must have instead of a .symtab
 */
export function openDebugFile(
  elf: ElfFile,
  place: DebugFilePlace,
  isUseful: (found: ElfFile) => boolean = hasSymtab,
): ElfFile | undefined {
  const directories = place.debugDirectories ?? DEBUG_DIRECTORIES;
  const buildId = gnuBuildId(elf);
  if (buildId !== null && buildId.length > 2) {
    const accepts = (found: ElfFile): boolean => isUseful(found) && gnuBuildId(found) === buildId;
    for (const root of new Set([place.root, ''])) {
      for (const directory of directories) {
        const found = tryOpen(root, buildIdPath(directory, buildId), accepts);
        if (found !== undefined) return found;
      }
    }
  }
  const section = elf.section('.gnu_debuglink');
  const link = section === undefined ? undefined : readDebugLink(elf, section);
  if (link === undefined || !isFileName(link.name) || !place.path.startsWith('/')) return undefined;
  const accepts = (found: ElfFile): boolean => {
    if (!isUseful(found)) return false;
    // A build ID says more than a checksum, and costs no reading of the whole file.
    if (buildId !== null) return gnuBuildId(found) === buildId;
    return link.crc !== null && crcOf(found) === link.crc;
  };
  for (const path of linkPaths(link.name, place.path, directories)) {
    const found = tryOpen(place.root, path, accepts);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * The file at a path of that root if it is accepted; the caller closes it.
 */
export function tryOpen(
  root: string,
  path: string,
  accepts: (found: ElfFile) => boolean,
): ElfFile | undefined {
  const resolved = resolveInRoot(root, path);
  if (resolved === undefined) return undefined;
  try {
    const source = openVerified(resolved, path);
    try {
      const elf = new ElfFile(source);
      if (accepts(elf)) return elf;
    } catch (error) {
      source.close();
      throw error;
    }
    source.close();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
  }
  return undefined;
}

function crcOf(elf: ElfFile): number | undefined {
  const { source } = elf;
  if (source.sizeBytes > SYMBOL_LIMITS.debugFileCrcBytes) return undefined;
  let crc = 0;
  for (let at = 0; at < source.sizeBytes; at += LIMITS.bulkReadBytes) {
    crc = crc32(source.read(at, LIMITS.bulkReadBytes), crc);
  }
  return crc;
}
