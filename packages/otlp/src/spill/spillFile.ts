// SPDX-License-Identifier: Apache-2.0
// One request on disk: a header of 32 bytes and the body, little endian.
//
//   0  8  magic `OTKSPL\0\1`      12  1  signal         16  4  items          24  8  zero
//   8  4  CRC-32 of all that      13  1  1: gzip        20  4  bytes of body
//         follows                 14  2  zero
import { crc32 } from 'node:zlib';
import type { Signal } from '../export/transport.ts';

export const SPILL_HEADER_BYTES = 32;

const MAGIC = Buffer.from('OTKSPL\0\x01', 'latin1');
const CRC_AT = 8;
const CHECKED_FROM = 12;
const SIGNALS: readonly Signal[] = ['profiles', 'traces', 'metrics'];

/** What the header says about the request. */
export interface SpillHeader {
  readonly signal: Signal;
  readonly isGzip: boolean;
  readonly itemCount: number;
  readonly sizeBytes: number;
}

/** Header and body as they lie in the file. */
export function encodeSpill(header: Omit<SpillHeader, 'sizeBytes'>, body: Buffer): Buffer {
  const file = Buffer.alloc(SPILL_HEADER_BYTES + body.length);
  MAGIC.copy(file);
  file[12] = SIGNALS.indexOf(header.signal);
  file[13] = header.isGzip ? 1 : 0;
  file.writeUInt32LE(Math.min(0xffff_ffff, header.itemCount), 16);
  file.writeUInt32LE(body.length, 20);
  body.copy(file, SPILL_HEADER_BYTES);
  file.writeUInt32LE(crc32(file.subarray(CHECKED_FROM)), CRC_AT);
  return file;
}

/** The header, or undefined where this is none of ours, or not all of it. */
export function decodeSpillHeader(start: Buffer, fileBytes: number): SpillHeader | undefined {
  if (start.length < SPILL_HEADER_BYTES || !start.subarray(0, CRC_AT).equals(MAGIC)) return;
  const signal = SIGNALS[start[12]!];
  const sizeBytes = start.readUInt32LE(20);
  if (signal === undefined || SPILL_HEADER_BYTES + sizeBytes !== fileBytes) return;
  return { signal, isGzip: start[13] === 1, itemCount: start.readUInt32LE(16), sizeBytes };
}

/** The body, or undefined where the checksum does not fit. */
export function decodeSpill(file: Buffer): Buffer | undefined {
  if (decodeSpillHeader(file, file.length) === undefined) return undefined;
  const isIntact = crc32(file.subarray(CHECKED_FROM)) === file.readUInt32LE(CRC_AT);
  return isIntact ? file.subarray(SPILL_HEADER_BYTES) : undefined;
}
