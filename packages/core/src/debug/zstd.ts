// SPDX-License-Identifier: Apache-2.0
// The only place that knows fzstd, which serves Nodes without zlib.zstdDecompressSync. It allocates
// whatever window a frame asks for (2 GiB and more), so that frames are measured first and handed
// over one by one (RFC 8878, sections 3.1.1 and 3.1.1.2).
import zlib from 'node:zlib';
import { Decompress } from 'fzstd';
import { LIMITS } from '../limits.ts';

const FRAME_MAGIC = 0xfd2fb528;
const SKIPPABLE_MAGIC = 0x184d2a50;
const BLOCK_HEADER_BYTES = 3;
const RLE_BLOCK = 1;
const RESERVED_BLOCK = 3;

type Native = (bytes: Uint8Array, options: { maxOutputLength: number }) => Buffer;

/**
 * Decompresses Zstandard frames to at most `mostBytes` bytes.
 * @throws Error when the data is damaged, larger than that, or asks for too large a window.
 */
export function zstdDecompress(bytes: Buffer, mostBytes: number): Buffer {
  const native = (zlib as unknown as { zstdDecompressSync?: Native }).zstdDecompressSync;
  checkWindows(bytes);
  if (native !== undefined) return native(bytes, { maxOutputLength: Math.max(1, mostBytes) });
  return zstdDecompressPortably(bytes, mostBytes);
}

/** The same without help of the running Node; exported for the tests. */
export function zstdDecompressPortably(bytes: Buffer, mostBytes: number): Buffer {
  const chunks: Uint8Array[] = [];
  let total = 0;
  for (let at = 0; at < bytes.length; ) {
    const frame = measureFrame(bytes, at);
    if (!frame.isSkippable) {
      const stream = new Decompress((chunk) => {
        total += chunk.length;
        if (total > mostBytes) throw new Error(`more than the ${mostBytes} bytes declared`);
        chunks.push(chunk);
      });
      stream.push(bytes.subarray(at, frame.end), true);
    }
    at = frame.end;
  }
  return Buffer.concat(chunks, total);
}

function checkWindows(bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at = measureFrame(bytes, at).end;
}

interface Frame {
  readonly end: number;
  readonly isSkippable: boolean;
}

/** Finds a frame's end by its block headers and checks the window it asks for. */
function measureFrame(bytes: Buffer, at: number): Frame {
  if (at + 9 > bytes.length) throw new Error('ends inside a frame header');
  const magic = bytes.readUInt32LE(at);
  if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE_MAGIC) {
    return { end: bounded(at + 8 + bytes.readUInt32LE(at + 4), bytes), isSkippable: true };
  }
  if (magic !== FRAME_MAGIC) throw new Error('holds no Zstandard frame');
  const descriptor = bytes[at + 4]!;
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3]!;
  const sizeFlag = descriptor >> 6;
  const contentSizeBytes = sizeFlag === 0 ? Number(isSingleSegment) : 1 << sizeFlag;
  const contentSizeAt = at + 5 + (isSingleSegment ? 0 : 1) + dictionaryBytes;
  const window = isSingleSegment
    ? contentSize(bytes, contentSizeAt, contentSizeBytes)
    : windowSize(bytes[at + 5]!);
  if (window > LIMITS.zstdWindowBytes) {
    throw new Error(
      `asks for a window of ${window} bytes; at most ${LIMITS.zstdWindowBytes} are given`,
    );
  }
  const end = endOfBlocks(bytes, contentSizeAt + contentSizeBytes);
  const hasChecksum = (descriptor & 4) !== 0;
  return { end: bounded(end + (hasChecksum ? 4 : 0), bytes), isSkippable: false };
}

function contentSize(bytes: Buffer, at: number, lengthBytes: number): number {
  let size = 0;
  for (let i = lengthBytes - 1; i >= 0; i--) size = size * 256 + (bytes[at + i] ?? 0);
  return lengthBytes === 2 ? size + 256 : size;
}

function windowSize(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

function endOfBlocks(bytes: Buffer, first: number): number {
  let at = first;
  for (;;) {
    if (at + BLOCK_HEADER_BYTES > bytes.length) throw new Error('ends inside a frame');
    const header = bytes.readUIntLE(at, BLOCK_HEADER_BYTES);
    const type = (header >> 1) & 3;
    if (type === RESERVED_BLOCK) throw new Error('holds a block of the reserved type');
    at += BLOCK_HEADER_BYTES + (type === RLE_BLOCK ? 1 : header >> 3);
    if ((header & 1) === 1) return at;
  }
}

function bounded(end: number, bytes: Buffer): number {
  if (end > bytes.length) throw new Error('ends inside a frame');
  return end;
}
