// SPDX-License-Identifier: Apache-2.0
// PREFIX/jvm, PREFIX/nodejs and so on are links into PREFIX/.store, where each version has a
// directory of its own. One rename switches all new processes over; those that run keep the files
// they started with, which Node.js and Python load by their resolved paths, some of them late.
import { spawnSync } from 'node:child_process';
import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readlink,
  rename,
  rm,
  rmdir,
  symlink,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ToolError } from '@otelkit/cli-kit';
import { isRunning } from '@otelkit/core';
import { AGENT_LIMITS } from './limits.ts';
import type { RuntimeFacts } from './runtimes.ts';

const STORE = '.store';
const STAGING = '.staging-';
/** The version in use and the one before it, which running processes may still read. */
const KEPT_VERSIONS = 2;

export type Installed =
  | { readonly kind: 'absent' }
  /** Ours: the directory in the store that the link leads to. */
  | { readonly kind: 'own'; readonly directory: string }
  /** A directory that another program, such as the system's package manager, put there. */
  | { readonly kind: 'foreign'; readonly directory: string };

export async function findInstalled(prefix: string, facts: RuntimeFacts): Promise<Installed> {
  const place = join(prefix, facts.folder);
  const found = await lstat(place).catch(ifMissing);
  if (found === undefined) return { kind: 'absent' };
  if (!found.isSymbolicLink()) return { kind: 'foreign', directory: place };
  const target = await readlink(place);
  const isOwn = target.startsWith(`${STORE}/${facts.folder}-`) && !target.includes('..');
  return isOwn
    ? { kind: 'own', directory: join(prefix, target) }
    : { kind: 'foreign', directory: place };
}

/** Runs `fill` on a new directory beside the store's, which is gone afterwards if `fill` fails. */
export async function withStaging<T>(
  prefix: string,
  fill: (directory: string) => Promise<T>,
): Promise<T> {
  await makeDirectory(join(prefix, STORE));
  await removeStale(join(prefix, STORE));
  const directory = await mkdtemp(join(prefix, STORE, `${STAGING}${process.pid}-`));
  try {
    return await fill(directory);
  } finally {
    await rm(directory, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Moves a staged directory into the store and lets the runtime's link lead to it. */
export async function activate(
  prefix: string,
  facts: RuntimeFacts,
  staged: string,
  label: string,
): Promise<void> {
  const name = `${facts.folder}-${label}`;
  const kept = join(prefix, STORE, name);
  // Power may fail after the rename: the files must be on the disk before anything leads to them.
  spawnSync('sync', ['--file-system', staged], { timeout: AGENT_LIMITS.clientMs });
  await setAside(kept);
  await rename(staged, kept);
  const link = join(prefix, STORE, `.link-${process.pid}-${name}`);
  await rm(link, { force: true });
  await symlink(`${STORE}/${name}`, link);
  await rename(link, join(prefix, facts.folder));
  await removeOlder(prefix, facts, name);
}

/** Takes the link away first, so that no process starts with an agent that is being deleted. */
export async function removeInstalled(prefix: string, facts: RuntimeFacts): Promise<void> {
  await rm(join(prefix, facts.folder));
  for (const name of await versionsOf(prefix, facts)) {
    await rm(join(prefix, STORE, name), { recursive: true, force: true, maxRetries: 3 });
  }
  const left = await readdir(join(prefix, STORE)).catch(() => ['?']);
  if (left.length === 0) await rm(join(prefix, STORE), { recursive: true });
  // What `add` made for the first of them; the kernel keeps a directory that holds anything.
  await rmdir(prefix).catch(() => {});
}

/** @throws ToolError `AGENT_FOREIGN` (exit 1) */
export function refuseForeign(installed: Installed): void {
  if (installed.kind !== 'foreign') return;
  throw new ToolError('another program put an agent there', {
    code: 'AGENT_FOREIGN',
    path: installed.directory,
    hint: 'remove it the way it was installed, or use another --prefix',
  });
}

async function makeDirectory(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true });
  if (first === undefined) return;
  // A strict umask must not hide the agents from the programs that need them.
  for (let made = path; made.length >= first.length; made = dirname(made)) await chmod(made, 0o755);
}

/** A damaged or half-deleted directory of the same version. */
async function setAside(kept: string): Promise<void> {
  if ((await lstat(kept).catch(ifMissing)) === undefined) return;
  const aside = join(dirname(kept), `${STAGING}${process.pid}-replaced`);
  await rm(aside, { recursive: true, force: true });
  await rename(kept, aside);
  await rm(aside, { recursive: true, force: true, maxRetries: 3 });
}

async function versionsOf(prefix: string, { folder }: RuntimeFacts): Promise<string[]> {
  const names = await readdir(join(prefix, STORE)).catch(() => []);
  return names.filter((name) => name.startsWith(`${folder}-`));
}

async function removeOlder(prefix: string, facts: RuntimeFacts, current: string): Promise<void> {
  const others: { readonly path: string; readonly timeMs: number }[] = [];
  for (const name of await versionsOf(prefix, facts)) {
    if (name === current) continue;
    const path = join(prefix, STORE, name);
    others.push({ path, timeMs: (await lstat(path)).ctimeMs });
  }
  others.sort((a, b) => b.timeMs - a.timeMs);
  for (const { path } of others.slice(KEPT_VERSIONS - 1)) {
    await rm(path, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** What processes that were killed left behind. */
async function removeStale(store: string): Promise<void> {
  for (const name of await readdir(store)) {
    const pid = /^\.(?:staging|link)-(\d{1,10})-/.exec(name)?.[1];
    if (pid === undefined || isRunning(Number(pid))) continue;
    await rm(join(store, name), { recursive: true, force: true, maxRetries: 3 });
  }
}

function ifMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
  throw error;
}
