// SPDX-License-Identifier: Apache-2.0
// The index and the footer of an .xz stream (The .xz File Format 1.2, sections 2.1.2 and 4). A
// block's own checksum cannot tell that there should be a block: a first byte that turned 0 reads
// as an index, and the stream as an empty one. Only the index says how many blocks there are.
import { crc32 } from 'node:zlib';

const FOOTER_BYTES = 12;
const FOOTER_MAGIC = 0x5a59; // "YZ"

/** What one block took: its header, data and check without padding, and its content. */
export interface BlockSizes {
  readonly unpaddedBytes: number;
  readonly contentBytes: number;
}

/**
 * Compares index and footer, from `at` on, with the stream's flags and the blocks that were read.
 * @throws Error when they are damaged or tell of other blocks.
 */
export function verifyIndex(bytes: Buffer, at: number, blocks: readonly BlockSizes[]): void {
  let { value, next } = readNumber(bytes, at + 1);
  if (value !== blocks.length) throw new Error(`index: ${value} blocks, ${blocks.length} read`);
  for (const [i, block] of blocks.entries()) {
    for (const expected of [block.unpaddedBytes, block.contentBytes]) {
      ({ value, next } = readNumber(bytes, next));
      if (value !== expected) throw new Error(`index: block ${i} has another size`);
    }
  }
  for (; (next - at) % 4 !== 0; next++) if (bytes[next] !== 0) throw new Error('index: padding');
  const footer = next + 4;
  if (footer + FOOTER_BYTES > bytes.length) throw new Error('ends inside its index');
  if (crc32(bytes.subarray(at, next)) !== bytes.readUInt32LE(next)) {
    throw new Error('index: checksum does not match');
  }
  verifyFooter(bytes, footer, footer - at);
}

function verifyFooter(bytes: Buffer, at: number, indexBytes: number): void {
  if (crc32(bytes.subarray(at + 4, at + 10)) !== bytes.readUInt32LE(at)) {
    throw new Error('stream footer: checksum does not match');
  }
  const sameFlags = bytes.readUInt16LE(at + 8) === bytes.readUInt16LE(6);
  const backwardBytes = (bytes.readUInt32LE(at + 4) + 1) * 4;
  if (!sameFlags || backwardBytes !== indexBytes || bytes.readUInt16LE(at + 10) !== FOOTER_MAGIC) {
    throw new Error('stream footer: does not fit the stream');
  }
}

/**
 * A multibyte integer: seven bits a byte, at most nine bytes (section 1.2). Values from 2^53 on
 * lose bits; no size that is compared reaches them.
 * @throws Error when it does not end.
 */
export function readNumber(bytes: Buffer, at: number): { value: number; next: number } {
  let value = 0;
  for (let i = 0; i < 9; i++) {
    const byte = bytes[at + i] ?? 0x80;
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return { value, next: at + i + 1 };
  }
  throw new Error('bad multibyte number');
}
