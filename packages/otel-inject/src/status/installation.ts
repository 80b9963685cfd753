// SPDX-License-Identifier: Apache-2.0
// What is installed, and whether it is still as it was put there.
import { join } from 'node:path';
import { readManifest } from '../agents/manifest.ts';
import { type AgentRuntime, RUNTIMES } from '../agents/runtimes.ts';
import { findInstalled } from '../agents/store.ts';
import { isInjectorEntry, preloadEntries, readPreloadFile } from '../explain/installed.ts';
import { accountLayout, hostLayout, hostPath, type Layout } from '../layout/paths.ts';
import { readContents } from '../plan/fileState.ts';
import { readJournal } from '../plan/journal.ts';
import { type Receipt, type ReceiptFile, readReceipt } from '../plan/receipt.ts';

export interface InstalledFile {
  readonly path: string;
  readonly role: string;
  /** `as-installed`, or what happened to it since. */
  readonly state: 'as-installed' | 'changed' | 'missing' | 'line-missing' | 'unreadable';
}

export interface InstalledAgent {
  readonly runtime: AgentRuntime;
  readonly path: string;
  readonly state: 'present' | 'absent' | 'foreign';
  readonly version: string | null;
}

/** One installation: of the host, or of an account. */
export interface Installation {
  readonly scope: Layout['scope'];
  readonly root: string;
  /** By a receipt, or only an entry in /etc/ld.so.preload that some other way put there. */
  readonly state: 'installed' | 'entry-only' | 'absent' | 'damaged';
  readonly modes: readonly string[];
  readonly version: string | null;
  readonly installedAt: string | null;
  readonly preloadEntry: string | null;
  /** The entry stands in /etc/ld.so.preload. */
  readonly isInPreloadFile: boolean;
  readonly files: readonly InstalledFile[];
  readonly agents: readonly InstalledAgent[];
  /** A change was interrupted; what began and when. */
  readonly interrupted: { readonly command: string; readonly startedAt: string } | null;
  /** Why the receipt or journal could not be read. */
  readonly problem: string | null;
}

/** The installation for the host below `root`, and the account's where there is one. */
export async function findInstallations(root: string, home: string): Promise<Installation[]> {
  const host = await installationOf(hostLayout(root));
  if (root !== '/') return [host];
  const account = await installationOf(accountLayout(home));
  return account.state === 'absent' && account.interrupted === null ? [host] : [host, account];
}

async function installationOf(layout: Layout): Promise<Installation> {
  let problem: string | null = null;
  const tried = <T>(read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      problem ??= (error as Error).message;
      return undefined;
    }
  };
  const receipt = tried(() => readReceipt(layout));
  const journal = tried(() => readJournal(layout));
  const entries = layout.scope === 'host' ? readPreloadFile(layout.root) : [];
  const entry =
    entries.find((each) => each === receipt?.preloadEntry) ?? entries.find(isInjectorEntry);
  return {
    scope: layout.scope,
    root: layout.root,
    state: stateOf(receipt, entry, problem),
    modes: receipt?.modes ?? [],
    version: receipt?.tool ?? null,
    installedAt: receipt?.installedAt ?? null,
    preloadEntry: receipt?.preloadEntry ?? entry ?? null,
    isInPreloadFile: entry !== undefined,
    files: (receipt?.files ?? []).map((file) => checkFile(layout, file)),
    agents: await agentsOf(layout),
    interrupted:
      journal === undefined ? null : { command: journal.command, startedAt: journal.startedAt },
    problem,
  };
}

function stateOf(
  receipt: Receipt | undefined,
  entry: string | undefined,
  problem: string | null,
): Installation['state'] {
  if (receipt !== undefined) return 'installed';
  if (problem !== null) return 'damaged';
  return entry === undefined ? 'absent' : 'entry-only';
}

function checkFile(layout: Layout, file: ReceiptFile): InstalledFile {
  const { path, role } = file;
  try {
    return { path, role, state: fileState(layout, file) };
  } catch {
    return { path, role, state: 'unreadable' };
  }
}

function fileState(layout: Layout, file: ReceiptFile): InstalledFile['state'] {
  const { state, bytes } = readContents(hostPath(layout, file.target));
  if (state.kind === 'absent') return file.kind === 'edited' ? 'line-missing' : 'missing';
  if (file.kind === 'edited') {
    const text = bytes?.toString() ?? '';
    const { line = '' } = file;
    const isThere = text.split('\n').includes(line) || preloadEntries(text).includes(line);
    return isThere ? 'as-installed' : 'line-missing';
  }
  if (file.kind !== 'file') return state.kind === file.kind ? 'as-installed' : 'changed';
  if (state.kind !== 'file') return 'changed';
  return file.sha256 === undefined || file.sha256 === state.sha256 ? 'as-installed' : 'changed';
}

async function agentsOf(layout: Layout): Promise<InstalledAgent[]> {
  const prefix = hostPath(layout, layout.agents.prefix);
  const agents: InstalledAgent[] = [];
  for (const facts of RUNTIMES) {
    const path = `${layout.agents.prefix}/${facts.folder}`;
    const { runtime } = facts;
    const found = await findInstalled(prefix, facts).catch(() => undefined);
    if (found === undefined || found.kind === 'absent') {
      agents.push({ runtime, path, state: 'absent', version: null });
      continue;
    }
    const manifest =
      found.kind === 'own'
        ? await readManifest(join(found.directory)).catch(() => undefined)
        : undefined;
    const state = found.kind === 'own' ? 'present' : 'foreign';
    agents.push({ runtime, path, state, version: manifest?.version ?? null });
  }
  return agents;
}
