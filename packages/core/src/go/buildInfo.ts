// SPDX-License-Identifier: Apache-2.0
// What `go version -m` shows: toolchain version and module information (debug/buildinfo).

import { BIG_ENDIAN, type Endian, LITTLE_ENDIAN } from '../bytes/endian.ts';
import { hex } from '../bytes/hex.ts';
import { decodeBytes } from '../bytes/surrogateEscape.ts';
import type { ElfFile } from '../elf/elfFile.ts';
import { BLOB_HEADER_BYTES, type BuildInfoBlob, findBuildInfoBlob } from './buildInfoBlob.ts';
import { GO_LIMITS } from './limits.ts';
import { type GoModuleInfo, NO_MODULE_INFO, parseModuleInfo } from './moduleInfo.ts';
import { relocatedPointers } from './relativeRelocations.ts';

export interface GoBuildInfo extends GoModuleInfo {
  /** `go1.26.8`, `devel go1.27-0123456 …`, with experiments (`go1.24.6 X:boringcrypto`). */
  readonly goVersion: string;
  /** Where the build information stands. */
  readonly vaddr: bigint;
  readonly fileOffset: number;
  readonly evidence: BuildInfoBlob['evidence'];
  /** `inline` since Go 1.18, `pointers` before. */
  readonly format: 'inline' | 'pointers';
}

const POINTER_SIZE_AT = 14;
const FLAGS_AT = 15;
const POINTERS_AT = 16;
const FLAG_BIG_ENDIAN = 1;
const FLAG_INLINE = 2;
/** 64 bits in groups of seven. */
const VARINT_BYTES = 10;
/** Random bytes before and after the module information, by which Go finds it in a core file. */
const SENTINEL_BYTES = 16;

const VERSION_FIELD = 'Go version';
const MODULES_FIELD = 'Go module information';

/**
 * Go version, modules and build settings of a Go program, of any machine, stripped or not.
 * Undefined for a program that is not Go's, and, with a diagnostic, where the version cannot be
 * read: a version is never guessed.
 * @throws InputError `io`
 */
export function readGoBuildInfo(elf: ElfFile): GoBuildInfo | undefined {
  const blob = findBuildInfoBlob(elf);
  if (blob === undefined) return undefined;
  const isInline = (blob.header[FLAGS_AT]! & FLAG_INLINE) !== 0;
  const strings = isInline ? inlineStrings(elf, blob) : pointedStrings(elf, blob);
  const goVersion = strings === undefined ? undefined : checkedVersion(elf, strings.version, blob);
  if (strings === undefined || goVersion === undefined) return undefined;
  return {
    goVersion,
    ...moduleInfo(elf, strings.modules),
    vaddr: blob.vaddr,
    fileOffset: blob.fileOffset,
    evidence: blob.evidence,
    format: isInline ? 'inline' : 'pointers',
  };
}

interface Text {
  readonly bytes: Buffer;
  readonly fileOffset: number;
}

interface BlobStrings {
  readonly version: Text;
  readonly modules: Text | undefined;
}

/** A name of control characters or of anything but Go's own forms is damage, not a version. */
function checkedVersion(elf: ElfFile, text: Text, blob: BuildInfoBlob): string | undefined {
  const version = text.bytes.toString('latin1');
  if (/^(go|devel |unknown)[\x20-\x7e]*$/.test(version)) return version;
  elf.diagnostics.add(
    'bad-value',
    VERSION_FIELD,
    `${text.bytes.length} bytes that are no version of Go`,
    text.bytes.length === 0 ? blob.fileOffset : text.fileOffset,
  );
  return undefined;
}

function moduleInfo(elf: ElfFile, text: Text | undefined): GoModuleInfo {
  if (text === undefined || text.bytes.length === 0) return NO_MODULE_INFO;
  const end = text.bytes.length - SENTINEL_BYTES;
  const isFramed = end > SENTINEL_BYTES && text.bytes[end - 1] === 0x0a;
  if (!isFramed) {
    const message = `${text.bytes.length} bytes without the frame that Go puts around it`;
    elf.diagnostics.add('bad-value', MODULES_FIELD, message, text.fileOffset);
    return NO_MODULE_INFO;
  }
  const framed = decodeBytes(text.bytes.subarray(SENTINEL_BYTES, end));
  return parseModuleInfo(framed, elf.diagnostics, text.fileOffset + SENTINEL_BYTES);
}

/** Since Go 1.18: two strings behind the header, each after its length as a varint. */
function inlineStrings(elf: ElfFile, blob: BuildInfoBlob): BlobStrings | undefined {
  const at = blob.vaddr + BigInt(BLOB_HEADER_BYTES);
  const version = inlineString(elf, at, GO_LIMITS.versionBytes, VERSION_FIELD);
  if (version === undefined) return undefined;
  const next = version.end;
  return { version, modules: inlineString(elf, next, GO_LIMITS.moduleInfoBytes, MODULES_FIELD) };
}

function inlineString(
  elf: ElfFile,
  vaddr: bigint,
  limitBytes: number,
  field: string,
): (Text & { readonly end: bigint }) | undefined {
  const prefix = elf.readVirtual(vaddr, VARINT_BYTES);
  const fileOffset = elf.vaddrToFileRange(vaddr)?.fileOffset;
  const varint = readVarint(prefix);
  if (varint === undefined || fileOffset === undefined) {
    elf.diagnostics.add('bad-value', field, 'its length is no varint', fileOffset);
    return undefined;
  }
  const text = stringAt(elf, vaddr + BigInt(varint.sizeBytes), varint.value, limitBytes, field);
  if (text === undefined) return undefined;
  return { ...text, end: vaddr + BigInt(varint.sizeBytes + text.bytes.length) };
}

function readVarint(bytes: Buffer): { value: number; sizeBytes: number } | undefined {
  let value = 0;
  let weight = 1;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    value += (byte & 0x7f) * weight;
    if (byte < 0x80) return { value, sizeBytes: i + 1 };
    weight *= 128;
  }
  return undefined;
}

/** Up to Go 1.17: two pointers to Go strings, in the pointer size and byte order of the header. */
function pointedStrings(elf: ElfFile, blob: BuildInfoBlob): BlobStrings | undefined {
  const pointerBytes = blob.header[POINTER_SIZE_AT];
  if (pointerBytes !== 4 && pointerBytes !== 8) {
    const message = `pointer size ${pointerBytes} in the header, expected 4 or 8`;
    elf.diagnostics.add('bad-value', 'Go build information', message, blob.fileOffset);
    return undefined;
  }
  const pointers = new Pointers(elf, pointerBytes, isBigEndian(blob));
  const modulesAt = POINTERS_AT + pointerBytes;
  const at = [POINTERS_AT, modulesAt].map((offset) => blob.vaddr + BigInt(offset));
  const [versionHeader = 0n, modulesHeader = 0n] = pointers.read(at);
  const [versionText = 0n, modulesText = 0n] = pointers.read([versionHeader, modulesHeader]);
  const goString = (
    header: bigint,
    text: bigint,
    limit: number,
    field: string,
  ): Text | undefined => {
    const length = pointers.readInPlace(header + BigInt(pointerBytes));
    if (length !== undefined) return stringAt(elf, text, Number(length), limit, field);
    const message = `its string header at ${hex(header)} is not in the file`;
    elf.diagnostics.add('out-of-range', field, message, blob.fileOffset + POINTERS_AT);
    return undefined;
  };
  const version = goString(versionHeader, versionText, GO_LIMITS.versionBytes, VERSION_FIELD);
  if (version === undefined) return undefined;
  // Programs built outside of modules have no module string at all.
  if (modulesHeader === 0n) return { version, modules: undefined };
  const limit = GO_LIMITS.moduleInfoBytes;
  return { version, modules: goString(modulesHeader, modulesText, limit, MODULES_FIELD) };
}

function isBigEndian(blob: BuildInfoBlob): boolean {
  return (blob.header[FLAGS_AT]! & FLAG_BIG_ENDIAN) !== 0;
}

/** Pointers of the image, relocated where the file holds zero: see relativeRelocations.ts. */
class Pointers {
  readonly #elf: ElfFile;
  readonly #sizeBytes: 4 | 8;
  readonly #endian: Endian;

  constructor(elf: ElfFile, sizeBytes: 4 | 8, isBig: boolean) {
    this.#elf = elf;
    this.#sizeBytes = sizeBytes;
    this.#endian = isBig ? BIG_ENDIAN : LITTLE_ENDIAN;
  }

  read(vaddrs: readonly bigint[]): bigint[] {
    const values = vaddrs.map((vaddr) => this.readInPlace(vaddr) ?? 0n);
    const zeros = vaddrs.filter((vaddr, i) => vaddr !== 0n && values[i] === 0n);
    if (zeros.length === 0) return values;
    const relocated = relocatedPointers(this.#elf, zeros);
    return values.map((value, i) => relocated.get(vaddrs[i]!) ?? value);
  }

  /** undefined where the file holds no such address. */
  readInPlace(vaddr: bigint): bigint | undefined {
    const bytes = this.#elf.readVirtual(vaddr, this.#sizeBytes);
    if (bytes.length < this.#sizeBytes) return undefined;
    return this.#sizeBytes === 8 ? this.#endian.u64(bytes, 0) : BigInt(this.#endian.u32(bytes, 0));
  }
}

function stringAt(
  elf: ElfFile,
  vaddr: bigint,
  lengthBytes: number,
  limitBytes: number,
  field: string,
): Text | undefined {
  const range = elf.vaddrToFileRange(vaddr);
  if (lengthBytes === 0) return { bytes: Buffer.alloc(0), fileOffset: range?.fileOffset ?? 0 };
  if (lengthBytes > limitBytes) {
    const message = `${lengthBytes} bytes long; at most ${limitBytes} are read`;
    elf.diagnostics.add('limit', field, message, range?.fileOffset);
    return undefined;
  }
  const bytes = elf.readVirtual(vaddr, lengthBytes);
  if (range === undefined || bytes.length < lengthBytes) {
    const message = `${lengthBytes} bytes at ${hex(vaddr)}; the file holds ${bytes.length}`;
    elf.diagnostics.add('truncated', field, message, range?.fileOffset);
    return undefined;
  }
  return { bytes, fileOffset: range.fileOffset };
}
