// SPDX-License-Identifier: Apache-2.0
// The names that tell of stack protector and _FORTIFY_SOURCE, recognised in the bytes of a string
// table without decoding any name.
import type { ByteSource } from '../bytes/byteSource.ts';
import type { FileRange } from '../elf/types.ts';

export const CANARY_NAMES: readonly string[] = ['__stack_chk_fail', '__stack_chk_guard'];

/** What a name says. */
export const NAME = { OTHER: 0, CANARY: 1, FORTIFY: 2 } as const;

const UNDERSCORE = 0x5f;
const AT = 0x40;
const FORTIFY_SUFFIX = Buffer.from('_chk');
/** `__`, one letter, `_chk`. */
const SHORTEST_FORTIFY = 7;
const CANARY_BYTES: readonly Buffer[] = CANARY_NAMES.map((name) => Buffer.from(name));
/** One read of a string table; names that matter are shorter by far. */
const WINDOW_BYTES = 16_384;
/** In huge tables the names wanted stand far apart: node's 502 in 118 places of 5 MB. */
const HUGE_TABLE_BYTES = 1_048_576;
const HUGE_TABLE_WINDOW_BYTES = 2_048;

/** Classifies the name at `at`; a version behind `@` is not part of it. */
function classify(bytes: Buffer, at: number): number {
  if (bytes[at] !== UNDERSCORE || bytes[at + 1] !== UNDERSCORE) return NAME.OTHER;
  let end = at + 2;
  while (isWordByte(bytes[end])) end++;
  const terminator = bytes[end];
  if (terminator !== 0 && terminator !== AT) return NAME.OTHER;
  for (const name of CANARY_BYTES) {
    if (name.length === end - at && name.compare(bytes, at, end) === 0) return NAME.CANARY;
  }
  if (end - at < SHORTEST_FORTIFY) return NAME.OTHER;
  return FORTIFY_SUFFIX.compare(bytes, end - 4, end) === 0 ? NAME.FORTIFY : NAME.OTHER;
}

function isWordByte(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  const isLetter = (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a;
  return isLetter || byte === UNDERSCORE || (byte >= 0x30 && byte <= 0x39);
}

/** What was found among some names, and how many bytes were read for it. */
export interface NameFacts {
  canary: boolean;
  fortify: boolean;
  bytesRead: number;
}

/**
 * Classifies the names at `offsets`, which are sorted in place so that no part of the table is
 * read twice. Stops when both facts are known or the budget is spent.
 */
export function classifyNames(
  source: ByteSource,
  strings: FileRange,
  offsets: Uint32Array,
  facts: NameFacts,
  budgetBytes: number,
): void {
  // Small tables come in one read; sorting their offsets would cost more than it saves.
  const isSmall = strings.sizeBytes <= WINDOW_BYTES;
  const step = strings.sizeBytes > HUGE_TABLE_BYTES ? HUGE_TABLE_WINDOW_BYTES : WINDOW_BYTES;
  if (!isSmall) offsets.sort();
  let start = 0;
  let window = isSmall ? source.read(strings.fileOffset, strings.sizeBytes) : Buffer.alloc(0);
  facts.bytesRead += window.length;
  for (let i = 0; i < offsets.length; i++) {
    const offset = offsets[i]!;
    if (offset >= strings.sizeBytes) continue;
    if (!isSmall && !holdsName(window, offset - start)) {
      if (facts.bytesRead >= budgetBytes) return;
      start = offset;
      const wanted = Math.min(step, strings.sizeBytes - offset);
      window = source.read(strings.fileOffset + offset, wanted);
      facts.bytesRead += window.length;
    }
    // Nearly all names end here.
    if (window[offset - start] !== UNDERSCORE) continue;
    const kind = classify(window, offset - start);
    if (kind === NAME.CANARY) facts.canary = true;
    else if (kind === NAME.FORTIFY) facts.fortify = true;
    if (facts.canary && facts.fortify) return;
  }
}

/** True when the window holds the name whole, or enough to see that it is of no interest. */
function holdsName(window: Buffer, at: number): boolean {
  if (at + 2 > window.length) return false;
  if (window[at] !== UNDERSCORE || window[at + 1] !== UNDERSCORE) return true;
  return window.indexOf(0, at) >= 0;
}
