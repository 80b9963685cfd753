// SPDX-License-Identifier: Apache-2.0
// Why a user stack was not seen to its end (docs/profile-internals.md §2, index of a counter).

export interface EndReason {
  /** As the counter is called. */
  readonly name: string;
  readonly says: string;
}

/** There was no user stack, or it was seen whole. */
export const COMPLETE_ENDS: ReadonlySet<number> = new Set([0, 1, 6]);
/** There are more frames than are taken. */
export const TRUNCATED = 7;

const REASONS: ReadonlyMap<number, EndReason> = new Map([
  [TRUNCATED, { name: 'truncatedDepth', says: 'stack cut' }],
  [8, { name: 'noMapping', says: 'no code is known at the next address' }],
  [9, { name: 'noUnwindInfo', says: 'no unwind information for the next address' }],
  [10, { name: 'stackUnreadable', says: 'the stack is paged out or not mapped' }],
  [11, { name: 'badRule', says: 'the unwind rule cannot be followed' }],
  [12, { name: 'badFramePointer', says: 'the frame pointer leads nowhere' }],
  [13, { name: 'noProgress', says: 'the stack leads back to itself' }],
  [15, { name: 'compat32', says: '32-bit program' }],
  [16, { name: 'tableBounds', says: 'the unwind table is damaged' }],
  [17, { name: 'tailCallFailed', says: 'the unwinder of this kind of code is not there' }],
]);

/** @param end of a record, not one of {@link COMPLETE_ENDS} */
export function endReason(end: number): EndReason {
  return REASONS.get(end) ?? { name: `end${end}`, says: 'the stack ends early' };
}
