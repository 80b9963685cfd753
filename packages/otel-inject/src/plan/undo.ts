// SPDX-License-Identifier: Apache-2.0
// The way back, from the journal alone. Each step can be cut off anywhere and done again, and none
// needs another program: a preload that went wrong lets none start.
import { lstatSync, renameSync, rmdirSync, unlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { hostPath, isOwnEntry, type Layout } from '../layout/paths.ts';
import { ABSENT, type FileState, isSameState, readContents, readState } from './fileState.ts';
import { type JournalEntry, readJournal, removeJournal } from './journal.ts';
import { PLAN_LIMITS } from './limits.ts';
import { isBlank, removeEntries } from './preloadFile.ts';
import { stageFile, syncDirectory } from './stage.ts';

export interface UndoReport {
  /** Paths that are again as they were. */
  readonly restored: readonly string[];
  /** Paths that somebody else changed meanwhile, with what was done about each. */
  readonly kept: readonly { readonly path: string; readonly why: string }[];
}

/** What was done about a change that an earlier run did not end. */
export interface Recovery extends UndoReport {
  readonly command: 'install' | 'uninstall';
  readonly startedAt: string;
  /** `undone`: the host is as before that run. `finished`: as that run meant it to be. */
  readonly outcome: 'undone' | 'finished';
}

/**
 * Mends what an interrupted run left; undefined when there is nothing to mend. The caller holds
 * the lock.
 */
export function recover(layout: Layout): Recovery | undefined {
  const journal = readJournal(layout);
  if (journal === undefined) {
    // A crash may have cut off the writing of the journal, before anything was changed.
    removeJournal(layout);
    return undefined;
  }
  const { command, startedAt, phase, entries } = journal;
  let report: UndoReport = { restored: [], kept: [] };
  if (phase === 'committed') finish(layout, entries);
  else report = undoEntries(layout, entries);
  removeJournal(layout);
  return { command, startedAt, outcome: phase === 'committed' ? 'finished' : 'undone', ...report };
}

/** Ends a committed transaction: removes second names, then directories that are to go. */
export function finish(layout: Layout, entries: readonly JournalEntry[]): void {
  for (const { newName, oldName } of entries) {
    for (const name of [newName, oldName]) {
      const path = hostPath(layout, name);
      if (isThere(path)) unlinkSync(path);
    }
  }
  for (const { kind, target } of entries) {
    if (kind === 'rmdir') removeDirectory(hostPath(layout, target));
  }
}

/** Undoes operations in reverse order, however far each of them had come. */
export function undoEntries(layout: Layout, entries: readonly JournalEntry[]): UndoReport {
  const restored: string[] = [];
  const kept: { path: string; why: string }[] = [];
  for (const entry of [...entries].reverse()) {
    const newName = hostPath(layout, entry.newName);
    if (isThere(newName)) unlinkSync(newName);
    const why = undoOne(layout, entry);
    if (why === undefined) restored.push(entry.path);
    else kept.push({ path: entry.path, why });
  }
  return { restored, kept };
}

/** Undefined when it is as before, else what stands there and why. */
function undoOne(layout: Layout, entry: JournalEntry): string | undefined {
  const target = hostPath(layout, entry.target);
  const oldName = hostPath(layout, entry.oldName);
  if (entry.kind === 'mkdir') return undoMkdir(target);
  // Directories go only after the point of no return.
  if (entry.kind === 'rmdir') return undefined;
  const current = isThere(dirname(target)) ? readState(target) : ABSENT;
  if (isThere(oldName)) return restoreOld(layout, entry, current, target, oldName);
  if (entry.before.kind !== 'absent' || current.kind === 'absent') return undefined;
  if (isSameState(current, entry.after)) {
    unlinkSync(target);
    syncDirectory(dirname(target));
    return undefined;
  }
  return takeOutOwn(layout, entry, target);
}

function restoreOld(
  layout: Layout,
  entry: JournalEntry,
  current: FileState,
  target: string,
  oldName: string,
): string | undefined {
  if (isSameFile(target, oldName)) {
    // It was only given its second name. rename(2) of two names of one file does nothing.
    unlinkSync(oldName);
  } else if (current.kind === 'absent' || isSameState(current, entry.after)) {
    renameSync(oldName, target);
  } else {
    unlinkSync(oldName);
    return takeOutOwn(layout, entry, target);
  }
  syncDirectory(dirname(target));
  return undefined;
}

/** Others wrote into the file since: their change stays, and only an entry that we added goes. */
function takeOutOwn(layout: Layout, entry: JournalEntry, target: string): string {
  if (entry.kind !== 'append-line') return 'changed by somebody else since; left as it is';
  const { bytes, state } = readContents(target, PLAN_LIMITS.textFileBytes);
  if (bytes === undefined || state.kind !== 'file') return 'is no regular file any more';
  const rest = removeEntries(bytes, (name) => isOwnEntry(layout, name));
  if (rest.length === bytes.length) return 'changed by somebody else since; our line is gone';
  const newName = hostPath(layout, entry.newName);
  if (entry.before.kind === 'absent' && isBlank(rest)) {
    unlinkSync(target);
  } else {
    stageFile(newName, rest, state, target);
    renameSync(newName, target);
  }
  syncDirectory(dirname(target));
  return 'changed by somebody else since; only our line was taken out';
}

function undoMkdir(target: string): string | undefined {
  if (!isThere(target)) return undefined;
  try {
    rmdirSync(target);
    syncDirectory(dirname(target));
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOTEMPTY' || code === 'EEXIST') return 'holds files of somebody else';
    throw error;
  }
}

// Somebody may have put something there since the plan was made: then it stays.
function removeDirectory(path: string): void {
  try {
    rmdirSync(path);
    syncDirectory(dirname(path));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const isInUse = code === 'ENOTEMPTY' || code === 'EEXIST' || code === 'EBUSY';
    if (!isInUse && code !== 'ENOENT') throw error;
  }
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function isSameFile(left: string, right: string): boolean {
  const a = lstatSync(left, { bigint: true, throwIfNoEntry: false });
  const b = lstatSync(right, { bigint: true, throwIfNoEntry: false });
  return a !== undefined && b !== undefined && a.dev === b.dev && a.ino === b.ino;
}
