// SPDX-License-Identifier: Apache-2.0
import { type ByteSource, LIMITS } from '@otelkit/core';

/** All of a range, also where it exceeds a single read. Shorter at the end of the source. */
export function readRange(source: ByteSource, fileOffset: number, lengthBytes: number): Uint8Array {
  const size = Math.min(lengthBytes, Math.max(0, source.sizeBytes - fileOffset));
  if (size <= LIMITS.singleReadBytes) return source.read(fileOffset, size);
  const whole = new Uint8Array(size);
  let filled = 0;
  while (filled < size) {
    const piece = source.read(fileOffset + filled, Math.min(LIMITS.bulkReadBytes, size - filled));
    if (piece.length === 0) break;
    whole.set(piece, filled);
    filled += piece.length;
  }
  return whole.subarray(0, filled);
}
