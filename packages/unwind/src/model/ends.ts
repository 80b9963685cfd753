// SPDX-License-Identifier: Apache-2.0

/** How a user stack ended: the numbers of docs/profile-internals.md sections 2 and 3. */
export const STACK_END = {
  NONE: 0,
  COMPLETE: 1,
  TRUNCATED_DEPTH: 7,
  NO_MAPPING: 8,
  NO_UNWIND_INFO: 9,
  STACK_UNREADABLE: 10,
  BAD_RULE: 11,
  BAD_FRAME_POINTER: 12,
  NO_PROGRESS: 13,
  TABLE_BOUNDS: 16,
} as const;
