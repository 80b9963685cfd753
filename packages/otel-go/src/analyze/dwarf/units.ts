// SPDX-License-Identifier: Apache-2.0
// Unit headers (DWARF 5, section 7.5.1.1; DWARF 4, section 7.5.1.1).
import { ANALYZE_LIMITS } from '../limits.ts';
import type { FormSizes } from './abbreviations.ts';

export interface Unit extends FormSizes {
  readonly at: number;
  readonly end: number;
  readonly firstEntryAt: number;
  readonly abbrevAt: number;
}

const DWARF64 = 0xffffffff;
const DW_UT_COMPILE = 1;
const LONGEST_HEADER_BYTES = 24;

/** All units that are compile units; `problem` where a header makes no sense. */
export function unitsOf(info: Buffer): { units: Unit[]; problem: string | undefined } {
  const units: Unit[] = [];
  for (let at = 0, count = 0; at + LONGEST_HEADER_BYTES <= info.length; count++) {
    const where = `.debug_info at 0x${at.toString(16)}`;
    if (count >= ANALYZE_LIMITS.units) {
      return { units, problem: `${where}: more than ${ANALYZE_LIMITS.units} units` };
    }
    const isLong = info.readUInt32LE(at) === DWARF64;
    const lengthBytes = isLong ? 12 : 4;
    const length = isLong ? Number(info.readBigUInt64LE(at + 4)) : info.readUInt32LE(at);
    const end = at + lengthBytes + length;
    const version = info.readUInt16LE(at + lengthBytes);
    if (end > info.length || version < 2 || version > 5) {
      return { units, problem: `${where}: no unit header (version ${version})` };
    }
    const unit = unitAt(info, at, end, version, isLong);
    if (unit !== undefined) units.push(unit);
    at = end;
  }
  return { units, problem: undefined };
}

function unitAt(
  info: Buffer,
  at: number,
  end: number,
  version: number,
  isLong: boolean,
): Unit | undefined {
  const offsetBytes = isLong ? 8 : 4;
  let next = at + (isLong ? 12 : 4) + 2;
  let addressBytes = 0;
  if (version >= 5) {
    if (info[next] !== DW_UT_COMPILE) return undefined;
    addressBytes = info[next + 1]!;
    next += 2;
  }
  const abbrevAt = isLong ? Number(info.readBigUInt64LE(next)) : info.readUInt32LE(next);
  next += offsetBytes;
  if (version < 5) addressBytes = info[next++]!;
  if (next > end || ![4, 8].includes(addressBytes)) return undefined;
  return { at, end, firstEntryAt: next, abbrevAt, addressBytes, offsetBytes, version };
}
