// SPDX-License-Identifier: Apache-2.0

const HEADER_BYTES = 8;

/** Calls `handle` for each name of a thread. @throws RangeError for one that is cut */
export function forEachName(payload: Buffer, handle: (id: number, name: Buffer) => void): void {
  let at = 0;
  while (at + HEADER_BYTES <= payload.length) {
    const id = payload.readUInt32LE(at);
    const length = payload.readUInt16LE(at + 4);
    at += HEADER_BYTES;
    if (at + length > payload.length) throw new RangeError(`name ${id}: ${length} bytes`);
    handle(id, payload.subarray(at, at + length));
    at += length;
  }
}
