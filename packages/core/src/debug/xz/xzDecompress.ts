// SPDX-License-Identifier: Apache-2.0
// The .xz container (The .xz File Format 1.2) with the LZMA2 filter. Written here because what npm
// has is asynchronous, wraps a WebAssembly binary, or lacks the container; see
// docs/dependencies.md.
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { LIMITS } from '../../limits.ts';
import { crc64 } from './crc64.ts';
import { decodeLzma2 } from './lzma2.ts';
import { OutputBuffer } from './outputBuffer.ts';
import { type BlockSizes, readNumber, verifyIndex } from './xzIndex.ts';

const MAGIC = Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]);
const STREAM_HEADER_BYTES = 12;
const LZMA2_FILTER = 0x21;
const MOST_BLOCKS = 65_536;
/** Bytes of each check, by its number (section 2.1.1.2). */
const CHECK_BYTES = [0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64] as const;

/** True when the bytes start as an .xz stream does. */
export function isXz(bytes: Buffer): boolean {
  return bytes.length >= MAGIC.length && MAGIC.compare(bytes, 0, MAGIC.length) === 0;
}

/**
 * Decompresses the first stream of an .xz file to at most `mostBytes` bytes; every block is
 * checked against its checksum, and all of them against the index.
 * @throws Error when it is damaged, larger, or uses another filter than LZMA2.
 */
export function xzDecompress(bytes: Buffer, mostBytes: number): Buffer {
  if (!isXz(bytes) || bytes.length < STREAM_HEADER_BYTES) throw new Error('is not in .xz format');
  if (crc32(bytes.subarray(6, 8)) !== bytes.readUInt32LE(8)) {
    throw new Error('stream header: checksum does not match');
  }
  const check = bytes[7]! & 15;
  const output = new OutputBuffer(mostBytes);
  const blocks: BlockSizes[] = [];
  let at = STREAM_HEADER_BYTES;
  while (blocks.length < MOST_BLOCKS) {
    if (at >= bytes.length) throw new Error('ends before its index');
    // A header size of 0 is the index indicator: no block follows.
    if (bytes[at] === 0) {
      verifyIndex(bytes, at, blocks);
      return output.since(0);
    }
    const blockAt = at;
    const start = output.length;
    const header = readBlockHeader(bytes, at);
    at = decodeLzma2(bytes, header.end, header.dictionaryBytes, output);
    const unpaddedBytes = at - blockAt + CHECK_BYTES[check]!;
    while ((at - header.end) % 4 !== 0) at++;
    verifyCheck(bytes, at, check, output.since(start));
    at += CHECK_BYTES[check]!;
    blocks.push({ unpaddedBytes, contentBytes: output.length - start });
  }
  throw new Error(`more than ${MOST_BLOCKS} blocks`);
}

interface BlockHeader {
  readonly end: number;
  readonly dictionaryBytes: number;
}

function readBlockHeader(bytes: Buffer, at: number): BlockHeader {
  const size = (bytes[at]! + 1) * 4;
  const end = at + size;
  if (end > bytes.length) throw new Error('ends inside a block header');
  if (crc32(bytes.subarray(at, end - 4)) !== bytes.readUInt32LE(end - 4)) {
    throw new Error('block header: checksum does not match');
  }
  const flags = bytes[at + 1]!;
  if ((flags & 0x3f) !== 0) throw new Error('uses other filters than LZMA2 alone');
  let next = at + 2;
  if ((flags & 0x40) !== 0) ({ next } = readNumber(bytes, next));
  if ((flags & 0x80) !== 0) ({ next } = readNumber(bytes, next));
  if (bytes[next] !== LZMA2_FILTER || bytes[next + 1] !== 1) {
    throw new Error('uses another filter than LZMA2');
  }
  const dictionaryBytes = dictionarySize(bytes[next + 2]!);
  if (dictionaryBytes > LIMITS.xzDictionaryBytes) {
    throw new Error(`asks for a dictionary of ${dictionaryBytes} bytes`);
  }
  return { end, dictionaryBytes };
}

/** Section 5.3.1: mantissa 2 or 3, shifted. */
function dictionarySize(bits: number): number {
  if (bits > 40) throw new Error(`bad dictionary size ${bits}`);
  return bits === 40 ? 0xffffffff : (2 | (bits & 1)) * 2 ** ((bits >> 1) + 11);
}

function verifyCheck(bytes: Buffer, at: number, check: number, data: Buffer): void {
  const size = CHECK_BYTES[check]!;
  if (at + size > bytes.length) throw new Error('ends inside a check');
  const expected = Buffer.from(bytes.subarray(at, at + size));
  let found: string | undefined;
  if (check === 1) found = crc32(data).toString(16).padStart(8, '0');
  else if (check === 4) found = crc64(data);
  else if (check === 10) found = createHash('sha256').update(data).digest('hex');
  if (found === undefined) return;
  // CRCs are stored with the lowest byte first, SHA-256 as it is written.
  if (check !== 10) expected.reverse();
  if (expected.toString('hex') !== found) throw new Error('checksum does not match');
}
