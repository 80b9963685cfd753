// SPDX-License-Identifier: Apache-2.0
// User names by /etc/passwd alone: asking NSS could go to a directory server and block.
import { decodeBytes } from '../bytes/surrogateEscape.ts';
import { LIMITS } from '../limits.ts';
import { ProcError, ProcFs } from './procFs.ts';

/** Parses passwd(5): uid → name, the first entry of a uid wins. */
export function parsePasswd(bytes: Uint8Array): Map<number, string> {
  const names = new Map<number, string>();
  for (const line of decodeBytes(bytes).split('\n', LIMITS.procStrings)) {
    const [name, , uid] = line.split(':', 3);
    if (name === undefined || name === '' || !/^\d{1,10}$/.test(uid ?? '')) continue;
    const number = Number(uid);
    if (!names.has(number)) names.set(number, name);
  }
  return names;
}

/** The host's user names; empty when the file cannot be read. */
export function readUserNames(path = '/etc/passwd'): Map<number, string> {
  try {
    return parsePasswd(new ProcFs().readPath(path, LIMITS.procStringsBytes).bytes);
  } catch (error) {
    if (error instanceof ProcError) return new Map();
    throw error;
  }
}
