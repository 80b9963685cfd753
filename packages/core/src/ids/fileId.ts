// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import type { ByteSource } from '../bytes/byteSource.ts';

const EDGE_BYTES = 4096;
const ID_HEX_DIGITS = 32;

/**
 * The OpenTelemetry file ID (`process.executable.build_id.htlhash`): the first 16 bytes of
 * SHA-256 over the first 4096 bytes, the last 4096 bytes and the size as a big-endian u64, in hex.
 * A file shorter than 4096 bytes is hashed twice, by definition.
 * @throws InputError when the file cannot be read.
 */
export function otelFileId(source: ByteSource): string {
  const size = source.sizeBytes;
  const hash = createHash('sha256');
  hash.update(source.read(0, EDGE_BYTES));
  hash.update(source.read(Math.max(0, size - EDGE_BYTES), EDGE_BYTES));
  const tail = Buffer.alloc(8);
  tail.writeBigUInt64BE(BigInt(size));
  hash.update(tail);
  return hash.digest('hex').slice(0, ID_HEX_DIGITS);
}
