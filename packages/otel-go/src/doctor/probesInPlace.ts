// SPDX-License-Identifier: Apache-2.0
// A uprobe replaces an instruction in the memory of the processes that map the file, never in the
// file itself: where the two differ, somebody's probe is.
import { closeSync, openSync, readSync } from 'node:fs';
import type { GoSite } from '@otelkit/bpf-client';
import { type ElfFile, ET, type ProcFs } from '@otelkit/core';
import { linkedAt } from '../analyze/index.ts';
import { loadBias } from '../spans/tracedProcess.ts';

export interface PatchedPlaces {
  readonly looked: number;
  readonly patched: number;
}

const MOST_PLACES = 1_024;

/** Undefined without the right to read the process's memory. */
export function probesInPlace(
  fs: ProcFs,
  pid: number,
  elf: ElfFile,
  sites: readonly GoSite[],
): PatchedPlaces | undefined {
  const bias = BigInt(elf.header.elfType === ET.DYN ? loadBias(fs, pid, linkedAt(elf)) : 0);
  let memory: number;
  try {
    memory = openSync(fs.path(pid, 'mem'), 'r');
  } catch {
    return undefined;
  }
  try {
    let looked = 0;
    let patched = 0;
    const byte = Buffer.alloc(1);
    for (const { vaddr, fileOffset } of sites.slice(0, MOST_PLACES)) {
      const original = elf.source.read(fileOffset, 1)[0];
      if (readSync(memory, byte, 0, 1, BigInt(vaddr) + bias) !== 1) continue;
      looked++;
      if (byte[0] !== original) patched++;
    }
    return { looked, patched };
  } catch {
    return undefined;
  } finally {
    closeSync(memory);
  }
}
