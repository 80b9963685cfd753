// SPDX-License-Identifier: Apache-2.0
// /proc/kallsyms: `address type name[\t[module]]`, one symbol a line. Functions are kept, and what
// else lies between them as the end of the function before; sizes are not told. The text comes in
// pieces and is not kept: a hundred thousand lines are some megabytes.
import { SYMBOL_LIMITS } from '../limits.ts';
import { kernelAddress } from './kernelAddress.ts';
import { ModuleNumbers } from './moduleNumbers.ts';

const NEWLINE = 0x0a;
const SPACE = 0x20;
const CLOSING = 0x5d;
const ADDRESS_DIGITS = 16;
/** Before the name: address, space, type, space. */
const HEAD_BYTES = ADDRESS_DIGITS + 3;
const GAP = 0xffffffff;
const FIRST_SYMBOLS = 65_536;
const FIRST_NAME_BYTES = 1_048_576;
/** No line of the kernel is longer: names end at 512 bytes, modules at 56. */
const LINE_BYTES = 65_536;

/** Values of hexadecimal digits, -1 for other bytes. */
const DIGITS: Int8Array = new Int8Array(256).fill(-1);
for (let i = 0; i < 16; i++) {
  DIGITS[i.toString(16).charCodeAt(0)] = i;
  DIGITS[i.toString(16).toUpperCase().charCodeAt(0)] = i;
}
/** By type: 1 functions (text, and weak), 2 absolute numbers, among them per-CPU offsets. */
const KINDS: Uint8Array = new Uint8Array(256);
for (const type of 'tTwW') KINDS[type.charCodeAt(0)] = 1;
for (const type of 'aA') KINDS[type.charCodeAt(0)] = 2;

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
  const parser = new KallsymsParser();
  parser.push(text);
  return parser.finish();
}

/** The name that starts at `at`. */
export function kernelNameAt(nameBytes: Buffer, at: number): string {
  return nameBytes.toString('latin1', at, nameBytes.indexOf(NEWLINE, at));
}

/** Takes the text in pieces, cut anywhere. */
export class KallsymsParser {
  readonly #modules = new ModuleNumbers();
  #starts = new Float64Array(FIRST_SYMBOLS);
  #names = new Uint32Array(FIRST_SYMBOLS);
  #owners = new Uint16Array(FIRST_SYMBOLS);
  #nameBytes: Buffer = Buffer.allocUnsafeSlow(FIRST_NAME_BYTES);
  #nameEnd = 0;
  #count = 0;
  #isAscending = true;
  #anyAddress = false;
  #malformed = 0;
  #rest: Buffer = Buffer.alloc(0);
  isTruncated = false;

  /** A piece; it is not kept. */
  push(piece: Buffer): void {
    let from = 0;
    if (this.#rest.length > 0) {
      const end = piece.indexOf(NEWLINE);
      from = end < 0 ? piece.length : end + 1;
      this.#rest = Buffer.concat([this.#rest, piece.subarray(0, from)]);
      if (end >= 0) {
        this.#lines(this.#rest, 0, this.#rest.length);
        this.#rest = Buffer.alloc(0);
      }
    }
    const to = piece.lastIndexOf(NEWLINE) + 1;
    if (to > from) this.#lines(piece, from, to);
    const left = Math.max(from, to);
    if (left < piece.length) this.#rest = Buffer.concat([this.#rest, piece.subarray(left)]);
    if (this.#rest.length <= LINE_BYTES) return;
    this.#malformed++;
    this.#rest = Buffer.alloc(0);
  }

  finish(): KernelFunctions {
    const { length } = this.#rest;
    // The last line may have no end.
    if (length > 0) this.#lines(Buffer.concat([this.#rest, Buffer.from('\n')]), 0, length + 1);
    const kept = this.#isAscending ? this.#columns() : this.#sorted();
    return {
      ...kept,
      nameBytes: Buffer.from(this.#nameBytes.subarray(0, this.#nameEnd)),
      modules: this.#modules.names,
      isHidden: !this.#anyAddress,
      malformedLines: this.#malformed,
      isTruncated: this.isTruncated,
    };
  }

  #lines(text: Buffer, from: number, to: number): void {
    for (let at = from; at < to && !this.isTruncated; ) {
      let nameEnd = at + HEAD_BYTES;
      while (nameEnd < to && text[nameEnd]! > SPACE) nameEnd++;
      // Mostly the name ends the line. One that is too short has its end before.
      const isPlain = nameEnd < to && text[nameEnd] === NEWLINE && nameEnd > at + HEAD_BYTES;
      const end = isPlain && this.#isHead(text, at) ? nameEnd : text.indexOf(NEWLINE, at);
      if (end > at) this.#line(text, at, Math.min(nameEnd, end), end);
      at = end + 1;
    }
  }

  /** False where a short line's end lies in what should be the head. */
  #isHead(text: Buffer, at: number): boolean {
    return text[at + ADDRESS_DIGITS] === SPACE && text[at + HEAD_BYTES - 1] === SPACE;
  }

  #line(text: Buffer, at: number, nameEnd: number, end: number): void {
    const high = word(text, at);
    const low = word(text, at + 8);
    const nameAt = at + HEAD_BYTES;
    if (nameAt >= end || nameEnd <= nameAt || !this.#isHead(text, at) || high < 0 || low < 0) {
      this.#malformed++;
      return;
    }
    const kind = KINDS[text[at + ADDRESS_DIGITS + 1]!]!;
    if (kind === 2 || (high === 0 && low === 0)) return;
    this.#anyAddress = true;
    const start = kernelAddress(high, low);
    const previous = this.#count - 1;
    if (previous >= 0) {
      const before = this.#starts[previous]!;
      // What is no function only ends the one before it.
      if (kind === 0 && this.#names[previous] === GAP && start > before) return;
      if (start < before) this.#isAscending = false;
      else if (start === before) {
        // The first name wins, as in the kernel's own messages, but any function over data.
        if (kind === 0 || this.#names[previous] !== GAP) return;
        this.#count--;
      }
    }
    if (this.#count === this.#starts.length) this.#grow();
    if (this.isTruncated) return;
    const i = this.#count++;
    this.#starts[i] = start;
    this.#owners[i] = this.#ownerOf(text, nameEnd, end);
    this.#names[i] = kind === 1 ? this.#copyName(text, nameAt, nameEnd) : GAP;
  }

  #ownerOf(text: Buffer, nameEnd: number, end: number): number {
    const isOfModule = text[end - 1] === CLOSING && nameEnd < end;
    return isOfModule ? this.#modules.numberOf(text, nameEnd, end) : 0;
  }

  /** Where the copy is. */
  #copyName(text: Buffer, nameAt: number, nameEnd: number): number {
    const at = this.#nameEnd;
    const end = Math.min(nameEnd, nameAt + SYMBOL_LIMITS.nameBytes);
    if (at + end - nameAt >= this.#nameBytes.length) {
      const larger = Buffer.allocUnsafeSlow(2 * this.#nameBytes.length);
      this.#nameBytes.copy(larger, 0, 0, at);
      this.#nameBytes = larger;
    }
    const names = this.#nameBytes;
    let to = at;
    for (let from = nameAt; from < end; from++) names[to++] = text[from]!;
    names[to++] = NEWLINE;
    this.#nameEnd = to;
    return at;
  }

  #grow(): void {
    if (this.#count >= SYMBOL_LIMITS.kallsymsSymbols) {
      this.isTruncated = true;
      return;
    }
    const size = Math.min(2 * this.#count, SYMBOL_LIMITS.kallsymsSymbols);
    const [starts, names, owners] = [this.#starts, this.#names, this.#owners];
    this.#starts = new Float64Array(size);
    this.#starts.set(starts);
    this.#names = new Uint32Array(size);
    this.#names.set(names);
    this.#owners = new Uint16Array(size);
    this.#owners.set(owners);
  }

  #columns(): Pick<KernelFunctions, 'starts' | 'names' | 'owners'> {
    const count = this.#count;
    return {
      starts: this.#starts.slice(0, count),
      names: this.#names.slice(0, count),
      owners: this.#owners.slice(0, count),
    };
  }

  /** Modules and BPF programs follow in no order: they are sorted, and merged with the kernel. */
  #sorted(): Pick<KernelFunctions, 'starts' | 'names' | 'owners'> {
    const from = this.#columns();
    const { starts } = from;
    let inOrder = 1;
    while (inOrder < starts.length && starts[inOrder]! > starts[inOrder - 1]!) inOrder++;
    const others = new Uint32Array(starts.length - inOrder);
    for (let i = 0; i < others.length; i++) others[i] = inOrder + i;
    others.sort((a, b) => starts[a]! - starts[b]! || a - b);
    this.#count = 0;
    let next = 0;
    for (let i = 0; i < inOrder; i++) {
      while (next < others.length && starts[others[next]!]! < starts[i]!) {
        this.#keep(from, others[next++]!);
      }
      this.#keep(from, i);
    }
    while (next < others.length) this.#keep(from, others[next++]!);
    return this.#columns();
  }

  #keep(from: Pick<KernelFunctions, 'starts' | 'names' | 'owners'>, i: number): void {
    const [start, name] = [from.starts[i]!, from.names[i]!];
    const last = this.#count - 1;
    if (last >= 0 && this.#starts[last] === start) {
      if (name === GAP || this.#names[last] !== GAP) return;
      this.#count--;
    }
    this.#starts[this.#count] = start;
    this.#names[this.#count] = name;
    this.#owners[this.#count++] = from.owners[i]!;
  }
}

/** Eight hexadecimal digits; -1 for anything else. */
function word(text: Buffer, at: number): number {
  let value = 0;
  let all = 0;
  for (let i = at; i < at + 8; i++) {
    const digit = i < text.length ? DIGITS[text[i]!]! : -1;
    all |= digit;
    value = (value << 4) | digit;
  }
  return all < 0 ? -1 : value >>> 0;
}
