// SPDX-License-Identifier: Apache-2.0
// A program under `perf record --call-graph dwarf`, whose unwinder (libdw's or libunwind's, over a
// copy of the stack) shares nothing with ours, and both under `otel-profile record`. Both sample the
// same run: in another one a neighbour on the core may slow one function more than the next.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readProfile, writeFolded } from '@otelkit/profiles';
import { prepareChain, runTool } from './profiling.ts';

const HZ = 499;
const CPU_SECONDS = 2;
/** Of the 1,000 that a quiet machine gives; a virtual one that is starved skips some. */
const LEAST_SAMPLES = 200;
/** Samples between two calls, in the loop of main and the like: a few of a thousand. */
const LEAST_SHARE = 0.02;
/** One in a million of honest runs is further apart. */
const SIGMAS = 5;

/**
 * Which chain is next is drawn, and each takes some 60 µs, so that no rhythm of the program can
 * meet that of the clock. BURN waits for its registers only: it takes as long wherever it stands. The
 * bodies differ: equal ones would become one function (-fipa-icf).
 */
const HEAD = `
#include <stdlib.h>
#include <time.h>
#define KEEP __attribute__((noinline, noclone))
static volatile unsigned sink;
#define BURN(from) \\
  unsigned x = sink; \\
  for (unsigned i = from; i < from + 50000; i++) x = x * 2654435761u + i; \\
  sink = x
static double used(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}
static unsigned draw(void) {
  static unsigned state = 1;
  state = state * 1664525u + 1013904223u;
  return (state >> 16) % 10;
}
`;
const ROUNDS = 'while (used() < atof(argv[1])) for (int i = 0; i < 1000; i++)';

const CALLS = `${HEAD}
static KEEP void hot(void) { BURN(1); }
static KEEP void cold(void) { BURN(2); }
static KEEP void b(void) { hot(); sink += 1; }
static KEEP void a(void) { b(); sink += 2; }
static KEEP void c(void) { hot(); sink += 3; }
static KEEP void d(void) { cold(); sink += 4; }
int main(int argc, char **argv) {
  ${ROUNDS} {
    unsigned next = draw();
    if (next < 5) a(); else if (next < 8) c(); else d();
  }
  return argc > 2;
}
`;

/** The program's calls of it go through the PLT, and one comes back through a pointer. */
const LIBRARY = `
#define KEEP __attribute__((noinline, noclone))
static volatile unsigned depths;
KEEP unsigned tiny(unsigned x) { return x * 2654435761u + 1; }
KEEP void descend(unsigned depth, void (*visit)(void)) {
  if (depth > 1) descend(depth - 1, visit);
  else visit();
  depths++;
}
`;
const DEPTH = 30;
const LIBRARY_CALLS = `${HEAD}
unsigned tiny(unsigned);
void descend(unsigned, void (*)(void));
static KEEP void burn(void) { BURN(3); }
static KEEP void visit(void) { burn(); sink++; }
static KEEP void tight(void) {
  unsigned x = 0;
  for (int i = 0; i < 30000; i++) x = tiny(x);
  sink += x;
}
int main(int argc, char **argv) {
  ${ROUNDS} {
    if (draw() < 5) descend(${DEPTH}, visit); else tight();
  }
  return argc > 2;
}
`;

/** Chain, of the program's own functions → samples. */
type Chains = ReadonlyMap<string, number>;

describe('endToEnd/perf', function () {
  this.timeout(120_000);
  let folder: string;

  before(function () {
    ({ folder } = prepareChain(this, 'perf'));
    const why = whyNoPerf(folder);
    if (why === undefined) return;
    console.log(`skip: ${why}`);
    this.skip();
  });
  after(() => folder !== undefined && rmSync(folder, { recursive: true, force: true }));

  it('tells the call chains and shares that perf tells of code without frame pointers', () => {
    const program = compile(folder, 'calls', CALLS);
    const own = new Set(['main', 'a', 'b', 'c', 'd', 'hot', 'cold']);
    const { perf, ours } = sample(program, own);
    const chains = ['main;a;b;hot', 'main;c;hot', 'main;d;cold'];
    assertAlike(perf, ours, chains);
    for (const [i, share] of [0.5, 0.3, 0.2].entries()) {
      assertShare(`${chains[i]} as it was written`, share, Infinity, ours, chains[i]!);
    }
  });

  it('tells what perf tells of deep recursion and of calls through the PLT of a library', () => {
    compile(folder, 'libwalk.so', LIBRARY, ['-fPIC', '-shared']);
    const link = ['-L', folder, '-lwalk', `-Wl,-rpath,${folder}`, '-Wl,-z,lazy'];
    const program = compile(folder, 'walk', LIBRARY_CALLS, [], link);
    const own = new Set(['main', 'descend', 'visit', 'burn', 'tight', 'tiny']);
    const { perf, ours } = sample(program, own);
    // A sample in the PLT itself counts for its caller: perf has no name of its own for the PLT.
    const deep = `main;${'descend;'.repeat(DEPTH)}visit;burn`;
    assertAlike(perf, ours, [deep, 'main;tight', 'main;tight;tiny']);
  });

  it('leaves what the kernel tells perf of mappings as it is without us', () => {
    const program = compile(folder, 'mapped', CALLS);
    const { dev, ino } = statSync(program);
    const data = `${program}.data`;
    const recorded = ['perf', 'record', ...RECORD, '-o', data, '--', program, '0.1'];
    const out = join(folder, 'mapped.folded');
    const run = runTool(['record', '-o', out, '--', 'env', ...PERF_ENV, ...recorded]);
    assert.equal(run.status, 0, run.stderr);
    const script = perf(['script', '--show-mmap-events', '-i', data]);
    assert.equal(script.status, 0, script.stderr);
    const lines = script.stdout.split('\n').filter((line) => line.includes('PERF_RECORD_MMAP2'));
    const ofProgram = lines.filter((line) => line.endsWith(` ${program}`));
    assert.ok(ofProgram.length > 0, script.stdout);
    for (const line of ofProgram) {
      const [, inode] = / [0-9a-f]+:[0-9a-f]+ (\d+) \d+\]/.exec(line) ?? [];
      assert.equal(Number(inode), ino, `${line}, device ${dev}`);
    }
  });
});

/** Why perf cannot be compared with here; undefined when it can. */
function whyNoPerf(folder: string): string | undefined {
  const run = perf(['record', ...RECORD, '-o', join(folder, 'probe.data'), '--', 'true']);
  // As env(1) says it.
  if (run.status === 127) return 'no perf, install with: apt-get install linux-perf';
  // Some distributions have a wrapper, which refuses for want of the perf of the running kernel.
  return run.status === 0 ? undefined : `perf record refuses: ${run.stderr.trim()}`;
}

/**
 * As anybody calls it. perf 6.1 dies of an event beside it that asks for build IDs: Linux (seen on 6.18)
 * then marks everybody's PERF_RECORD_MMAP2 as having one. Ours must not.
 */
const RECORD = [
  '--no-buildid-cache',
  '-e',
  'cpu-clock',
  '-F',
  `${HZ}`,
  '--call-graph',
  'dwarf,8192',
];

/** Without what its user has configured, and without asking servers for symbols. */
const PERF_ENV = ['PERF_CONFIG=/dev/null', 'DEBUGINFOD_URLS=', 'LC_ALL=C'];

function perf(args: readonly string[]) {
  return spawnSync('env', [...PERF_ENV, 'perf', ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 60_000,
    maxBuffer: 256 * 1024 * 1024,
  });
}

function compile(
  folder: string,
  name: string,
  text: string,
  flags: readonly string[] = [],
  link: readonly string[] = [],
): string {
  const [source, program] = [join(folder, `${name}.c`), join(folder, name)];
  writeFileSync(source, text);
  const always = ['-O2', '-fomit-frame-pointer', '-fno-optimize-sibling-calls'];
  const args = [...always, ...flags, '-o', program, source, ...link];
  const run = spawnSync('cc', args, { encoding: 'utf8' });
  assert.equal(run.status, 0, run.stderr);
  return program;
}

/** What both saw of one run. */
function sample(program: string, own: ReadonlySet<string>): { perf: Chains; ours: Chains } {
  const [data, out] = [`${program}.data`, `${program}.folded`];
  const command = [
    'env',
    ...PERF_ENV,
    'perf',
    'record',
    ...RECORD,
    '-o',
    data,
    '--',
    program,
    `${CPU_SECONDS}`,
  ];
  const run = runTool(['record', '-F', `${HZ}`, '-o', out, '--', ...command]);
  assert.equal(run.status, 0, run.stderr);
  return {
    perf: chainsOf(foldedByPerf(data), program, own),
    ours: chainsOf(readFileSync(out, 'utf8'), program, own),
  };
}

/** What perf has recorded, through the reader of perf's text. */
function foldedByPerf(data: string): string {
  // Without the period, which would make them nanoseconds.
  const fields = ['-F', 'comm,pid,tid,time,event,ip,sym,dso'];
  const script = perf(['script', '--no-inline', ...fields, '-i', data]);
  assert.equal(script.status, 0, script.stderr);
  const read = readProfile(Buffer.from(script.stdout), '', 'perf-script');
  assert.deepEqual(read.problems, []);
  return [...writeFolded(read.profile, { kind: 0 })].join('');
}

/** Of samples after the program's loading, without the functions of others (libc, the kernel). */
function chainsOf(folded: string, program: string, own: ReadonlySet<string>): Chains {
  const name = program.slice(program.lastIndexOf('/') + 1);
  const chains = new Map<string, number>();
  for (const line of folded.split('\n')) {
    const [, stack = '', count] = /^(.*) (\d+)$/.exec(line) ?? [];
    const [process, ...frames] = stack.split(';');
    // The loader's part has none of them; a stack that was cut still has its leaf.
    const chain = frames.filter((frame) => own.has(frame)).join(';');
    if (process !== name || chain === '') continue;
    chains.set(chain, (chains.get(chain) ?? 0) + Number(count));
  }
  return chains;
}

function assertAlike(perf: Chains, ours: Chains, expected: readonly string[]): void {
  assert.deepEqual(mainChains(perf), [...expected].sort(), `perf: ${describeChains(perf)}`);
  assert.deepEqual(mainChains(ours), [...expected].sort(), `ours: ${describeChains(ours)}`);
  for (const chain of expected) {
    const share = (perf.get(chain) ?? 0) / total(perf);
    assertShare(`${chain} by perf`, share, total(perf), ours, chain);
  }
}

/** Chains with more than a stray sample; all the others together must be few. */
function mainChains(chains: Chains): string[] {
  const all = total(chains);
  assert.ok(all >= LEAST_SAMPLES, `${all} samples: ${describeChains(chains)}`);
  const main = [...chains].filter(([, count]) => count / all >= LEAST_SHARE);
  const counted = main.reduce((sum, [, count]) => sum + count, 0);
  assert.ok(1 - counted / all < LEAST_SHARE, `too many strays: ${describeChains(chains)}`);
  return main.map(([chain]) => chain).sort();
}

/** Two shares of samples differ by no more than chance (binomial, both sides) explains. */
function assertShare(
  what: string,
  share: number,
  ofSamples: number,
  ours: Chains,
  chain: string,
): void {
  const mine = (ours.get(chain) ?? 0) / total(ours);
  const variance = share * (1 - share) * (1 / ofSamples + 1 / total(ours));
  const isNear = Math.abs(mine - share) <= SIGMAS * Math.sqrt(variance);
  assert.ok(isNear, `${what}: ${share}, ours: ${mine}: ${describeChains(ours)}`);
}

function total(chains: Chains): number {
  return [...chains.values()].reduce((sum, count) => sum + count, 0);
}

function describeChains(chains: Chains): string {
  const lines = [...chains].sort(([, a], [, b]) => b - a).slice(0, 20);
  return lines.map(([chain, count]) => `${count} ${chain}`).join('\n');
}
