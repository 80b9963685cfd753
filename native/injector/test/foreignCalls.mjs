// SPDX-License-Identifier: Apache-2.0
// System calls on the other C libraries and machines: those of the program itself, as strace and,
// for an emulated program, qemu see them.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findZig } from '../../zig.mjs';
import { differingCalls } from './calls.mjs';
import { EVERY } from './foreignPrograms.mjs';
import { assert, atMost, check, equal, skip, which, work } from './harness.mjs';
import { standIn } from './programs.mjs';

/** Whose own calls are the same in each run; emulated, larger programs' are not. */
const EXACT = new Set(['C PIE', 'C non-PIE', 'dash', 'busybox']);
const NATIVE_EXACT = new Set(['Perl']);
const TO_FIRST_THREAD = new Set(['nodejs', 'jvm']);
const AT_MOST = 8;

/** `configurations` by their names; each program meets the first, one of them all. */
export function callTests(place, configurations) {
  const tracer = place.qemu || which('strace');
  if (!tracer)
    return skip(`${place.name}, system calls`, 'no strace, install with: apt-get install strace');
  const empty = emptyFor(place);
  if (!empty) return skip(`${place.name}, system calls`, 'Zig cannot compile an empty library');
  const { custom: env, ...others } = configurations;
  const programs = [...place.programs, standInFor(place)];
  for (const program of programs.filter(({ command }) => command)) {
    const title = `${place.name}, ${program.name}`;
    const extra = (settings, limits) => {
      const under = (preload) => () => calls(place, program, settings, preload);
      return differingCalls(under(empty), under(place.library), limits);
    };
    const none = (settings) => equal(extra(settings), '', 'system calls');
    if (EXACT.has(program.name) || (!place.qemu && NATIVE_EXACT.has(program.name)))
      check(`${title}: no system call`, () => none(env));
    for (const [setting, own] of Object.entries(program.name === EVERY ? others : {}))
      check(`${title}, ${setting}: no system call`, () => none(own));
    const isCounted = program.isStandIn || (!place.qemu && TO_FIRST_THREAD.has(program.runtime));
    if (!isCounted || program.isOld) continue;
    check(`${title}: at most ${AT_MOST} system calls`, () =>
      atMost(AT_MOST, (limits) => extra(env, limits)),
    );
  }
}

/** Of a real emulated runtime nobody could tell the library's calls from its own. */
function standInFor({ qemu, libc }) {
  if (!qemu) return {};
  const target = `aarch64-linux-${libc === 'musl' ? 'musl' : 'gnu.2.31'}`;
  const compiler = [findZig(), 'cc', '-target', target, ...(libc === 'musl' ? ['-dynamic'] : [])];
  const flags = ['-DAS_PYTHON', '-DPY_VERSION=0x030c01f0'];
  const path = standIn(`${target}-calls`, 'python3', flags, compiler);
  const name = 'a stand-in for Python';
  return path ? { name, command: [path, 'x'], env: { QUIET: '1' }, isStandIn: true } : {};
}

/** What the loader does for any preload is not ours. As long a path as the library's. */
function emptyFor({ library, qemu }) {
  const to = library.replace('/lib/', '/nil/');
  if (existsSync(to)) return to;
  const source = join(work, 'empty.c');
  writeFileSync(source, '');
  mkdirSync(dirname(to), { recursive: true });
  const target = `${qemu ? 'aarch64' : 'x86_64'}-linux-none`;
  const args = ['cc', '-target', target, '-shared', '-nostdlib', '-o', to, source];
  return spawnSync(findZig(), args, { stdio: 'ignore' }).status === 0 ? to : undefined;
}

function calls(place, { command, counted = command, runtime, env: own }, settings, preload) {
  const env = { ...settings, ...own };
  const lines = place.qemu
    ? emulatedCalls(place, counted, env, preload)
    : tracedCalls(place, counted, env, preload);
  assert(lines.length > 5, `${counted[0]}: no trace of its system calls`);
  const thread = lines.findIndex((line) => /^(clone3?|v?fork)\(/.test(line));
  return TO_FIRST_THREAD.has(runtime) && thread >= 0 ? lines.slice(0, thread) : lines;
}

function tracedCalls(place, command, env, preload) {
  const file = join(work, 'foreign-trace');
  place.start(command, {
    env,
    preload,
    tracer: ['strace', '-qq', '-o', file, '-e', 'signal=none'],
  });
  const lines = readFileSync(file, 'latin1').split('\n');
  rmSync(file, { force: true });
  const start = lines.findLastIndex((line) => line.startsWith('execve('));
  return lines.slice(start + 1).filter((line) => /^[a-z_0-9]+\(/.test(line));
}

function emulatedCalls(place, command, env, preload) {
  const { stderr } = place.start(command, { env, preload, qemuFlags: ['-strace'] });
  const lines = stderr.match(/^\d+ [a-z_0-9]+\(.*$/gm) ?? [];
  return lines.map((line) => line.slice(line.indexOf(' ') + 1));
}
