// SPDX-License-Identifier: Apache-2.0
// A line of ours in a text file of somebody else; every other byte stays.

const NEWLINE = 0x0a;

/** The contents with `line` at the end. */
export function appendLine(bytes: Buffer, line: string): Buffer {
  const needsNewline = bytes.length > 0 && bytes.at(-1) !== NEWLINE;
  return Buffer.concat([bytes, Buffer.from(`${needsNewline ? '\n' : ''}${line}\n`)]);
}

/**
 * The contents without the lines that are exactly `line`.
 * @param hadNoFinalNewline the newline in front of a last line of ours is ours too
 */
export function removeLine(bytes: Buffer, line: string, hadNoFinalNewline = false): Buffer {
  const wanted = Buffer.from(line);
  const kept: Buffer[] = [];
  let isLastRemoved = false;
  for (let at = 0; at < bytes.length; ) {
    const newline = bytes.indexOf(NEWLINE, at);
    const end = newline === -1 ? bytes.length : newline;
    isLastRemoved = bytes.subarray(at, end).equals(wanted);
    const next = newline === -1 ? end : end + 1;
    if (!isLastRemoved) kept.push(bytes.subarray(at, next));
    at = next;
  }
  const rest = Buffer.concat(kept);
  const cuts = hadNoFinalNewline && isLastRemoved && rest.at(-1) === NEWLINE;
  return cuts ? rest.subarray(0, -1) : rest;
}
