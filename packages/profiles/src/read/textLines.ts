// SPDX-License-Identifier: Apache-2.0
import type { ReadProblems } from './diagnostics.ts';
import { READ_LIMITS } from './limits.ts';

/** Bytes made text at once. */
const PIECE_BYTES = 1_048_576;

/** Lines without their ends; those that are too long are left out, and told. */
export function* linesOf(bytes: Uint8Array, problems: ReadProblems): Generator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  let line = 0;
  let isTooLong = false;
  for (let from = 0; from < bytes.length; from += PIECE_BYTES) {
    const to = Math.min(bytes.length, from + PIECE_BYTES);
    const text = rest + decoder.decode(bytes.subarray(from, to), { stream: to < bytes.length });
    const lines = text.split('\n');
    rest = lines.pop()!;
    for (const one of lines) {
      line++;
      if (!isTooLong) yield one.endsWith('\r') ? one.slice(0, -1) : one;
      isTooLong = false;
    }
    if (rest.length > READ_LIMITS.lineChars) {
      if (!isTooLong) problems.add('line', 'longer than a line may be: left out', line + 1);
      isTooLong = true;
      rest = '';
    }
  }
  if (rest !== '' && !isTooLong) yield rest;
}
