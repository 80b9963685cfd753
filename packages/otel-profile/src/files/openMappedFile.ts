// SPDX-License-Identifier: Apache-2.0
// The very file that a record told of. Each way may lead to another file by now (exec, replaced
// libraries, overlayfs), so what is opened is compared with the record: by build ID, else by inode.
import type { NewFile } from '@otelkit/bpf-client';
import {
  type ByteSource,
  ElfFile,
  type FileSource,
  gnuBuildId,
  InputError,
  openVerified,
  type ProcFs,
  resolveInRoot,
} from '@otelkit/core';
import { openVdso } from './vdso.ts';

export interface OpenedFile {
  readonly elf: ElfFile;
  readonly source: ByteSource;
  /** The same file once more, not read yet: a descriptor that stays when the name goes. */
  readonly kept: FileSource | undefined;
  /** Root directory in which its path is meant: debug files are looked for there. */
  readonly root: string;
}

/** A process that has the file mapped, and where. */
export interface MappingPlace {
  readonly pid: number;
  readonly start: number;
  readonly end: number;
}

/**
 * Opens the file by the first way that leads to it.
 * @param places the process of the record first, then others that map the same file
 * @returns the reason where none does
 */
export function openMappedFile(
  fs: ProcFs,
  file: NewFile,
  places: Iterable<MappingPlace>,
): OpenedFile | string {
  if (file.path === '[vdso]') return openOwnVdso(fs);
  let reason = 'its process is gone, and no other maps it';
  for (const { pid, start, end } of places) {
    const range = `${start.toString(16)}-${end.toString(16)}`;
    const root = fs.path(pid, 'root');
    for (const path of [fs.path(pid, `map_files/${range}`), resolveInRoot(root, file.path)]) {
      const opened = path === undefined ? reason : tryOpen(path, file, root);
      if (typeof opened !== 'string') return opened;
      reason = opened;
    }
  }
  if (file.deleted === true || !file.path.startsWith('/')) return reason;
  const opened = tryOpen(file.path, file, '');
  return typeof opened === 'string' ? reason : opened;
}

function openOwnVdso(fs: ProcFs): OpenedFile | string {
  const elf = openVdso(fs);
  if (elf === undefined) return 'it cannot be read';
  return { elf, source: elf.source, kept: undefined, root: '' };
}

function tryOpen(path: string, file: NewFile, root: string): OpenedFile | string {
  let source: FileSource | undefined;
  try {
    source = openVerified(path, file.path);
    const elf = new ElfFile(source);
    if (isIt(elf, source, file.key)) {
      return { elf, source, root, kept: openAgain(path, source) };
    }
    source.close();
    return 'another file has its place by now';
  } catch (error) {
    source?.close();
    if (error instanceof InputError) return error.message;
    throw error;
  }
}

function openAgain(path: string, { path: label, identity }: FileSource): FileSource | undefined {
  try {
    return openVerified(path, label, ({ ino, dev }) => {
      return ino === identity.inode && dev === identity.device;
    });
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

/** @param key `b:<build id>`, `b:<build id>:u<user>` or `i:<major>:<minor>:<inode>:<generation>` */
function isIt(elf: ElfFile, source: FileSource, key: string): boolean {
  if (key.startsWith('b:')) {
    const wanted = key.split(':')[1]!;
    const found = gnuBuildId(elf);
    // The kernel gives 20 bytes at most, and fills shorter ones with zeros on old versions.
    return found !== null && (found === wanted || startsAlike(found, wanted));
  }
  const [, , , inode] = key.split(':');
  return inode === undefined || source.identity.inode === Number(inode);
}

function startsAlike(found: string, wanted: string): boolean {
  const common = Math.min(found.length, wanted.length);
  return common >= 16 && found.slice(0, common) === wanted.slice(0, common);
}
