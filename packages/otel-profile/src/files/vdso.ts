// SPDX-License-Identifier: Apache-2.0
// The vDSO is no file: the kernel maps the same image into every process, so ours will do.
import { closeSync, openSync, readSync } from 'node:fs';
import {
  ElfFile,
  InputError,
  MemorySource,
  ProcError,
  type ProcFs,
  parseMaps,
} from '@otelkit/core';

/** More than any vDSO takes. */
const VDSO_BYTES_MAX = 1_048_576;

/** Undefined where there is none. @throws InputError */
export function openVdso(fs: ProcFs): ElfFile | undefined {
  let fd = -1;
  try {
    const maps = parseMaps(fs.readHost('self/maps').bytes);
    const object = maps.objects.find(({ kind }) => kind === 'vdso');
    const index = object === undefined ? -1 : maps.firstOf(object);
    if (index < 0) return undefined;
    const sizeBytes = Math.min(Number(maps.sizeBytes(index)), VDSO_BYTES_MAX);
    const bytes = Buffer.alloc(sizeBytes);
    fd = openSync(`${fs.root}/self/mem`, 'r');
    const n = readSync(fd, bytes, 0, sizeBytes, maps.start(index));
    return new ElfFile(new MemorySource('[vdso]', bytes.subarray(0, n)));
  } catch (error) {
    if (error instanceof ProcError) return undefined;
    const errno = (error as NodeJS.ErrnoException).code;
    if (error instanceof InputError || errno === undefined) throw error;
    return undefined;
  } finally {
    if (fd >= 0) closeSync(fd);
  }
}
