// SPDX-License-Identifier: Apache-2.0
// The vDSO is a shared object in memory only, the same one in every 64-bit process: ours is read.

import { closeSync, openSync, readSync } from 'node:fs';
import { ElfFile, MemorySource, type ProcFs, parseMaps, toProcError } from '@otelkit/core';
import { openFileSymbols } from '../files/fileSymbols.ts';
import type { FileSymbols } from '../frames.ts';
import { SYMBOL_LIMITS } from '../limits.ts';

const NAME = '[vdso]';

/** The bytes of this process's vDSO; undefined where there is none. @throws ProcError */
export function readVdso(fs: ProcFs): Buffer | undefined {
  const maps = parseMaps(fs.read(process.pid, 'maps', SYMBOL_LIMITS.vdsoMapsBytes).bytes);
  for (let i = 0; i < maps.count; i++) {
    if (maps.object(i).kind !== 'vdso') continue;
    const sizeBytes = Number(maps.sizeBytes(i));
    if (sizeBytes > SYMBOL_LIMITS.vdsoBytes) return undefined;
    return readMemory(fs.path(process.pid, 'mem'), maps.start(i), sizeBytes);
  }
  return undefined;
}

function readMemory(path: string, address: bigint, sizeBytes: number): Buffer {
  const bytes = Buffer.alloc(sizeBytes);
  try {
    const fd = openSync(path, 'r');
    try {
      return bytes.subarray(0, readSync(fd, bytes, 0, sizeBytes, address));
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    throw toProcError(error, path);
  }
}

/** Names of the vDSO's functions. @throws InputError when its bytes are no ELF file */
export function openVdsoSymbols(bytes: Buffer): FileSymbols {
  return openFileSymbols(new ElfFile(new MemorySource(NAME, bytes)), { path: '', root: '' });
}
