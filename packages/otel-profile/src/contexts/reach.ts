// SPDX-License-Identifier: Apache-2.0
// What the loader has written for a library's thread-local variable, in the memory of one process.
import { closeSync, constants, openSync, readSync } from 'node:fs';
import type { ThreadContextReach } from '@otelkit/bpf-client';
import type { ProcFs } from '@otelkit/core';
import type { GotForm, TlsVariable } from './tlsVariable.ts';

/** More thread-local memory than this no thread has. */
const MAX_OFFSET = 1n << 30n;
const MAX_MODULES = 65_535n;
/** A descriptor's argument up to here is an offset, above it an address (mmap_min_addr and more). */
const MAX_SMALL_OFFSET = 1n << 16n;
const HIGHEST_ADDRESS = 1n << 56n;

export type Libc = 'glibc' | 'musl';

/**
 * @param libc that keeps the process's thread-local memory
 * @param bias address in memory of the file's address 0
 * @returns undefined where the loader has not been there yet, or the memory is none of a loader
 */
export function reachOf(
  fs: ProcFs,
  pid: number,
  variable: TlsVariable,
  bias: number,
  libc: Libc,
): ThreadContextReach | undefined {
  if (variable.in === 'executable') {
    return { reach: 'static', offset: variable.offset, module: 0 };
  }
  let fd = -1;
  try {
    fd = openSync(fs.path(pid, 'mem'), constants.O_RDONLY);
    return readReach(fd, variable.form, libc, BigInt(bias) + BigInt(variable.gotVaddr));
  } catch {
    // It ended, or forbids it.
    return undefined;
  } finally {
    if (fd >= 0) closeSync(fd);
  }
}

function readReach(
  fd: number,
  form: GotForm,
  libc: Libc,
  at: bigint,
): ThreadContextReach | undefined {
  const words = readWords(fd, at);
  if (words === undefined) return undefined;
  const [first, second] = words;
  if (form === 'offset') return fixed(BigInt.asIntN(64, first));
  if (form === 'module') return inModule(libc, first, second);
  if (first === 0n) return undefined;
  // glibc's and musl's descriptors of variables without a fixed place point to module and offset.
  const argument = BigInt.asIntN(64, second);
  if (argument < MAX_SMALL_OFFSET) return fixed(argument);
  const index = readWords(fd, second);
  return index === undefined ? undefined : inModule(libc, index[0], index[1]);
}

function fixed(offset: bigint): ThreadContextReach | undefined {
  if (offset === 0n || offset <= -MAX_OFFSET || offset >= MAX_OFFSET) return undefined;
  return { reach: 'static', offset: Number(offset), module: 0 };
}

function inModule(libc: Libc, module: bigint, offset: bigint): ThreadContextReach | undefined {
  if (module === 0n || module > MAX_MODULES || offset >= MAX_OFFSET) return undefined;
  return { reach: libc, offset: Number(offset), module: Number(module) };
}

function readWords(fd: number, address: bigint): [bigint, bigint] | undefined {
  if (address <= 0n || address >= HIGHEST_ADDRESS) return undefined;
  const bytes = Buffer.alloc(16);
  if (readSync(fd, bytes, 0, 16, address) !== 16) return undefined;
  return [bytes.readBigUInt64LE(0), bytes.readBigUInt64LE(8)];
}
