// SPDX-License-Identifier: Apache-2.0
// The vDSO is in no file: the kernel maps the same image into every process, so ours will do.
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { ElfFile, MemorySource, parseMaps } from '@otelkit/core';
import { UNWIND_LIMITS } from '../limits.ts';

export const VDSO_NAME = '[vdso]';

/** The vDSO's image, from the memory of this process; undefined where there is none. */
export function readOwnVdso(): ElfFile | undefined {
  try {
    const maps = parseMaps(readFileSync('/proc/self/maps'));
    for (let i = 0; i < maps.count; i++) {
      if (maps.object(i).kind !== 'vdso') continue;
      const start = Number(maps.start(i));
      const size = Number(maps.end(i)) - start;
      if (size > UNWIND_LIMITS.vdsoBytes) return undefined;
      return new ElfFile(new MemorySource(VDSO_NAME, readMemory(start, size)));
    }
    return undefined;
  } catch {
    // No /proc, or not an image that can be read: there is a table less.
    return undefined;
  }
}

function readMemory(start: number, sizeBytes: number): Uint8Array {
  const fd = openSync('/proc/self/mem', 'r');
  try {
    const bytes = new Uint8Array(sizeBytes);
    const length = readSync(fd, bytes, 0, sizeBytes, start);
    return bytes.subarray(0, length);
  } finally {
    closeSync(fd);
  }
}
