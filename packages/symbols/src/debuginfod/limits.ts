// SPDX-License-Identifier: Apache-2.0
// Plain literals: isolated declarations infer nothing else.

export const DEBUGINFOD_LIMITS = {
  servers: 8,
  /** One debug file, and the time for it: less than a request to the worker may take. */
  fileBytes: 536_870_912,
  fileMs: 20_000,
  /** All that is kept. */
  folderBytes: 2_147_483_648,
  /** Build IDs that were asked for. */
  remembered: 4_096,
} as const;
