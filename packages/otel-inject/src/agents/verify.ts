// SPDX-License-Identifier: Apache-2.0
// Whether an agent is what was installed, and can be read by every program of the host.
import { type Stats, statSync } from 'node:fs';
import { lstat, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AGENT_LIMITS } from './limits.ts';
import { type AgentManifest, readManifest } from './manifest.ts';
import { type AgentRuntime, factsOf, type RuntimeFacts } from './runtimes.ts';
import { findInstalled, type Installed } from './store.ts';
import { MANIFEST_FILE, sumTree, type TreeEntry, treeDigest, walkTree } from './tree.ts';

export interface AgentProblem {
  readonly code: 'MISSING' | 'CHANGED' | 'ADDED' | 'UNREADABLE' | 'WRITABLE' | 'OWNER' | 'PIN';
  readonly path: string;
  readonly message: string;
}

export interface VerifiedAgent {
  readonly runtime: AgentRuntime;
  readonly path: string;
  readonly state: 'ok' | 'absent' | 'damaged';
  /** `foreign`: another program put it there, so only permissions and entry files are checked. */
  readonly origin?: AgentManifest['origin'] | 'foreign';
  readonly version?: string;
  readonly files: number;
  readonly problems: readonly AgentProblem[];
  /** Problems beyond those listed. */
  readonly omittedProblems: number;
}

/**
 * Compares one agent with its manifest and its pin.
 * @throws ToolError `AGENT_MANIFEST`, `AGENT_TOO_LARGE` (exit 4); system errors
 */
export async function verifyAgent(prefix: string, runtime: AgentRuntime): Promise<VerifiedAgent> {
  const facts = factsOf(runtime);
  const installed = await findInstalled(prefix, facts);
  const path = join(prefix, facts.folder);
  const problems = new Problems();
  const done = (rest: Partial<VerifiedAgent>): VerifiedAgent => ({
    runtime,
    path,
    state: problems.all.length === 0 ? 'ok' : 'damaged',
    files: 0,
    ...rest,
    problems: problems.all.slice(0, AGENT_LIMITS.problems),
    omittedProblems: Math.max(0, problems.all.length - AGENT_LIMITS.problems),
  });
  if (installed.kind === 'absent') return done({ state: 'absent' });
  const directory = installed.directory;
  if ((await stat(directory).catch(() => undefined)) === undefined) {
    problems.add('MISSING', path, 'leads to nothing');
    return done({});
  }
  await checkEntries(path, facts, problems);
  checkAbove(prefix, problems);
  // The trailing dot follows a link that another program made.
  const entries = await walkTree(`${directory}/.`);
  checkModes(directory, entries, problems);
  const files = entries.filter(({ stats }) => !stats.isDirectory()).length;
  const manifest = installed.kind === 'own' ? await readManifest(directory) : undefined;
  if (manifest === undefined) return done({ origin: originOf(installed, problems, path), files });
  await checkSums(directory, manifest, facts, problems);
  const { origin, version } = manifest;
  return done({ origin, files, ...(version !== undefined && { version }) });
}

function originOf(installed: Installed, problems: Problems, path: string): 'foreign' {
  if (installed.kind === 'own') problems.add('MISSING', path, `has no ${MANIFEST_FILE}`);
  return 'foreign';
}

class Problems {
  readonly all: AgentProblem[] = [];

  add(code: AgentProblem['code'], path: string, message: string): void {
    this.all.push({ code, path, message });
  }
}

/** What the library asks for before it sets a variable. */
async function checkEntries(
  path: string,
  { entries }: RuntimeFacts,
  problems: Problems,
): Promise<void> {
  for (const entry of entries) {
    const place = join(path, entry);
    const found = await stat(place).catch(() => undefined);
    if (found === undefined) problems.add('MISSING', place, 'is not there');
    else if (!found.isFile() || found.size === 0) problems.add('CHANGED', place, 'is empty');
  }
}

async function checkSums(
  directory: string,
  manifest: AgentManifest,
  { pin }: RuntimeFacts,
  problems: Problems,
): Promise<void> {
  const found = await sumTree(directory);
  const recorded = new Map(Object.entries(manifest.files));
  for (const { path, content } of found) {
    const expected = recorded.get(path);
    recorded.delete(path);
    if (expected === content) continue;
    if (expected === undefined) problems.add('ADDED', join(directory, path), 'was not installed');
    else problems.add('CHANGED', join(directory, path), `is ${content}, was ${expected}`);
  }
  for (const path of recorded.keys()) problems.add('MISSING', join(directory, path), 'is gone');
  // The manifest could be changed along with the files; what is compiled into the tool cannot.
  const digest = treeDigest(found);
  const isThisPin = manifest.origin === 'pinned' && manifest.version === pin?.version;
  const expected = isThisPin ? pin!.treeSha256 : manifest.treeSha256;
  if (digest === expected || problems.all.length > 0) return;
  problems.add('PIN', directory, `its digest is ${digest}, expected ${expected}`);
}

/** Every program reads the agents, whoever runs it, and nobody else may change them. */
function checkModes(directory: string, entries: readonly TreeEntry[], problems: Problems): void {
  const owner = entries[0]!.stats.uid;
  for (const { path, stats } of entries) {
    if (!stats.isSymbolicLink()) checkMode(join(directory, path), stats, problems);
    if (stats.uid === owner) continue;
    const message = `belongs to user ${stats.uid}, the agent to ${owner}`;
    problems.add('OWNER', join(directory, path), message);
  }
}

function checkMode(path: string, stats: Stats, problems: Problems): void {
  const { mode } = stats;
  const needed = stats.isDirectory() ? 0o005 : 0o004;
  const shown = (mode & 0o7777).toString(8).padStart(4, '0');
  if ((mode & needed) !== needed) {
    problems.add('UNREADABLE', path, `is not readable by everybody (mode ${shown})`);
  }
  if ((mode & 0o022) !== 0) {
    problems.add('WRITABLE', path, `can be changed by others than its owner (mode ${shown})`);
  }
}

/** Who may rename a directory above the agents decides what every process loads. */
function checkAbove(prefix: string, problems: Problems): void {
  for (let directory = prefix; ; directory = dirname(directory)) {
    const { mode } = statSync(directory);
    const shown = (mode & 0o7777).toString(8).padStart(4, '0');
    if ((mode & 0o001) === 0) {
      problems.add('UNREADABLE', directory, `is closed to other users (mode ${shown})`);
    }
    const isSticky = (mode & 0o1000) !== 0;
    if ((mode & 0o002) !== 0 && !isSticky) {
      problems.add('WRITABLE', directory, `can be changed by everybody (mode ${shown})`);
    }
    if (directory === dirname(directory)) return;
  }
}

/** Version and origin without reading the files: what `list` shows. */
export async function describeAgent(
  prefix: string,
  runtime: AgentRuntime,
): Promise<Pick<VerifiedAgent, 'runtime' | 'path' | 'origin' | 'version'> & { isThere: boolean }> {
  const facts = factsOf(runtime);
  const path = join(prefix, facts.folder);
  const installed = await findInstalled(prefix, facts);
  if (installed.kind === 'absent') return { runtime, path, isThere: false };
  const manifest = installed.kind === 'own' ? await readManifest(installed.directory) : undefined;
  const entry = await lstat(join(path, facts.entries[0]!)).catch(() => undefined);
  const origin = manifest?.origin ?? 'foreign';
  const version = manifest?.version;
  const isThere = entry !== undefined;
  return { runtime, path, isThere, origin, ...(version !== undefined && { version }) };
}
