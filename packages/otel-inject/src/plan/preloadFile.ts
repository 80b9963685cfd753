// SPDX-License-Identifier: Apache-2.0
// The bytes of /etc/ld.so.preload. glibc (elf/rtld.c, do_preload) reads it so: `#` starts a comment
// that ends with its line; entries are separated by spaces, tabs, newlines and colons. Whatever is
// not our entry is kept byte for byte, and never decoded: names are bytes.

const NEWLINE = 0x0a;
const HASH = 0x23;
const SEPARATORS: ReadonlySet<number> = new Set([0x20, 0x09, NEWLINE, 0x3a]);

export interface PreloadEntry {
  /** Latin-1, so that every byte survives. */
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** Entries outside comments, in order. */
export function preloadEntries(bytes: Buffer): PreloadEntry[] {
  const entries: PreloadEntry[] = [];
  let at = 0;
  while (at < bytes.length) {
    const byte = bytes[at]!;
    if (byte === HASH) {
      at = endOfLine(bytes, at);
      continue;
    }
    if (SEPARATORS.has(byte)) {
      at++;
      continue;
    }
    const start = at;
    while (at < bytes.length && !SEPARATORS.has(bytes[at]!) && bytes[at] !== HASH) at++;
    entries.push({ name: bytes.toString('latin1', start, at), start, end: at });
  }
  return entries;
}

/** The contents with a line of its own for `entry` at the end. */
export function appendEntry(bytes: Buffer, entry: string): Buffer {
  const needsNewline = bytes.length > 0 && bytes.at(-1) !== NEWLINE;
  return Buffer.concat([bytes, Buffer.from(`${needsNewline ? '\n' : ''}${entry}\n`, 'latin1')]);
}

/**
 * The contents without the entries that `isOurs` accepts. A line that held nothing else goes as a
 * whole; where others share the line, only the entry and the separators beside it go.
 * @param hadNoFinalNewline the file ended without a newline before our line was appended, so the
 *   newline in front of a last line of ours is ours too
 */
export function removeEntries(
  bytes: Buffer,
  isOurs: (name: string) => boolean,
  hadNoFinalNewline = false,
): Buffer {
  let rest = bytes;
  // From the end, so that earlier positions stay true.
  for (const entry of preloadEntries(bytes).reverse()) {
    if (isOurs(entry.name)) rest = withoutEntry(rest, entry, hadNoFinalNewline);
  }
  return rest;
}

/** The contents with each entry that `isOurs` accepts replaced by `entry`, doubles taken out. */
export function replaceEntries(
  bytes: Buffer,
  isOurs: (name: string) => boolean,
  entry: string,
): Buffer {
  const own = preloadEntries(bytes).filter(({ name }) => isOurs(name));
  let rest = bytes;
  for (const [i, old] of [...own.entries()].reverse()) {
    rest =
      i > 0
        ? withoutEntry(rest, old, false)
        : Buffer.concat([
            rest.subarray(0, old.start),
            Buffer.from(entry, 'latin1'),
            rest.subarray(old.end),
          ]);
  }
  return rest;
}

/** True when nothing but white space is left. */
export function isBlank(bytes: Buffer): boolean {
  return /^\s*$/.test(bytes.toString('latin1'));
}

function withoutEntry(bytes: Buffer, { start, end }: PreloadEntry, cutsNewline: boolean): Buffer {
  const lineStart = bytes.lastIndexOf(NEWLINE, start - 1) + 1;
  const from = start === 0 ? 0 : lineStart;
  const lineEnd = endOfLine(bytes, end);
  const isAlone = isSeparators(bytes, from, start) && isSeparators(bytes, end, lineEnd);
  if (isAlone) {
    const to = Math.min(lineEnd + 1, bytes.length);
    const isLast = to === bytes.length && cutsNewline && from > 0;
    return cut(bytes, isLast ? from - 1 : from, to);
  }
  // Others share the line: the separators behind go along, or those in front of a last entry.
  let to = end;
  while (to < lineEnd && SEPARATORS.has(bytes[to]!)) to++;
  if (to < lineEnd) return cut(bytes, start, to);
  let cutFrom = start;
  while (cutFrom > from && SEPARATORS.has(bytes[cutFrom - 1]!)) cutFrom--;
  return cut(bytes, cutFrom, end);
}

function isSeparators(bytes: Buffer, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (!SEPARATORS.has(bytes[i]!)) return false;
  return true;
}

function endOfLine(bytes: Buffer, from: number): number {
  const at = bytes.indexOf(NEWLINE, from);
  return at === -1 ? bytes.length : at;
}

function cut(bytes: Buffer, from: number, to: number): Buffer {
  return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
}
