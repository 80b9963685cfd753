// SPDX-License-Identifier: Apache-2.0
import { BPF_CLIENT_LIMITS } from '../limits.ts';

/** One trace as the BPF programs left it. The same object is used for all of a batch. */
export interface RawTrace {
  id: number;
  /** 0 no user stack, 1 complete, otherwise the counter's index of the reason (§2). */
  end: number;
  /** 1: the innermost user frame is interrupted. */
  flags: number;
  kernelFrames: number;
  userFrames: number;
  /**
   * A frame is two words, low half first; kernel frames come first. A view that is valid during
   * the call only.
   */
  words: Uint32Array;
}

const HEADER_BYTES = 12;

/** Calls `handle` for each trace of the payload. @throws RangeError for one that is cut */
export function forEachTrace(payload: Buffer, handle: (trace: RawTrace) => void): void {
  const trace: RawTrace = {
    id: 0,
    end: 0,
    flags: 0,
    kernelFrames: 0,
    userFrames: 0,
    words: new Uint32Array(0),
  };
  const most = 2 * BPF_CLIENT_LIMITS.framesPerTrace;
  const scratch = new Uint8Array(4 * most);
  let at = 0;
  while (at + HEADER_BYTES <= payload.length) {
    trace.id = payload.readUInt32LE(at);
    trace.end = payload.readUInt8(at + 4);
    trace.flags = payload.readUInt8(at + 5);
    trace.kernelFrames = payload.readUInt16LE(at + 6);
    trace.userFrames = payload.readUInt16LE(at + 8);
    at += HEADER_BYTES;
    const count = 2 * (trace.kernelFrames + trace.userFrames);
    if (count > most || at + 4 * count > payload.length) {
      throw new RangeError(`trace ${trace.id}: ${count / 2} frames go past the batch`);
    }
    scratch.set(payload.subarray(at, at + 4 * count));
    trace.words = new Uint32Array(scratch.buffer, 0, count);
    handle(trace);
    at += 4 * count;
  }
}
