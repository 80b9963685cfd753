// SPDX-License-Identifier: Apache-2.0
// /proc/kallsyms: `address type name[\t[module]]`, one symbol a line. Functions are kept, and what
// else lies between them as the end of the function before; sizes are not told.
import { sortByValue, U64Column } from '@otelkit/core';
import { SYMBOL_LIMITS } from '../limits.ts';
import { kernelAddress } from './kernelAddress.ts';

const NEWLINE = 0x0a;
const SPACE = 0x20;
const TAB = 0x09;
const ADDRESS_DIGITS = 16;
/** Types of functions: text, and weak. Capitals are exported. */
const FUNCTION_TYPES: ReadonlySet<number> = new Set([...'tTwW'].map((c) => c.charCodeAt(0)));
/** `A`: absolute numbers, among them offsets into per-CPU memory, which are no addresses. */
const ABSOLUTE_TYPES: ReadonlySet<number> = new Set([...'aA'].map((c) => c.charCodeAt(0)));
const GAP = 0xffffffff;

/** All functions in address order; see {@link kernelAddress} for the addresses. */
export interface KernelFunctions {
  readonly starts: Float64Array;
  /** Offset of the name in `nameBytes`, or 0xffffffff where something else than a function starts. */
  readonly names: Uint32Array;
  /** Index into `modules`; 0 is the kernel itself. */
  readonly owners: Uint16Array;
  /** `''` for the kernel, then modules as kallsyms has them, `bpf` among them. */
  readonly modules: readonly string[];
  /** Names, each ended by a line feed; see {@link kernelNameAt}. */
  readonly nameBytes: Buffer;
  /** Every address is zero: hidden from this user (kernel.kptr_restrict). */
  readonly isHidden: boolean;
  /** Lines that were not as the kernel writes them; left out. */
  readonly malformedLines: number;
  /** There were more symbols than SYMBOL_LIMITS.kallsymsSymbols. */
  readonly isTruncated: boolean;
}

/** Parses what the kernel wrote. Nothing of `text` is kept: the names are copied out of it. */
export function parseKallsyms(text: Buffer): KernelFunctions {
  const parser = new KallsymsParser(text);
  let at = 0;
  while (at < text.length && !parser.isTruncated) {
    let end = text.indexOf(NEWLINE, at);
    if (end < 0) end = text.length;
    parser.line(at, end);
    at = end + 1;
  }
  return parser.result();
}

/** The name that starts at `at`. */
export function kernelNameAt(nameBytes: Buffer, at: number): string {
  return nameBytes.toString('latin1', at, nameEnd(nameBytes, at));
}

function nameEnd(text: Buffer, at: number): number {
  const last = Math.min(text.length, at + SYMBOL_LIMITS.nameBytes);
  let end = at;
  while (end < last && text[end]! > SPACE) end++;
  return end;
}

class KallsymsParser {
  readonly #text: Buffer;
  readonly #most: number;
  readonly #address: U64Column;
  readonly #names: Uint32Array;
  readonly #owners: Uint16Array;
  readonly #modules: string[] = [''];
  readonly #numberOf = new Map<string, number>();
  #lastOwnerAt = -1;
  #lastOwner = 0;
  #count = 0;
  #anyAddress = false;
  #malformed = 0;
  isTruncated = false;

  constructor(text: Buffer) {
    this.#text = text;
    // The shortest line has 20 bytes.
    this.#most = Math.min(Math.ceil(text.length / 20), SYMBOL_LIMITS.kallsymsSymbols);
    this.#address = new U64Column(this.#most);
    this.#names = new Uint32Array(this.#most);
    this.#owners = new Uint16Array(this.#most);
  }

  line(start: number, end: number): void {
    const text = this.#text;
    const nameAt = start + ADDRESS_DIGITS + 3;
    const isLine =
      nameAt < end &&
      text[start + ADDRESS_DIGITS] === SPACE &&
      text[nameAt - 1] === SPACE &&
      text[nameAt]! > SPACE;
    const high = isLine ? word(text, start) : -1;
    const low = isLine ? word(text, start + 8) : -1;
    if (high < 0 || low < 0) {
      if (end > start) this.#malformed++;
      return;
    }
    const type = text[start + ADDRESS_DIGITS + 1]!;
    if ((high === 0 && low === 0) || ABSOLUTE_TYPES.has(type)) return;
    this.#anyAddress = true;
    if (this.#count >= this.#most) {
      this.isTruncated = true;
      return;
    }
    this.#address.set(this.#count, high, low);
    this.#names[this.#count] = FUNCTION_TYPES.has(type) ? nameAt : GAP;
    this.#owners[this.#count] = this.#ownerOf(nameAt, end);
    this.#count++;
  }

  result(): KernelFunctions {
    const unsorted = new Uint32Array(this.#count);
    for (let i = 0; i < unsorted.length; i++) unsorted[i] = i;
    const order = sortByValue(unsorted, this.#address);
    const starts = new Float64Array(this.#count);
    const names = new Uint32Array(this.#count);
    const owners = new Uint16Array(this.#count);
    let kept = 0;
    for (const i of order) {
      const start = kernelAddress(this.#address.high(i), this.#address.low(i));
      const name = this.#names[i]!;
      if (kept > 0 && starts[kept - 1] === start) {
        // The first name wins, as in the kernel's own messages, but any function over data.
        if (names[kept - 1] !== GAP || name === GAP) continue;
        kept--;
      }
      starts[kept] = start;
      names[kept] = name;
      owners[kept++] = this.#owners[i]!;
    }
    const keptNames = names.slice(0, kept);
    return {
      nameBytes: takeNames(this.#text, keptNames),
      ...ascending(starts.slice(0, kept), keptNames, owners.slice(0, kept)),
      modules: this.#modules,
      isHidden: !this.#anyAddress,
      malformedLines: this.#malformed,
      isTruncated: this.isTruncated,
    };
  }

  #ownerOf(nameAt: number, end: number): number {
    const text = this.#text;
    if (text[end - 1] !== 0x5d) return 0;
    let open = end - 1;
    while (open > nameAt && text[open] !== TAB) open--;
    if (text[open] !== TAB || text[open + 1] !== 0x5b) return 0;
    const at = open + 2;
    const length = end - 1 - at;
    // Symbols of one module stand together: mostly this is the same name again.
    if (this.#lastOwnerAt >= 0 && isSame(text, at, this.#lastOwnerAt, length)) {
      return this.#lastOwner;
    }
    const name = text.toString('latin1', at, end - 1);
    let number = this.#numberOf.get(name);
    if (number === undefined) {
      if (this.#modules.length >= SYMBOL_LIMITS.modules - 1) return 0;
      number = this.#modules.push(name) - 1;
      this.#numberOf.set(name, number);
    }
    this.#lastOwnerAt = at;
    this.#lastOwner = number;
    return number;
  }
}

/** Copies the names together, and turns each offset into that of the copy. */
function takeNames(text: Buffer, names: Uint32Array): Buffer {
  let total = 0;
  for (const at of names) if (at !== GAP) total += nameEnd(text, at) - at + 1;
  const nameBytes = Buffer.allocUnsafeSlow(total);
  let to = 0;
  for (let i = 0; i < names.length; i++) {
    const at = names[i]!;
    if (at === GAP) continue;
    names[i] = to;
    to += text.copy(nameBytes, to, at, nameEnd(text, at));
    nameBytes[to++] = NEWLINE;
  }
  return nameBytes;
}

/** Unsigned order puts low addresses first, signed ones last: an identity-mapped kernel's stay. */
function ascending(
  starts: Float64Array,
  names: Uint32Array,
  owners: Uint16Array,
): Pick<KernelFunctions, 'starts' | 'names' | 'owners'> {
  let negativeFrom = 0;
  while (negativeFrom < starts.length && starts[negativeFrom]! >= 0) negativeFrom++;
  if (negativeFrom === 0 || negativeFrom === starts.length) return { starts, names, owners };
  return {
    starts: rotated(starts, negativeFrom),
    names: rotated(names, negativeFrom),
    owners: rotated(owners, negativeFrom),
  };
}

function rotated<T extends Float64Array | Uint32Array | Uint16Array>(column: T, by: number): T {
  const result = column.slice();
  result.set(column.subarray(by), 0);
  result.set(column.subarray(0, by), column.length - by);
  return result as T;
}

/** The same text up to and with the closing bracket. */
function isSame(text: Buffer, a: number, b: number, length: number): boolean {
  for (let i = 0; i <= length; i++) if (text[a + i] !== text[b + i]) return false;
  return true;
}

/** Eight hexadecimal digits; -1 for anything else. */
function word(text: Buffer, at: number): number {
  let value = 0;
  for (let i = at; i < at + 8; i++) {
    const c = text[i]!;
    let digit = c - 0x30;
    if (digit > 9) digit = (c | 0x20) - 0x57;
    if (digit < 0 || digit > 15 || (digit > 9 && c < 0x41)) return -1;
    value = value * 16 + digit;
  }
  return value;
}
