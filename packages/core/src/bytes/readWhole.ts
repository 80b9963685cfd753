// SPDX-License-Identifier: Apache-2.0
import { LIMITS } from '../limits.ts';
import type { ByteSource } from './byteSource.ts';

/** All of a range, also where it exceeds a single read. Shorter at the end of the source. */
export function readWhole(source: ByteSource, fileOffset: number, lengthBytes: number): Buffer {
  const size = Math.min(lengthBytes, Math.max(0, source.sizeBytes - fileOffset));
  if (size <= LIMITS.singleReadBytes) return source.read(fileOffset, size);
  const whole = Buffer.allocUnsafeSlow(size);
  let filled = 0;
  while (filled < size) {
    const wanted = Math.min(LIMITS.bulkReadBytes, size - filled);
    const piece = source.read(fileOffset + filled, wanted);
    if (piece.length === 0) break;
    filled += piece.copy(whole, filled);
  }
  return whole.subarray(0, filled);
}
