// SPDX-License-Identifier: Apache-2.0
import { Fnv1a128 } from './fnv1a128.ts';

/** A frame as the trace hash of other agents sees it. */
export interface HashedFrame {
  /** 16 bytes; zeros where the frame has no file. */
  readonly fileId: Uint8Array;
  readonly addressOrLine: bigint;
}

/**
 * The trace hash that other profiling agents publish: FNV-1a-128 over, per frame, the 16 bytes of
 * its file ID and the address or line in decimal ASCII. For compatibility only: frames that differ
 * in nothing else than their names collide in it.
 */
export function compatibleTraceHash(frames: readonly HashedFrame[]): string {
  const hash = new Fnv1a128();
  for (const frame of frames) {
    hash.update(frame.fileId);
    hash.update(Buffer.from(frame.addressOrLine.toString(10), 'ascii'));
  }
  return hash.digest();
}
