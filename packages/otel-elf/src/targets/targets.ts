// SPDX-License-Identifier: Apache-2.0
import { existsSync, lstatSync, readlinkSync } from 'node:fs';
import {
  type ByteSource,
  decodeBytes,
  ElfFile,
  encodePath,
  hasElfMagic,
  openFile,
  walkFiles,
} from '@otelkit/core';
import { openStdin } from './stdin.ts';

/** One thing to look at: what the user called it, and the way to open it. */
export interface Target {
  /** The path to open, `-` for standard input. */
  readonly path: string;
  /** Set when the user named a process; `path` is then its `/proc/PID/exe`. */
  readonly pid?: number;
  /** Found by walking a directory: what is no ELF file is passed over there in silence. */
  readonly isFound: boolean;
}

export interface TargetOptions {
  readonly recursive?: boolean;
  readonly oneFileSystem?: boolean;
  readonly pids?: readonly number[];
  readonly onError: (error: unknown, path: string) => void;
}

/** Arguments → targets, in order; directories are walked as the caller consumes them. */
export function* expandTargets(args: readonly string[], options: TargetOptions): Generator<Target> {
  for (const arg of args) yield* expandOne(arg, options);
  for (const pid of options.pids ?? []) yield ofProcess(pid);
}

function* expandOne(arg: string, options: TargetOptions): Generator<Target> {
  if (arg !== '-' && options.recursive === true && isDirectory(arg)) {
    const onError = (error: { path: string }): void => options.onError(error, error.path);
    for (const path of walkFiles(arg, { ...options, onError })) yield { path, isFound: true };
    return;
  }
  // A file of that name wins over a process, so that no script is surprised by its own files.
  if (/^[1-9]\d{0,6}$/.test(arg) && !exists(arg)) yield ofProcess(Number(arg));
  else yield { path: arg, isFound: false };
}

function ofProcess(pid: number): Target {
  return { path: `/proc/${pid}/exe`, pid, isFound: false };
}

/** What a slash can follow is a directory: cheaper than all that stat tells, asked of each file. */
function isDirectory(path: string): boolean {
  const encoded = encodePath(path);
  return existsSync(typeof encoded === 'string' ? `${path}/` : Buffer.concat([encoded, SLASH]));
}

const SLASH = Buffer.from('/');

function exists(path: string): boolean {
  try {
    lstatSync(encodePath(path));
    return true;
  } catch {
    return false;
  }
}

/**
 * Opens a target; undefined when it was found by walking and is no ELF file.
 * The caller closes `elf.source`.
 * @throws InputError of any code.
 */
export async function openTarget(target: Target): Promise<ElfFile | undefined> {
  const source: ByteSource = target.path === '-' ? await openStdin() : openFile(target.path);
  try {
    if (target.isFound && !hasElfMagic(source.read(0, 4))) {
      source.close();
      return undefined;
    }
    return new ElfFile(source);
  } catch (error) {
    source.close();
    throw error;
  }
}

/** The executable that a process was started from, as the kernel names it; null when unknown. */
export function executableOf(target: Target): string | null {
  if (target.pid === undefined) return null;
  try {
    return decodeBytes(readlinkSync(target.path, { encoding: 'buffer' }));
  } catch {
    return null;
  }
}
