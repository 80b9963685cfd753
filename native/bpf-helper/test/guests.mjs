// SPDX-License-Identifier: Apache-2.0
// The BPF programs on other kernels than this machine's: the same Go tests, in guests under qemu.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { goEnvironment } from '../../go.mjs';
import { GOTRACE_SUITES, makeGotraceGuest } from './gotrace.mjs';
import { bootGuest, fetchKernel, KERNELS, makeInitramfs, which } from './kernels.mjs';
import { makePropagationGuest, PROPAGATION_SUITES } from './propagation.mjs';

/** Package that has each program. */
const NEEDED = {
  'qemu-system-x86_64': 'qemu-system-x86',
  busybox: 'busybox-static',
  cpio: 'cpio',
  readelf: 'binutils',
  gcc: 'gcc',
};
const LOADING_TEST = 'TestEveryVariantLoads';
/** Loading, and each kind of entry once: a guest is some twenty times slower than its host. */
const TESTS = [
  LOADING_TEST,
  'TestOnCPUChainsAreExact/(loop|calls)/(1,000_frames|each_kind_of_compiled_frame|a_signal_handler$)',
  'TestOffCPUStacksAndTimes',
  'TestStacksAtUprobes',
  'TestUnknownProcessesSendTheirStacksTop',
].join('|');
/** Between kernels that run everything, the verifier's word is asked alone but in the full matrix. */
const LOADING_ONLY = new Set(process.env.OTELKIT_FULL_MATRIX === '1' ? [] : ['trixie']);
const TEST_LIMIT_S = 480;
const GUEST_LIMIT_MS = 600_000;
/** Two at a time: as many as the smallest machine has cores. */
const AT_ONCE = 2;

const COMPILE = [
  ...['-O1', '-static', '-no-pie', '-fomit-frame-pointer', '-fno-optimize-sibling-calls'],
  ...['-fno-stack-protector', '-fcf-protection=none'],
];

/**
 * @param {string} helper folder of the Go module
 * @param {(outcome: 'ok' | 'fail' | 'skip', title: string, text?: string) => void} tell
 */
export async function guestTests(helper, tell) {
  const missing = Object.keys(NEEDED).filter((program) => which(program) === undefined);
  if (missing.length > 0) {
    const packages = missing.map((program) => NEEDED[program]).join(' ');
    for (const suite of Object.keys(KERNELS))
      tell(
        'skip',
        title(suite),
        `no ${missing.join(', ')}, install with: apt-get install ${packages}`,
      );
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'otelkit-guests-'));
  try {
    const initramfs = makeGuest(helper, folder);
    const hotplug = makeHotplugGuest(helper, folder);
    const waiting = Object.keys(KERNELS).map((suite) => {
      // The kernel hands words of its command line that it does not know on to init's environment.
      const options = LOADING_ONLY.has(suite) ? { words: [`TESTS=${LOADING_TEST}`] } : {};
      return [title(suite), suite, initramfs, options];
    });
    const cpus = { cpus: 2 };
    waiting.push([
      `a CPU of ${HOTPLUG_SUITE} that goes and comes back`,
      HOTPLUG_SUITE,
      hotplug,
      cpus,
    ]);
    waiting.push(...propagationGuests(helper, folder, tell));
    // Minutes more: the tracer of Go programs on each kernel that takes it.
    if (process.env.OTELKIT_FULL_MATRIX) {
      const tracer = makeGotraceGuest(helper, folder);
      for (const suite of GOTRACE_SUITES)
        waiting.push([`Go's tracer, ${title(suite)}`, suite, tracer]);
    }
    const worker = async () => {
      for (let guest = waiting.shift(); guest; guest = waiting.shift())
        await guestTest(tell, ...guest);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function propagationGuests(helper, folder, tell) {
  const named = (suite) => `headers in write buffers, ${title(suite)}`;
  try {
    const initramfs = makePropagationGuest(helper, folder);
    return PROPAGATION_SUITES.map((suite) => [named(suite), suite, initramfs]);
  } catch (error) {
    // Its programs are made of modules that have to be fetched.
    for (const suite of PROPAGATION_SUITES) tell('skip', named(suite), error.message);
    return [];
  }
}

const title = (suite) => `kernel of ${suite} (${KERNELS[suite].replaceAll(':', ',')})`;

/** Whose kernel runs under qemu with two CPUs. */
const HOTPLUG_SUITE = 'bookworm';

function makeHotplugGuest(helper, folder) {
  const programs = join(folder, 'hotplug');
  mkdirSync(programs);
  const tests = join(programs, 'session.test');
  run('go', ['test', '-c', '-o', tests, './internal/session'], helper);
  const script = `export PATH=/bin HOME=/tmp OTELKIT_MAY_OFFLINE=1
./session.test -test.v -test.timeout=${TEST_LIMIT_S}s -test.run=^TestACPUGoesAndComesBack$
echo "guest-exit: $?"`;
  return makeInitramfs(programs, { programs: [], files: [tests], script });
}

function makeGuest(helper, folder) {
  const programs = join(folder, 'programs');
  mkdirSync(programs);
  const tests = join(programs, 'profilebpf.test');
  const chain = join(programs, 'chain');
  const sources = join(helper, 'internal/profilebpf/testdata');
  run('go', ['test', '-c', '-o', tests, './internal/profilebpf'], helper);
  run('gcc', [...COMPILE, '-o', chain, 'chain.c', 'stubs.S'], sources);
  const script = `export PATH=/bin HOME=/tmp OTELKIT_CHAIN=/tests/chain
[ -n "$TESTS" ] || TESTS='${TESTS}'
./profilebpf.test -test.v -test.timeout=${TEST_LIMIT_S}s "-test.run=^(?:$TESTS)"
echo "guest-exit: $?"`;
  return makeInitramfs(folder, { programs: [which('readelf')], files: [tests, chain], script });
}

function run(program, args, cwd) {
  const r = spawnSync(program, args, { cwd, env: goEnvironment(), encoding: 'utf8' });
  if (r.status !== 0) throw new Error(`${program} ${args[0]}: ${r.error?.message ?? r.stderr}`);
}

async function guestTest(tell, name, suite, initramfs, options = {}) {
  let kernel;
  try {
    kernel = await fetchKernel(suite);
  } catch (error) {
    tell('skip', name, `its package could not be fetched: ${error.message}`);
    return;
  }
  const { text, ended } = await bootGuest(kernel, initramfs, GUEST_LIMIT_MS, options);
  const passed = text.match(/^ *--- PASS: /gm)?.length ?? 0;
  const skipped = [...text.matchAll(/skip: .*/g)].map(([line]) => line);
  const release = /guest-kernel: (\S+)/.exec(text)?.[1];
  const why = skipped.find((line) => !line.includes('bpf_loop'));
  if (ended && /^guest-exit: 0$/m.test(text) && passed > 0 && why === undefined) {
    tell('ok', `${name}: ${passed} tests on ${release}`);
  } else if (release === undefined) {
    tell('fail', name, `the guest did not come up: ${text.slice(-1000)}`);
  } else {
    const failures = text.split('\n').filter((line) => /--- FAIL|_test\.go:|panic|Oops/.test(line));
    tell('fail', name, `${release}: ${failures.join('\n').slice(0, 1200) || text.slice(-800)}`);
  }
}
