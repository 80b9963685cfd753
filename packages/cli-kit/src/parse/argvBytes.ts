// SPDX-License-Identifier: Apache-2.0
// Node decodes argv as UTF-8 and puts U+FFFD where it cannot: a file of such a name could never be
// opened. The kernel still has the bytes.

import { readFileSync } from 'node:fs';

const REPLACEMENT = '\ufffd';

/** Bytes → string without loss; core's `decodeBytes`. */
export type DecodeBytes = (bytes: Uint8Array) => string;

/**
 * The arguments with the bytes they were given by. Ordinary arguments cost nothing.
 * @param argv as Node decoded it, without the interpreter and the script
 * @param cmdlinePath replaced by tests
 */
export function recoverArgv(
  argv: readonly string[],
  decodeBytes: DecodeBytes,
  cmdlinePath = '/proc/self/cmdline',
): readonly string[] {
  if (!argv.some((arg) => arg.includes(REPLACEMENT))) return argv;
  const raw = rawArguments(cmdlinePath);
  // The last ones are ours; before them stand node, its own options and the script.
  const own = raw.slice(raw.length - argv.length);
  const isSame =
    raw.length > argv.length && own.every((bytes, i) => bytes.toString('utf8') === argv[i]);
  // Not so when the process renamed itself or /proc is not there: keep what Node made of it.
  return isSame ? own.map((bytes) => decodeBytes(bytes)) : argv;
}

function rawArguments(path: string): Buffer[] {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch {
    return [];
  }
  const parts: Buffer[] = [];
  let start = 0;
  for (let end = bytes.indexOf(0); end >= 0; end = bytes.indexOf(0, start)) {
    parts.push(bytes.subarray(start, end));
    start = end + 1;
  }
  return parts;
}
