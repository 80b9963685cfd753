// SPDX-License-Identifier: Apache-2.0
// Whether a process runs the code of its file: a probe is a byte that differs.
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { openElf, PT } from '@otelkit/core';

const EXECUTABLE = 1;

/** How many bytes of the executable segments differ from the file. */
export function changedBytes(pid: number, path: string): number {
  const elf = openElf(path);
  const file = readFileSync(path);
  const memory = openSync(`/proc/${pid}/mem`, 'r');
  let changed = 0;
  try {
    for (const { flags, fileOffset, vaddr, fileSizeBytes } of elf.segments(PT.LOAD)) {
      if ((flags & EXECUTABLE) === 0) continue;
      const bytes = Buffer.alloc(fileSizeBytes);
      readSync(memory, bytes, 0, bytes.length, Number(vaddr));
      for (let i = 0; i < bytes.length; i++) if (bytes[i] !== file[fileOffset + i]) changed++;
    }
  } finally {
    closeSync(memory);
    elf.source.close();
  }
  return changed;
}
