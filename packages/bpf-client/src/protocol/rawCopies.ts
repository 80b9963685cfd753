// SPDX-License-Identifier: Apache-2.0
// Records of kind 4: registers and the top of a stack that could not be unwound at once
// (docs/profile-internals.md §3).
import { LINK_BYTES, SampleKind } from './samples.ts';

/** One copy; the same object is used for all of a batch, its views are valid during the call. */
export interface RawCopy {
  /** The kind of sample that it stands for. */
  kind: number;
  /** Of that sample: nanoseconds off CPU for kind 3, otherwise 1. */
  value: number;
  probe: number;
  /** 1: the innermost user frame is interrupted; 4: there is more of the stack than was copied. */
  flags: number;
  cpu: number;
  pid: number;
  tid: number;
  generation: number;
  timeNs: bigint;
  comm: Buffer;
  /** Two words a frame, low half first. */
  kernelFrames: number;
  kernelWords: Uint32Array;
  /** u64 by DWARF number, then the flags; little endian. */
  registers: Buffer;
  /** From the stack pointer on. */
  stack: Buffer;
  /** Trace ID and span ID; empty where it was taken in no span. */
  link: Buffer;
}

const HEADER_BYTES = 64;
const LINKED = 8;
const REGISTERS: Readonly<Record<string, number>> = { x64: 18, arm64: 34 };

/** Calls `handle` for each copy. @param arch of Node's names @throws RangeError for one cut */
export function forEachRawCopy(
  payload: Buffer,
  arch: string,
  handle: (copy: RawCopy) => void,
): void {
  const registerBytes = 8 * (REGISTERS[arch] ?? 0);
  let at = 0;
  while (at + 4 <= payload.length) {
    const length = payload.readUInt32LE(at);
    const end = at + 4 + length;
    if (length < HEADER_BYTES || end > payload.length) {
      throw new RangeError(`raw copy of ${length} bytes at ${at} of ${payload.length}`);
    }
    handle(readCopy(payload.subarray(at + 4, end), registerBytes));
    at = end;
  }
}

function readCopy(record: Buffer, registerBytes: number): RawCopy {
  const kernelFrames = record.readUInt16LE(16);
  const userFrames = record.readUInt16LE(18);
  const stackBytes = record.readUInt32LE(56);
  const registersAt = HEADER_BYTES + 8 * (kernelFrames + userFrames);
  const stackAt = registersAt + registerBytes;
  if (stackAt + stackBytes > record.length) {
    throw new RangeError(`raw copy: ${stackBytes} bytes of stack go past its end`);
  }
  const kernelWords = new Uint32Array(2 * kernelFrames);
  for (let i = 0; i < kernelWords.length; i++) {
    kernelWords[i] = record.readUInt32LE(HEADER_BYTES + 4 * i);
  }
  const standsFor = record.readBigUInt64LE(32);
  const kind = Number(standsFor & 0xffn);
  const stackEnd = stackAt + stackBytes;
  const hasLink = (record.readUInt8(2) & LINKED) !== 0 && stackEnd + LINK_BYTES <= record.length;
  return {
    kind,
    value: kind === SampleKind.offCpu ? Number(standsFor >> 8n) : 1,
    probe: record.readUInt8(3),
    flags: record.readUInt8(2),
    cpu: record.readUInt32LE(4),
    pid: record.readUInt32LE(8),
    tid: record.readUInt32LE(12),
    generation: record.readUInt32LE(20),
    timeNs: record.readBigUInt64LE(24),
    comm: untilNul(record.subarray(40, 56)),
    kernelFrames,
    kernelWords,
    registers: record.subarray(registersAt, stackAt),
    stack: record.subarray(stackAt, stackEnd),
    link: record.subarray(stackEnd, hasLink ? stackEnd + LINK_BYTES : stackEnd),
  };
}

function untilNul(bytes: Buffer): Buffer {
  const end = bytes.indexOf(0);
  return end < 0 ? bytes : bytes.subarray(0, end);
}
