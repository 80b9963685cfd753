// SPDX-License-Identifier: Apache-2.0
// Trees that stand for a host, the tool run on them as users run it, and what a tree holds, exactly.
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sha256Of } from '../../src/plan/fileState.ts';

export const MAIN: string = fileURLToPath(new URL('../../bin/run.js', import.meta.url));
/** The code cache's writes would be counted as ours. */
const NO_CODE_CACHE = { NODE_DISABLE_COMPILE_CACHE: '1' };
export const LIBRARY: string = '/usr/lib/opentelemetry/injector/libotelinject.so';
export const PRELOAD: string = '/etc/ld.so.preload';
export const RECEIPT: string = '/var/lib/otelkit/inject/receipt.json';
/** What stands in the preload list of a tree with this machine's loader. */
export const OWN_ENTRY: RegExp = /^\/usr\/lib\/opentelemetry\/injector\/\S*libotelinject\.so$/m;

export interface Outcome {
  readonly status: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs otel-inject to its end, on this Node. */
export function otelInject(...args: readonly string[]): Outcome {
  return execute(process.execPath, [MAIN, ...args]);
}

export function execute(program: string, args: readonly string[], input = ''): Outcome {
  const { status, signal, stdout, stderr } = spawnSync(program, args, {
    encoding: 'utf8',
    input,
    maxBuffer: 1 << 26,
    // Nothing here takes long; what hangs must not hold up everything else.
    timeout: 240_000,
    killSignal: 'SIGKILL',
    env: {
      PATH: process.env['PATH'] ?? '/usr/bin:/bin',
      HOME: '/root',
      NO_COLOR: '1',
      ...NO_CODE_CACHE,
    },
  });
  return { status, signal, stdout, stderr };
}

const made: string[] = [];

/** A temporary folder that {@link removeFolders} removes. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'otel-inject-'));
  made.push(folder);
  return folder;
}

export function removeFolders(): void {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** A tree with this machine's loader and the given files: path → contents in Latin-1. */
export function makeRoot(files: Readonly<Record<string, string>> = {}): string {
  const root = join(temporaryFolder(), 'root');
  for (const directory of ['etc', 'usr/lib', 'var/lib']) {
    mkdirSync(join(root, directory), { recursive: true });
  }
  for (const loader of ['/lib64/ld-linux-x86-64.so.2', '/lib/ld-linux-aarch64.so.1']) {
    if (!existsSync(loader)) continue;
    mkdirSync(dirname(join(root, loader)), { recursive: true });
    copyFileSync(loader, join(root, loader));
  }
  for (const [path, contents] of Object.entries(files)) put(root, path, contents);
  return root;
}

export function put(root: string, path: string, contents: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), contents, 'latin1');
}

export function read(root: string, path: string): string {
  return readFileSync(join(root, path), 'latin1');
}

export function isThere(root: string, path: string): boolean {
  return lstatSync(join(root, path), { throwIfNoEntry: false }) !== undefined;
}

/** A copy with owners, modes, times, links and extended attributes. */
export function copyOf(root: string): string {
  const copy = join(temporaryFolder(), 'root');
  const { status, stderr } = execute('cp', ['-a', '--', root, copy]);
  if (status !== 0) throw new Error(stderr);
  return copy;
}

export interface ManifestOptions {
  /** Times of change of files are left out. */
  readonly withoutTimes?: boolean;
  readonly leaveOut?: RegExp;
}

/** A line for each name below the root: kind, mode, owner, time, attributes and contents. */
export function manifest(root: string, options: ManifestOptions = {}): string[] {
  const attributes = extendedAttributes(root);
  const lines: string[] = [];
  const visit = (path: string): void => {
    for (const name of readdirSync(join(root, path)).sort()) {
      const inside = `${path}/${name}`;
      if (options.leaveOut?.test(inside)) continue;
      const stats = lstatSync(join(root, inside), { bigint: true });
      const kind = stats.isDirectory() ? 'd' : stats.isSymbolicLink() ? 'l' : 'f';
      const owner = `${(stats.mode & 0o7777n).toString(8)} ${stats.uid}:${stats.gid}`;
      const time = kind === 'd' || options.withoutTimes ? '' : `${stats.mtimeNs} n=${stats.nlink}`;
      const contents =
        kind === 'f'
          ? sha256Of(readFileSync(join(root, inside)))
          : kind === 'l'
            ? readlinkSync(join(root, inside))
            : '';
      lines.push(`${kind} ${inside} ${owner} ${time} ${attributes.get(inside) ?? ''} ${contents}`);
      if (kind === 'd') visit(inside);
    }
  };
  visit('');
  return lines;
}

const PYTHON = `
import os, sys, json
root, found = sys.argv[1], {}
for folder, _, files in os.walk(root):
    for name in files:
        path = os.path.join(folder, name)
        if os.path.islink(path): continue
        names = os.listxattr(path)
        if names: found[path[len(root):]] = {n: os.getxattr(path, n).hex() for n in names}
print(json.dumps(found))`;

function extendedAttributes(root: string): Map<string, string> {
  const { status, stdout } = execute('python3', ['-c', PYTHON, root]);
  if (status !== 0) return new Map();
  const found = Object.entries(JSON.parse(stdout) as Record<string, object>);
  return new Map(found.map(([path, values]) => [path, JSON.stringify(values)]));
}
