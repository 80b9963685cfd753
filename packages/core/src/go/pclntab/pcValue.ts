// SPDX-License-Identifier: Apache-2.0
// Pc-value tables ("Go 1.2 Runtime Symbol Table"): alternating varints, a zigzag difference of the
// value and the number of instruction quanta for which it holds.
import { GO_LIMITS } from '../limits.ts';
import type { PclntabHeader } from './header.ts';

const PIECE_BYTES = 4_096;
/** 32-bit numbers in groups of seven bits. */
const LONGEST_VARINT_BYTES = 5;

/**
 * The value that holds at `pcOffset` bytes from the function's entry; undefined where the table
 * does not reach, is damaged, or is absent (`tableAt` 0).
 * @param tableAt from the start of the part that holds such tables.
 */
export function pcValueAt(
  header: PclntabHeader,
  tableAt: number,
  pcOffset: number,
): number | undefined {
  const { pcs, table, minLC } = header;
  if (tableAt === 0 || tableAt >= pcs.sizeBytes) return undefined;
  let position = pcs.at + tableAt;
  const end = pcs.at + pcs.sizeBytes;
  let bytes = table.read(position, Math.min(PIECE_BYTES, end - position));
  let at = 0;
  let value = -1;
  let pc = 0;
  const readVarint = (): number => {
    let result = 0;
    for (let shift = 0; shift < 7 * LONGEST_VARINT_BYTES; shift += 7) {
      const byte = bytes[at++];
      if (byte === undefined) return -1;
      result |= (byte & 0x7f) << shift;
      if (byte < 0x80) return result >>> 0;
    }
    return -1;
  };
  for (let step = 0; step < GO_LIMITS.pcValueSteps; step++) {
    if (bytes.length - at < 2 * LONGEST_VARINT_BYTES && position + bytes.length < end) {
      position += at;
      bytes = table.read(position, Math.min(PIECE_BYTES, end - position));
      at = 0;
      if (bytes.length === 0) return undefined;
    }
    const zigzag = readVarint();
    if (zigzag < 0 || (zigzag === 0 && step > 0)) return undefined;
    const quanta = readVarint();
    if (quanta < 0) return undefined;
    value = (value + ((zigzag >>> 1) ^ -(zigzag & 1))) | 0;
    pc += quanta * minLC;
    if (pcOffset < pc) return value;
  }
  return undefined;
}
