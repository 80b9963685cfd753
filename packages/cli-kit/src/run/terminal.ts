// SPDX-License-Identifier: Apache-2.0
import { fstatSync } from 'node:fs';

/** Wide enough for tables, where a terminal does not tell its width. */
const WIDTH_DEFAULT = 80;
const WIDTH_MIN = 20;
const WIDTH_MAX = 10_000;
/** /dev/null and its like (Linux, Documentation/admin-guide/devices.txt). */
const MEMORY_DEVICES_MAJOR = 1;

export interface Terminal {
  readonly isTty: boolean;
  /** Columns; Infinity where nothing has to fit. */
  readonly width: number;
}

type Stdio = 0 | 1 | 2;

/**
 * Whether a descriptor is a terminal. Files and pipes are told by fstat alone: loading node:tty
 * takes longer than all the rest of an ordinary start.
 */
export function isTerminal(fd: Stdio): boolean {
  try {
    const stat = fstatSync(fd);
    if (!stat.isCharacterDevice() || stat.rdev >>> 8 === MEMORY_DEVICES_MAJOR) return false;
  } catch {
    return false;
  }
  return streamOf(fd).isTTY === true;
}

function streamOf(fd: Stdio): { readonly isTTY?: boolean; readonly columns?: number } {
  if (fd === 0) return process.stdin;
  return fd === 1 ? process.stdout : process.stderr;
}

/** What is known of stdout or stderr. COLUMNS decides where it is set, for scripts and tests. */
export function terminalOf(fd: 1 | 2, env: Readonly<Record<string, string | undefined>>): Terminal {
  const isTty = isTerminal(fd);
  const asked = Number(env['COLUMNS'] ?? '');
  if (Number.isInteger(asked) && asked >= WIDTH_MIN && asked <= WIDTH_MAX) {
    return { isTty, width: asked };
  }
  if (!isTty) return { isTty, width: Number.POSITIVE_INFINITY };
  const columns = streamOf(fd).columns ?? 0;
  return { isTty, width: columns >= WIDTH_MIN ? columns : WIDTH_DEFAULT };
}
