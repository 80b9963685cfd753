// SPDX-License-Identifier: Apache-2.0
// What is being changed, written before the first change. After a crash it says how to get back.
import { lstatSync, renameSync, rmSync, unlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { ToolError } from '@otelkit/cli-kit';
import type { Layout } from '../layout/paths.ts';
import { type FileState, readContents } from './fileState.ts';
import { PLAN_LIMITS } from './limits.ts';
import { ownHostPath } from './resolve.ts';
import { stageFile, syncDirectory } from './stage.ts';
import type { Operation, OperationKind } from './types.ts';

/** An operation as a journal remembers it: without contents, with the names of its copies. */
export interface JournalEntry {
  readonly kind: OperationKind;
  readonly path: string;
  readonly target: string;
  readonly before: FileState;
  readonly after: FileState;
  /** Name of the new contents beside the target until they are activated; inside the root. */
  readonly newName: string;
  /** A second name of what was there before, until the transaction is over. */
  readonly oldName: string;
}

export interface Journal {
  readonly version: 1;
  /** Unique; part of the names of all copies. */
  readonly transaction: string;
  readonly command: 'install' | 'uninstall';
  /** `committed`: everything is in place and only copies remain to be removed. */
  readonly phase: 'applying' | 'committed';
  readonly startedAt: string;
  readonly entries: readonly JournalEntry[];
}

const STATE_FILE_MODE = 0o600;

/** The journal's entry for an operation. */
export function journalEntry(operation: Operation, transaction: string): JournalEntry {
  const { kind, path, target, before, after } = operation;
  const slash = target.lastIndexOf('/');
  const beside = `${target.slice(0, slash)}/.${target.slice(slash + 1)}.otelkit`;
  return {
    kind,
    path,
    target,
    before,
    after,
    newName: `${beside}-new-${transaction}`,
    oldName: `${beside}-old-${transaction}`,
  };
}

/**
 * The journal of a change that did not end, or undefined.
 * @throws ToolError `JOURNAL_DAMAGED` (exit 3)
 */
export function readJournal(layout: Layout): Journal | undefined {
  const path = ownHostPath(layout, layout.journal);
  const { bytes } = readContents(path, PLAN_LIMITS.stateFileBytes);
  if (bytes === undefined) return undefined;
  const journal = parseJournal(bytes.toString());
  if (journal !== undefined) return journal;
  throw new ToolError('the journal of an interrupted change is damaged', {
    code: 'JOURNAL_DAMAGED',
    exitCode: 3,
    path,
    hint: 'look for names ending in .otelkit-old-… beside the files that `status` lists, put them back, then remove the journal',
  });
}

/** Writes or replaces the journal; it is on the disk when this returns. */
export function writeJournal(layout: Layout, journal: Journal): void {
  writeStateFile(ownHostPath(layout, layout.journal), journal);
}

export function removeJournal(layout: Layout): void {
  const path = ownHostPath(layout, layout.journal);
  rmSync(`${path}.new`, { force: true });
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return;
  unlinkSync(path);
  syncDirectory(dirname(path));
}

/** JSON of a file of ours, for people to read as well. */
export function stateText(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

function writeStateFile(path: string, value: object): void {
  const temporary = `${path}.new`;
  rmSync(temporary, { force: true });
  const bytes = Buffer.from(stateText(value));
  stageFile(temporary, bytes, {
    kind: 'file',
    sha256: '',
    sizeBytes: bytes.length,
    mode: STATE_FILE_MODE,
    uid: process.getuid?.() ?? 0,
    gid: process.getgid?.() ?? 0,
  });
  renameSync(temporary, path);
  syncDirectory(dirname(path));
}

/** Undefined where it is not what {@link writeJournal} writes. */
export function parseJournal(text: string): Journal | undefined {
  let value: Partial<Journal> | null;
  try {
    value = JSON.parse(text) as Partial<Journal> | null;
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || value.version !== 1) return undefined;
  const { transaction, command, phase, entries } = value;
  const isKnown =
    /^[0-9a-f]{1,64}$/.test(String(transaction)) &&
    (command === 'install' || command === 'uninstall') &&
    (phase === 'applying' || phase === 'committed') &&
    Array.isArray(entries) &&
    entries.length <= PLAN_LIMITS.operations &&
    entries.every(isEntry);
  return isKnown ? (value as Journal) : undefined;
}

function isEntry(value: unknown): boolean {
  const entry = value as Partial<JournalEntry> | null;
  if (typeof entry !== 'object' || entry === null) return false;
  const { before, after, target, newName, oldName, path } = entry;
  return (
    [path, target, newName, oldName].every(isPlainPath) &&
    newName!.includes('.otelkit-new-') &&
    oldName!.includes('.otelkit-old-') &&
    typeof before?.kind === 'string' &&
    typeof after?.kind === 'string'
  );
}

/** Absolute, and nothing that leads elsewhere: what it names may be removed. */
export function isPlainPath(path: unknown): path is string {
  return (
    typeof path === 'string' &&
    path.startsWith('/') &&
    !path.includes('\0') &&
    !path.split('/').some((part) => part === '..' || part === '.')
  );
}
