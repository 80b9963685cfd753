// SPDX-License-Identifier: Apache-2.0
// What the end-to-end suites share: the tool, a program with a known call chain, and whether this
// host allows profiling at all.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
export const PROGRAM: string =
  process.env['OTELKIT_TEST_PROGRAM'] ?? join(ROOT, 'packages/otel-profile/bin/run.js');

/** Why nothing can be profiled here; undefined when it can. */
export function whyNot(): string | undefined {
  if (!existsSync(join(ROOT, 'packages/otel-profile/dist/record.cjs'))) {
    return 'not built, build it with: npm run build';
  }
  const doctor = runTool(['doctor', '--json']);
  if (doctor.status === 0) return undefined;
  const { checks = [] } = JSON.parse(doctor.stdout || '{}') as {
    checks?: { verdict: string; title: string; found: string }[];
  };
  const bad = checks.find(({ verdict }) => verdict === 'bad');
  return bad === undefined ? doctor.stderr : `${bad.title}: ${bad.found}`;
}

export function runTool(args: readonly string[]): {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
} {
  return spawnSync(process.execPath, [PROGRAM, ...args], { encoding: 'utf8', timeout: 60_000 });
}

/** main → a → b → c, spinning in c; stripped of frame pointers; ends after so much CPU time. */
const CHAIN = `
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#define KEEP __attribute__((noinline, noclone))
static volatile uint64_t sink;
static double used(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}
static KEEP void spin(void) { for (int i = 0; i < 2000000; i++) sink += i * sink; }
static KEEP void c(void) { spin(); sink++; }
static KEEP void b(void) { c(); sink++; }
static KEEP void a(void) { b(); sink++; }
int main(int argc, char **argv) {
  double seconds = argc > 1 ? atof(argv[1]) : 1;
  while (used() < seconds) a();
  return argc > 2 ? atoi(argv[2]) : 0;
}
`;

/** Compiles the program into the folder; undefined where there is no C compiler. */
function compileChain(folder: string): string | undefined {
  const [source, program] = [join(folder, 'chain.c'), join(folder, 'chain')];
  writeFileSync(source, CHAIN);
  const flags = ['-O1', '-fomit-frame-pointer', '-fno-optimize-sibling-calls'];
  const { status } = spawnSync('cc', [...flags, '-o', program, source]);
  return status === 0 ? program : undefined;
}

/** A folder with the compiled program, or a skipped suite. @param name ends the folder's name */
export function prepareChain(
  suite: Mocha.Context,
  name: string,
): { readonly folder: string; readonly chain: string } {
  const why = whyNot();
  if (why !== undefined) {
    console.log(`skip: ${why}`);
    suite.skip();
  }
  const folder = mkdtempSync(join(tmpdir(), `otel-profile-${name}-`));
  const chain = compileChain(folder);
  if (chain !== undefined) return { folder, chain };
  rmSync(folder, { recursive: true });
  console.log('skip: no C compiler, install with: apt-get install gcc');
  return suite.skip();
}

/** `spin;c;b;a;main` in a folded line, outermost first. */
export const CALLS: RegExp = /;main;a;b;c(;|$| )/;

export function startTool(args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [PROGRAM, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
}

export function waitForExit(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => child.once('exit', (code) => resolve(code)));
}

/** Helpers below a process. */
export function helpersOf(pid: number): number[] {
  const found: number[] = [];
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      if (parent === pid && stat.includes('(otel-bpf-helper')) found.push(Number(name));
    } catch {
      // It has ended.
    }
  }
  return found;
}

/** A poll that outlives its test would keep the whole run from ending. */
const UNTIL_MS = 110_000;

/** Polls until it is so; fails when it has not been for too long. */
export async function until(isSo: () => boolean, withinMs: number = UNTIL_MS): Promise<void> {
  const endMs = performance.now() + withinMs;
  while (!isSo()) {
    if (performance.now() > endMs) throw new Error(`waited ${withinMs} ms for: ${isSo}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2)[0] !== 'Z';
  } catch {
    return false;
  }
}
