// SPDX-License-Identifier: Apache-2.0
import type { ByteSource } from '../bytes/byteSource.ts';
import { sha256 } from './sha256.ts';

const EDGE_BYTES = 4096;
const ID_HEX_DIGITS = 32;
const TWO_32 = 4_294_967_296;
const scratch = Buffer.alloc(2 * EDGE_BYTES + 8);

/**
 * The OpenTelemetry file ID (`process.executable.build_id.htlhash`): the first 16 bytes of
 * SHA-256 over the first 4096 bytes, the last 4096 bytes and the size as a big-endian u64, in hex.
 * A file shorter than 4096 bytes is hashed twice, by definition.
 * @throws InputError when the file cannot be read.
 */
export function otelFileId(source: ByteSource): string {
  const size = source.sizeBytes;
  const head = source.read(0, EDGE_BYTES);
  head.copy(scratch, 0);
  const tail = source.read(Math.max(0, size - EDGE_BYTES), EDGE_BYTES);
  tail.copy(scratch, head.length);
  let end = head.length + tail.length;
  end = scratch.writeUInt32BE(Math.floor(size / TWO_32), end);
  end = scratch.writeUInt32BE(size % TWO_32, end);
  return sha256(scratch.subarray(0, end)).slice(0, ID_HEX_DIGITS);
}
