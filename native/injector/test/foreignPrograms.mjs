// SPDX-License-Identifier: Apache-2.0
// The places of the matrix and the real programs of each. What cannot be had says why.
import { join } from 'node:path';
import { findZig } from '../../zig.mjs';
import { attempt } from './cached.mjs';
import { debianRoot } from './debian.mjs';
import { which } from './harness.mjs';
import { isFullMatrix, muslNode, muslPython } from './musl.mjs';
import { copyToWork, inCache, placeInRoot, whyNotEnter } from './places.mjs';
import { agents, compileC, compileGo, shows } from './programs.mjs';

const RUNTIMES = ['bash', 'dash', 'coreutils', 'busybox', 'nodejs', 'python3-minimal', 'ruby'];
RUNTIMES.push('perl-base', 'php-cli');
/** Without the graphics that its package asks for. */
const JAVA = ['openjdk-17-jre-headless'];
/** The first musl that relocates what newer compilers pack (DT_RELR) is 1.2.4. */
const MUSL = ['musl', 'busybox-static'];
const NOT_FOR_MUSL = 'none for musl is known to us in a registry';
const NO_COMPILER = 'cannot be compiled here, install with: apt-get install golang musl-tools';

/** Fetched and built side by side: most of it is waiting, and the first time takes a minute. */
export async function foreignPlaces() {
  const qemu = which('qemu-aarch64-static');
  const noQemu = { reason: 'no qemu, install with: apt-get install qemu-user-static' };
  const [old, arm, musl, armMusl, node, armNode, python] = await Promise.all([
    attempt(() => debianRoot('bullseye', 'amd64', ['libc6', ...RUNTIMES], JAVA)),
    qemu ? attempt(() => debianRoot('bookworm', 'arm64', ['libc6', ...RUNTIMES], JAVA)) : noQemu,
    attempt(() => debianRoot('trixie', 'amd64', [], MUSL)),
    qemu ? attempt(() => debianRoot('trixie', 'arm64', [], MUSL)) : noQemu,
    attempt(() => muslNode('x86_64')),
    qemu ? attempt(() => muslNode('aarch64')) : noQemu,
    attempt(muslPython),
  ]);
  const place = (name, libc, root, programs) => {
    const reason = whyNotEnter() ?? root.reason;
    if (reason !== undefined) return { name, reason };
    const emulator = name.startsWith('aarch64') ? qemu : undefined;
    const it = placeInRoot(name, libc, root.path, emulator);
    return { ...it, programs: programs() };
  };
  return [
    place('x86_64 glibc 2.31', 'glibc', old, () => [
      ...debianPrograms('amd64'),
      ...hostNode(),
      ...compiled('amd64', 'gnu.2.31'),
    ]),
    place('x86_64 musl', 'musl', musl, () => [
      ...muslRuntimes('x86_64', node, python),
      ...compiled('amd64', 'musl'),
    ]),
    place('aarch64 glibc 2.36', 'glibc', arm, () => [
      ...debianPrograms('arm64'),
      ...compiled('arm64', 'gnu.2.31'),
    ]),
    place('aarch64 musl', 'musl', armMusl, () => [
      ...muslRuntimes('aarch64', armNode, python),
      ...compiled('arm64', 'musl'),
    ]),
  ];
}

/** What Debian has for a machine; node 12 and ruby 2.7 of bullseye are older than the agents want. */
function debianPrograms(machine) {
  const isOld = machine === 'amd64';
  const java = `/usr/lib/jvm/java-17-openjdk-${machine}/bin/java`;
  const printAll = 'print "$_=$ENV{$_}\\n" for sort keys %ENV; exit 7';
  const phpAll = 'foreach (getenv() as $k => $v) echo "$k=$v\\n"; exit(7);';
  return [
    {
      name: isOld ? 'Node.js 12' : 'Node.js 18',
      runtime: 'nodejs',
      isOld,
      ...nodeOf('/usr/bin/node'),
    },
    {
      name: isOld ? 'Python 3.9' : 'Python 3.11',
      runtime: 'python',
      ...pythonOf('/usr/bin/python3'),
    },
    {
      name: isOld ? 'Ruby 2.7' : 'Ruby 3.1',
      runtime: 'ruby',
      isOld,
      command: ['/usr/bin/ruby', '-e', shows.ruby],
    },
    {
      name: 'Java 17',
      runtime: 'jvm',
      status: 7,
      ...(which('javac')
        ? {}
        : { reason: 'no javac, install with: apt-get install default-jdk-headless' }),
      command: [java, '-XX:TieredStopAtLevel=1', '-cp', join(agents, 'jvm'), 'Show'],
    },
    { name: 'Perl', status: 7, command: ['/usr/bin/perl', '-e', printAll] },
    { name: 'PHP', status: 7, command: ['/usr/bin/php.default', '-n', '-r', phpAll] },
    { name: 'bash', status: 7, command: ['/bin/bash', '-c', 'export -p; (exit 3); exit 7'] },
    { name: 'dash', status: 7, command: ['/bin/dash', '-c', 'export -p; (exit 3); exit 7'] },
    { name: 'busybox', command: ['/bin/busybox', 'env'] },
  ];
}

const nodeOf = (path) => ({ command: [path, '-e', shows.nodejs] });
const pythonOf = (path) => ({ command: [path, '-c', shows.python] });

/** The Node.js that runs this, where nodejs.org built it for an older C library. */
function hostNode() {
  const path = copyToWork(process.execPath, 'host-node', 'node');
  return [{ name: `Node.js ${process.versions.node}`, runtime: 'nodejs', ...nodeOf(path) }];
}

function muslRuntimes(machine, node, python) {
  const of = (name, runtime, { path, reason }, command) => ({
    name,
    runtime,
    ...(path ? command(inCache(path)) : { reason }),
  });
  const isMade = machine === 'x86_64' || isFullMatrix;
  const reason = isMade
    ? python.reason
    : 'takes minutes to compile, ask with OTELKIT_FULL_MATRIX=1';
  const pythonPath = isMade && python.path && join(python.path, machine, 'bin/python3');
  return [
    of('Node.js 24', 'nodejs', node, nodeOf),
    of('Python 3.11', 'python', { path: pythonPath, reason }, pythonOf),
    { name: 'static busybox', command: ['/bin/busybox', 'env'] },
    { name: 'Java', reason: NOT_FOR_MUSL },
    { name: 'Ruby', reason: NOT_FOR_MUSL },
  ];
}

/** C and Go for a machine and C library. */
function compiled(machine, libc) {
  const cpu = machine === 'arm64' ? 'aarch64' : 'x86_64';
  const target = `${cpu}-linux-${libc}`;
  const zig = [findZig(), 'cc', '-target', target];
  const isMusl = libc === 'musl';
  const dynamic = isMusl ? ['-dynamic'] : [];
  const c = (name, flags) => [
    name,
    compileC(`${target}/${name.replaceAll(' ', '-')}`, 'probe.c', flags, zig),
    ['noexec'],
  ];
  const go = (name, source, cgo, flags) => {
    const settings = { GOARCH: machine, CC: [...zig, ...dynamic].join(' ') };
    return [
      name,
      compileGo(`${target}/${name.replaceAll(' ', '-')}`, source, cgo, flags, settings),
      [],
    ];
  };
  const programs = [
    c('C PIE', ['-pie', '-fPIE', ...dynamic]),
    c('C non-PIE', ['-no-pie', '-fno-pie', ...dynamic]),
    ...(isMusl ? [c('C static', ['-static']), c('C static PIE', ['-static-pie'])] : []),
    go('Go with cgo', 'cgo.go', '1', []),
    // Without a C library they are the same everywhere but for the machine.
    ...(machine === 'arm64' && !isMusl
      ? [
          go('Go static', 'plain.go', '0', []),
          go('Go PIE', 'plain.go', '0', ['-buildmode=pie', '-ldflags=-s -w']),
        ]
      : []),
  ];
  return programs.map(([name, path, args]) =>
    path ? { name, status: 7, command: [path, ...args] } : { name, reason: NO_COMPILER },
  );
}
