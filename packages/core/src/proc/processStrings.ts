// SPDX-License-Identifier: Apache-2.0
// /proc/PID/cmdline and environ: NUL-separated strings in the process's own memory, which it may
// have overwritten (setproctitle). Read only when a person asks for them, and masked.
import { decodeBytes } from '../bytes/surrogateEscape.ts';
import { LIMITS } from '../limits.ts';
import { type ProcBytes, ProcError, type ProcFs } from './procFs.ts';
import { maskArguments, maskVariable } from './secrets.ts';
import type { ProcessStat } from './stat.ts';

export interface ProcessArguments {
  /** With what looks secret masked. */
  readonly arguments: readonly string[];
  readonly isTruncated: boolean;
}

export interface ProcessEnvironment {
  /** In order; a name may stand more than once. Values that look secret are masked. */
  readonly variables: readonly EnvironmentVariable[];
  /** Strings without `=`, left out. */
  readonly namelessCount: number;
  readonly isTruncated: boolean;
}

export interface EnvironmentVariable {
  readonly name: string;
  readonly value: string;
  readonly isMasked: boolean;
}

/**
 * The command line of a process. @throws ProcError, `busy` for one that waits in the kernel: both
 * files are read from its memory, under a lock it may hold.
 */
export function readArguments(fs: ProcFs, process: StateOfProcess): ProcessArguments {
  const { bytes, isTruncated } = readStrings(fs, process, 'cmdline');
  return parseArguments(bytes, isTruncated);
}

/** The environment that a process was started with. @throws ProcError */
export function readEnvironment(fs: ProcFs, process: StateOfProcess): ProcessEnvironment {
  const { bytes, isTruncated } = readStrings(fs, process, 'environ');
  return parseEnvironment(bytes, isTruncated);
}

type StateOfProcess = Pick<ProcessStat, 'pid' | 'state'>;

function readStrings(fs: ProcFs, process: StateOfProcess, name: string): ProcBytes {
  if (process.state === 'D') {
    throw new ProcError('busy', fs.path(process.pid, name), 'the process waits in the kernel');
  }
  return fs.read(process.pid, name, LIMITS.procStringsBytes);
}

/** Splits NUL-separated strings; the last one needs no NUL. */
export function splitStrings(bytes: Buffer): { strings: string[]; isTruncated: boolean } {
  const strings: string[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (strings.length >= LIMITS.procStrings) return { strings, isTruncated: true };
    let end = bytes.indexOf(0, at);
    if (end < 0) end = bytes.length;
    strings.push(decodeBytes(bytes.subarray(at, end)));
    at = end + 1;
  }
  return { strings, isTruncated: false };
}

/** The command line, masked. */
export function parseArguments(bytes: Buffer, isTruncated = false): ProcessArguments {
  const split = splitStrings(bytes);
  return {
    arguments: maskArguments(split.strings),
    isTruncated: isTruncated || split.isTruncated,
  };
}

/** The environment, masked. */
export function parseEnvironment(bytes: Buffer, isTruncated = false): ProcessEnvironment {
  const split = splitStrings(bytes);
  const variables: EnvironmentVariable[] = [];
  let namelessCount = 0;
  for (const text of split.strings) {
    const equals = text.indexOf('=');
    if (equals <= 0) {
      // Programs that overwrite their environment leave empty strings behind: nothing to count.
      if (text !== '') namelessCount++;
      continue;
    }
    const name = text.slice(0, equals);
    const raw = text.slice(equals + 1);
    const value = maskVariable(name, raw);
    variables.push({ name, value, isMasked: value !== raw });
  }
  return { variables, namelessCount, isTruncated: isTruncated || split.isTruncated };
}
