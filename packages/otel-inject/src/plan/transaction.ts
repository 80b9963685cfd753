// SPDX-License-Identifier: Apache-2.0
// Carries a plan out so that a crash between any two system calls leaves the old state or the new
// one, with a journal that leads back:
//   journal → stage new contents beside their places → for each operation: give the old contents a
//   second name, rename the new ones into place → journal says "committed" → remove second names
//   and directories.
// The second name is a hard link: getting back is a rename of the very same inode, with its
// times, attributes and all, and needs no other program.
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  linkSync,
  mkdirSync,
  renameSync,
  statSync,
  symlinkSync,
  unlinkSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { ToolError } from '@otelkit/cli-kit';
import { hostPath, type Layout } from '../layout/paths.ts';
import { isSameState, readState } from './fileState.ts';
import {
  type Journal,
  type JournalEntry,
  journalEntry,
  removeJournal,
  writeJournal,
} from './journal.ts';
import { stageFile, syncDirectory } from './stage.ts';
import type { Operation, Plan } from './types.ts';
import { finish, type UndoReport, undoEntries } from './undo.ts';

interface Step {
  readonly operation: Operation;
  readonly entry: JournalEntry;
}

export class Transaction {
  readonly #layout: Layout;
  readonly #steps: readonly Step[];
  readonly #journal: Journal;
  #done = 0;

  constructor(plan: Plan) {
    const transaction = randomBytes(8).toString('hex');
    this.#layout = plan.layout;
    this.#steps = plan.operations.map((operation) => ({
      operation,
      entry: journalEntry(operation, transaction),
    }));
    this.#journal = {
      version: 1,
      transaction,
      command: plan.command,
      phase: 'applying',
      startedAt: new Date().toISOString(),
      entries: this.#steps.map(({ entry }) => entry),
    };
  }

  /** Where the new contents of a path are before they are activated; host path. */
  stagedPath(path: string): string | undefined {
    const step = this.#steps.find(({ operation }) => operation.path === path);
    return step?.operation.bytes === undefined ? undefined : this.#host(step.entry.newName);
  }

  /** Writes the journal, makes directories, and writes all new contents beside their places. */
  stage(): void {
    writeJournal(this.#layout, this.#journal);
    while (this.#steps[this.#done]?.operation.kind === 'mkdir') this.#activateNext();
    for (const { operation, entry } of this.#steps) {
      const { after, before, bytes } = operation;
      const path = this.#host(entry.newName);
      if (after.kind === 'symlink') symlinkSync(after.target, path);
      if (bytes === undefined || after.kind !== 'file') continue;
      const old = before.kind === 'file' ? this.#host(entry.target) : undefined;
      stageFile(path, bytes, after, old);
    }
  }

  /**
   * Puts operations in force, in the plan's order.
   * @param until the first operation that is left for later
   * @throws ToolError `CHANGED_MEANWHILE` when a file is no longer as the plan saw it
   */
  activate(until: (operation: Operation) => boolean = () => false): void {
    for (;;) {
      const step = this.#steps[this.#done];
      if (step === undefined || until(step.operation)) return;
      this.#activateNext();
    }
  }

  /** The point of no return: from here a crash is mended forwards, and nothing is rolled back. */
  commit(): void {
    writeJournal(this.#layout, { ...this.#journal, phase: 'committed' });
  }

  /** Removes what only the way back needed. When that fails, the next run does it. */
  finish(): void {
    finish(this.#layout, this.#journal.entries);
    removeJournal(this.#layout);
  }

  /** Back to what was before, byte for byte. */
  rollback(): UndoReport {
    const report = undoEntries(this.#layout, this.#journal.entries);
    removeJournal(this.#layout);
    return report;
  }

  #activateNext(): void {
    const { operation, entry } = this.#steps[this.#done]!;
    const target = this.#host(entry.target);
    if (!isSameState(readState(target), operation.before)) throw changed(target);
    carryOut(operation, target, this.#host(entry.newName), this.#host(entry.oldName));
    this.#done++;
  }

  #host(path: string): string {
    return hostPath(this.#layout, path);
  }
}

function carryOut(operation: Operation, target: string, newName: string, oldName: string): void {
  const { kind, before, after } = operation;
  const directory = dirname(target);
  if (kind === 'mkdir' && after.kind === 'directory') {
    mkdirSync(target, { mode: after.mode });
    // The umask may have taken bits away.
    chmodSync(target, after.mode);
    const { uid, gid } = statSync(target);
    if (uid !== after.uid || gid !== after.gid) chownSync(target, after.uid, after.gid);
  } else if (kind === 'rmdir') {
    // Second names of what lay in it are still there: `finish` does it.
    return;
  } else if (kind === 'delete') {
    renameSync(target, oldName);
  } else {
    if (before.kind === 'absent') {
      placeNew(newName, target);
    } else {
      keepOld(target, oldName);
      renameSync(newName, target);
    }
  }
  syncDirectory(directory);
}

// A link, unlike a rename, replaces nothing that somebody put there in this very moment.
function placeNew(newName: string, target: string): void {
  try {
    linkSync(newName, target);
  } catch (error) {
    if (!hasNoHardLinks(error)) throw error;
    renameSync(newName, target);
    return;
  }
  unlinkSync(newName);
}

// Where the file system has no hard links, the old contents lose their name for a moment; the
// journal leads back from there too.
function keepOld(target: string, oldName: string): void {
  try {
    linkSync(target, oldName);
  } catch (error) {
    if (!hasNoHardLinks(error)) throw error;
    renameSync(target, oldName);
  }
}

function hasNoHardLinks(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'EPERM' || code === 'ENOTSUP' || code === 'EMLINK';
}

function changed(path: string): ToolError {
  return new ToolError('the file was changed by somebody else since the plan was made', {
    code: 'CHANGED_MEANWHILE',
    path,
    hint: 'run the command again: it makes a new plan',
  });
}
