// SPDX-License-Identifier: Apache-2.0
// /proc/PID/stat (proc_pid_stat(5)). The name stands in parentheses and may itself hold
// parentheses, spaces and newlines, so it ends at the *last* closing one.
import { decodeBytes } from '../bytes/surrogateEscape.ts';

const OPEN = 0x28;
const CLOSE = 0x29;
const SPACE = 0x20;
const PF_KTHREAD = 0x00200000;
/** Fields read after the name: 3 (state) to 22 (starttime). */
const FIELDS = 20;

/** What tells a process from a later one with the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Start time since boot in clock ticks (field 22): the kernel never changes it. */
  readonly startTimeTicks: number;
}

export interface ProcessStat extends ProcessIdentity {
  /** Name of the main thread, at most 15 bytes unless it is a kernel worker. */
  readonly comm: string;
  /** One letter: R S D Z T t X I … */
  readonly state: string;
  readonly parentPid: number;
  readonly flags: number;
  readonly threadCount: number;
  readonly userTicks: number;
  readonly systemTicks: number;
  readonly isKernelThread: boolean;
}

/** Parses the file; undefined where it is not what the kernel writes. */
export function parseStat(bytes: Uint8Array): ProcessStat | undefined {
  const open = bytes.indexOf(OPEN);
  const close = bytes.lastIndexOf(CLOSE);
  if (open < 2 || close < open || bytes[close + 1] !== SPACE) return undefined;
  const pid = decimal(bytes, 0, open - 1);
  const stateCode = bytes[close + 2];
  if (pid === undefined || stateCode === undefined || bytes[close + 3] !== SPACE) return undefined;
  const fields = numbersFrom(bytes, close + 4);
  if (fields === undefined) return undefined;
  const flags = fields[5]!;
  return {
    pid,
    startTimeTicks: fields[18]!,
    comm: decodeBytes(bytes.subarray(open + 1, close)),
    state: String.fromCharCode(stateCode),
    parentPid: fields[0]!,
    flags,
    threadCount: fields[16]!,
    userTicks: fields[10]!,
    systemTicks: fields[11]!,
    isKernelThread: (flags & PF_KTHREAD) !== 0,
  };
}

/** Fields 4 to 22, some of them negative; undefined unless all are there. */
function numbersFrom(bytes: Uint8Array, from: number): number[] | undefined {
  const fields: number[] = [];
  let at = from;
  while (fields.length < FIELDS - 1) {
    const isNegative = bytes[at] === 0x2d;
    const first = isNegative ? at + 1 : at;
    let end = first;
    while (isDigit(bytes[end])) end++;
    const value = decimal(bytes, first, end);
    if (value === undefined) return undefined;
    fields.push(isNegative ? -value : value);
    if (bytes[end] !== SPACE && fields.length < FIELDS - 1) return undefined;
    at = end + 1;
  }
  return fields;
}

function decimal(bytes: Uint8Array, from: number, to: number): number | undefined {
  if (to <= from || to - from > 20) return undefined;
  let value = 0;
  for (let i = from; i < to; i++) {
    if (!isDigit(bytes[i])) return undefined;
    value = value * 10 + (bytes[i]! - 0x30);
  }
  return value;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}
