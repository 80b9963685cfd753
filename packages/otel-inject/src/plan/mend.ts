// SPDX-License-Identifier: Apache-2.0
import type { Layout } from '../layout/paths.ts';
import { readJournal } from './journal.ts';
import { takeLock } from './lock.ts';
import { type Recovery, recover } from './undo.ts';

/**
 * Mends what an interrupted `install` or `uninstall` left, and nothing else: for `doctor`.
 * Undefined when nothing was interrupted.
 * @throws ToolError `LOCKED` while another run is at work, `JOURNAL_DAMAGED`; system errors
 */
export function mendInterrupted(layout: Layout): Recovery | undefined {
  if (readJournal(layout) === undefined) return undefined;
  const lock = takeLock(layout);
  try {
    return recover(layout);
  } finally {
    lock.release();
  }
}
