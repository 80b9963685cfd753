// SPDX-License-Identifier: Apache-2.0
import { readSync } from 'node:fs';
import { type ByteSource, FileSource } from '@otelkit/core';

const SCRATCH_BYTES = 256;
const scratch: Buffer = Buffer.allocUnsafeSlow(SCRATCH_BYTES);

/**
 * Some bytes that are looked at once: names lie all over a string table, and a source keeps a page
 * of the file for each of them. At most 256, valid until the next call. @throws InputError
 */
export function readBriefly(source: ByteSource, fileOffset: number, lengthBytes: number): Buffer {
  const wanted = Math.min(lengthBytes, SCRATCH_BYTES, source.sizeBytes - fileOffset);
  if (source instanceof FileSource && source.fd >= 0 && wanted > 0 && fileOffset >= 0) {
    try {
      const n = readSync(source.fd, scratch, 0, wanted, fileOffset);
      if (n === wanted) return scratch.subarray(0, n);
    } catch {
      // The other way says what is wrong.
    }
  }
  return source.read(fileOffset, wanted);
}
