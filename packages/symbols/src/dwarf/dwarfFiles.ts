// SPDX-License-Identifier: Apache-2.0
// The files that hold one program's debug information: itself or its debug file, what dwz moved out
// (GDB manual, "Separate Debug Files"; DWARF 5 §7.3.6), and what -gsplit-dwarf left in .dwo and .dwp
// files (DWARF 5 §7.3.2, appendix F).
import { basename, dirname, isAbsolute, join } from 'node:path';
import {
  buildIdPath,
  DEBUG_DIRECTORIES,
  type ElfFile,
  gnuBuildId,
  readDebugAltLink,
} from '@otelkit/core';
import { type DebugFilePlace, openDebugFile, tryOpen } from '../native/debugFile.ts';
import type { DwarfFiles } from './dwarfInstance.ts';
import { hasDwarf, hasPackage, hasSplitDwarf } from './sections.ts';

/** {@link DwarfFiles} that are open. */
export interface OpenDwarfFiles extends DwarfFiles {
  /** dwz moved something out that is not here: another time more may be known. */
  readonly isPartial: boolean;
  /** Why the file that was read is no longer it, or undefined. */
  changed(): string | undefined;
  /** Closes what was opened here: not the program itself. */
  close(): void;
}

/** Finds the debug information of a program; undefined where there is none on this host. */
export function openDwarfFiles(elf: ElfFile, place: DebugFilePlace): OpenDwarfFiles | undefined {
  // gimli reads little-endian only as it is compiled here: s390x and the like keep their symbols.
  if (elf.endian.name !== 'LE') return undefined;
  const main = hasDwarf(elf) ? elf : openDebugFile(elf, place, hasDwarf);
  if (main === undefined) return undefined;
  const supplement = openSupplement(main, place);
  const split = {
    package: openPackage(main, elf, place),
    openDwo: (path: string, folder: string) => openDwo(path, folder, place),
  };
  const opened = [main, supplement, split.package];
  return {
    main,
    supplement,
    split,
    isPartial: supplement === undefined && main.section('.gnu_debugaltlink') !== undefined,
    changed: () => (main === elf ? undefined : main.source.changed()),
    close: () => {
      for (const one of opened) if (one !== elf) one?.source.close();
    },
  };
}

/** .gnu_debugaltlink: a path, relative to the file that names it, and a build ID. */
function openSupplement(main: ElfFile, place: DebugFilePlace): ElfFile | undefined {
  const link = readDebugAltLink(main);
  if (link === undefined || link.buildId.length <= 2) return undefined;
  const accepts = (found: ElfFile): boolean => gnuBuildId(found) === link.buildId;
  const named = isAbsolute(link.name) ? link.name : join(dirname(main.source.path), link.name);
  const directories = place.debugDirectories ?? DEBUG_DIRECTORIES;
  const paths = [named, ...directories.map((folder) => buildIdPath(folder, link.buildId))];
  for (const root of new Set([place.root, ''])) {
    for (const path of paths) {
      const found = tryOpen(root, path, accepts);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** `program.dwp` beside the program, or beside its debug file. */
function openPackage(
  main: ElfFile,
  elf: ElfFile,
  { path, root }: DebugFilePlace,
): ElfFile | undefined {
  const paths = path.startsWith('/') ? [`${path}.dwp`] : [];
  if (main !== elf) paths.push(`${main.source.path}.dwp`);
  for (const one of paths) {
    const found = tryOpen(root, one, hasPackage);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * A .dwo where the compiler left it, and beside the program, as GDB looks for it. Which unit of it
 * is the right one, native/dwarf decides by its number.
 */
function openDwo(name: string, folder: string, place: DebugFilePlace): ElfFile | undefined {
  const paths = [isAbsolute(name) ? name : join(folder, name)];
  const own = dirname(place.path);
  if (place.path.startsWith('/')) paths.push(join(own, name), join(own, basename(name)));
  for (const root of new Set([place.root, ''])) {
    for (const path of paths) {
      if (!path.startsWith('/')) continue;
      const found = tryOpen(root, path, hasSplitDwarf);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}
