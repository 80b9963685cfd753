// SPDX-License-Identifier: Apache-2.0
// The bytes behind a mapping. `map_files` leads to the very file, deleted or not, but needs
// CAP_SYS_ADMIN or CAP_CHECKPOINT_RESTORE; the path through the process's root may by now lead to
// another file, so device and inode are compared.
import { readlinkSync, type Stats, statSync } from 'node:fs';
import type { FileSource } from '../bytes/fileSource.ts';
import { decodeBytes } from '../bytes/surrogateEscape.ts';
import { InputError } from '../diagnostics/diagnostic.ts';
import type { MappedObject, MappingTable } from './mappingTable.ts';
import type { ProcFs } from './procFs.ts';
import { resolveInRoot } from './rootedPath.ts';
import { openVerified } from './verifiedOpen.ts';

export interface OpenedMapping {
  readonly file: FileSource;
  /**
   * `map-files`: the very file that is mapped. `path`: the file of that name, device and inode
   * equal. `path-inode`: only the inode is equal, as on overlayfs and btrfs, whose mappings bear
   * another device number than their files.
   */
  readonly by: 'map-files' | 'path' | 'path-inode';
}

/**
 * Opens the file that `object` maps; the caller closes it.
 * @throws InputError `io` when neither way leads to it, `malformed` when another file has its name
 */
export function openMapped(
  fs: ProcFs,
  pid: number,
  table: MappingTable,
  object: MappedObject,
): OpenedMapping {
  const direct = openByMapFiles(fs, pid, table, object);
  if (direct !== undefined) return { file: direct, by: 'map-files' };
  if (object.kind !== 'file' || object.isDeleted) {
    const message = 'its name is gone, and map_files cannot be followed';
    throw new InputError('io', object.name, message, { errno: 'ENOENT' });
  }
  return openByPath(fs, pid, object);
}

function openByMapFiles(
  fs: ProcFs,
  pid: number,
  table: MappingTable,
  object: MappedObject,
): FileSource | undefined {
  const index = table.firstOf(object);
  if (index < 0) return undefined;
  const path = fs.path(pid, `map_files/${table.mapFilesName(index)}`);
  try {
    return openVerified(path, object.name);
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

function openByPath(fs: ProcFs, pid: number, object: MappedObject): OpenedMapping {
  const path = resolveInRoot(fs.path(pid, 'root'), object.name);
  if (path === undefined) {
    throw new InputError('io', object.name, 'its links run in a circle', { errno: 'ELOOP' });
  }
  let isSameDevice = false;
  const file = openVerified(path, object.name, (stats) => {
    isSameDevice = hasDevice(stats, object);
    return stats.ino === Number(object.inode);
  });
  return { file, by: isSameDevice ? 'path' : 'path-inode' };
}

/** Node gives st_dev as the C library's makedev(3) packs it. */
function hasDevice(stats: Stats, object: MappedObject): boolean {
  const device = BigInt(stats.dev);
  const major = ((device >> 8n) & 0xfffn) | ((device >> 32n) & 0xfffff000n);
  const minor = (device & 0xffn) | ((device >> 12n) & 0xffffff00n);
  return Number(major) === object.deviceMajor && Number(minor) === object.deviceMinor;
}

/**
 * Whether a mapped file really has no name any more, and its real name: ` (deleted)` and `\012` in
 * the maps file may also be part of a name. Undefined without the right to follow map_files.
 */
export function settleName(
  fs: ProcFs,
  pid: number,
  table: MappingTable,
  object: MappedObject,
): { readonly name: string; readonly isDeleted: boolean } | undefined {
  const index = table.firstOf(object);
  if (index < 0) return undefined;
  const path = fs.path(pid, `map_files/${table.mapFilesName(index)}`);
  try {
    const name = decodeBytes(readlinkSync(path, 'buffer'));
    const isDeleted = statSync(path).nlink === 0;
    const suffix = ' (deleted)';
    const isSuffixed = isDeleted && name.endsWith(suffix);
    return { name: isSuffixed ? name.slice(0, -suffix.length) : name, isDeleted };
  } catch {
    return undefined;
  }
}

/** Opens the executable of a process, deleted or replaced or not. @throws InputError */
export function openExecutable(fs: ProcFs, pid: number): FileSource {
  return openVerified(fs.path(pid, 'exe'), fs.path(pid, 'exe'));
}
