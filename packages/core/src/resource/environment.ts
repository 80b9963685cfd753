// SPDX-License-Identifier: Apache-2.0
// A program's environment holds its secrets: only the variables that are asked for by name leave
// this file.
import { decodeBytes } from '../bytes/surrogateEscape.ts';
import { ProcError, type ProcFs } from '../proc/procFs.ts';
import { RESOURCE_LIMITS } from './limits.ts';

const EQUALS = 0x3d;

/** Values of those variables; the first of a name counts, as for getenv(3). */
export function readVariables(
  fs: ProcFs,
  pid: number,
  names: ReadonlySet<string>,
): ReadonlyMap<string, string> {
  try {
    return pickVariables(fs.read(pid, 'environ', RESOURCE_LIMITS.environBytes).bytes, names);
  } catch (error) {
    if (error instanceof ProcError) return new Map();
    throw error;
  }
}

/** @param bytes `NAME=VALUE` strings, each with a NUL behind it */
export function pickVariables(
  bytes: Buffer,
  names: ReadonlySet<string>,
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  let at = 0;
  while (at < bytes.length) {
    let end = bytes.indexOf(0, at);
    if (end < 0) end = bytes.length;
    const equals = bytes.indexOf(EQUALS, at);
    if (equals > at && equals < end) {
      const name = bytes.toString('latin1', at, equals);
      if (names.has(name) && !found.has(name)) {
        const value = decodeBytes(bytes.subarray(equals + 1, end));
        found.set(name, value.slice(0, RESOURCE_LIMITS.attributeChars));
      }
    }
    at = end + 1;
  }
  return found;
}
