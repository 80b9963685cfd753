// SPDX-License-Identifier: Apache-2.0
// Programs and libraries compiled into one folder; each tree is held against the real loader.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildDependencyTree, type DependencyTree, Resolver } from '../../src/index.ts';
import { needsTools, scratchFolder } from '../fixtures/compile.ts';
import { askLoader, asLines, comparable } from './realLoader.ts';

const LOADER = '/lib64/ld-linux-x86-64.so.2';
const MAIN_C = 'int main(void) { return 0; }\n';
const NOTHING_FORBIDDEN = ['-Wl,--no-as-needed', '-Wl,--unresolved-symbols=ignore-all'];

describe('dependency trees of compiled files', () => {
  let folder = '';

  before(function () {
    needsTools(this, 'gcc');
    if (process.arch !== 'x64') {
      console.log('skip: the fixtures are held against the x86-64 loader');
      this.skip();
    }
  });

  beforeEach(() => {
    folder = mkdtempSync(join(scratchFolder(), 'deps-'));
    writeFileSync(join(folder, 'main.c'), MAIN_C);
    writeFileSync(join(folder, 'lib.c'), 'int f(void) { return 1; }\n');
    for (const name of ['a', 'b', 'a/b']) mkdirSync(join(folder, name));
  });

  function compile(args: readonly string[]): void {
    execFileSync('gcc', args, { cwd: folder, stdio: 'pipe' });
  }

  function library(path: string, soname: string, ...args: string[]): void {
    const named = soname === '' ? [] : [`-Wl,-soname,${soname}`];
    const shared = ['-shared', '-fPIC', ...named, '-o', path];
    compile([...shared, 'lib.c', ...NOTHING_FORBIDDEN, ...args]);
  }

  function program(path: string, ...args: string[]): void {
    compile(['-o', path, 'main.c', ...NOTHING_FORBIDDEN, ...args]);
  }

  /** The tree of a file in the folder, after checking that the real loader agrees. */
  function agreedTree(name: string, libraryPath?: string): DependencyTree {
    const path = join(folder, name);
    const options = libraryPath === undefined ? {} : { libraryPath };
    const tree = buildDependencyTree(path, new Resolver({ workingDirectory: folder, ...options }));
    const environment = libraryPath === undefined ? {} : { LD_LIBRARY_PATH: libraryPath };
    const real = askLoader(LOADER, path, environment);
    assert.equal(real.failed, undefined);
    assert.deepEqual(comparable(asLines(tree), LOADER), comparable(real.lines, LOADER));
    return tree;
  }

  const node = (tree: DependencyTree, name: string) => tree.nodes.find((n) => n.name === name)!;

  it('lets RPATH count for the libraries of libraries, and RUNPATH not', () => {
    library('a/b/libleaf.so', 'libleaf.so');
    library('a/libmid.so', 'libmid.so', '-La/b', '-lleaf');
    const rpath = '-Wl,-rpath,$ORIGIN/a:$ORIGIN/a/b';
    program('old', '-La', '-lmid', '-Wl,--disable-new-dtags', rpath);
    program('new', '-La', '-lmid', '-Wl,--enable-new-dtags', rpath);
    const old = agreedTree('old');
    assert.deepEqual(node(old, 'libleaf.so').found, {
      rule: 'rpath',
      of: join(folder, 'old'),
      entry: '$ORIGIN/a/b',
    });
    assert.deepEqual(old.missing, []);
    const missing = node(agreedTree('new'), 'libleaf.so');
    assert.equal(missing.status, 'missing');
    const rules = new Set(missing.searched?.map((place) => place.rule));
    assert.deepEqual([...rules], ['ld.so.cache', 'default-path']);
  });

  it('skips a library of another class and remembers it', function () {
    library('b/libleaf.so', 'libleaf.so');
    try {
      library('a/libleaf.so', 'libleaf.so', '-m32', '-nostdlib');
    } catch {
      console.log('skip: gcc makes no 32-bit code, install with: apt-get install gcc-multilib');
      this.skip();
    }
    program('main', '-Lb', '-lleaf', '-Wl,-rpath,$ORIGIN/a:$ORIGIN/b');
    const leaf = node(agreedTree('main'), 'libleaf.so');
    assert.equal(leaf.path, join(folder, 'b/libleaf.so'));
    const path = join(folder, 'a/libleaf.so');
    const reason = 'is 32-bit, 64-bit is needed';
    assert.deepEqual(leaf.rejected, [{ path, reason, isFatal: false }]);
  });

  it('stops where the loader does: at a file that is no ELF', () => {
    library('b/libleaf.so', 'libleaf.so');
    writeFileSync(join(folder, 'a/libleaf.so'), 'INPUT(libother.so)'.repeat(20));
    program('main', '-Lb', '-lleaf', '-Wl,-rpath,$ORIGIN/a:$ORIGIN/b');
    const tree = buildDependencyTree(join(folder, 'main'), new Resolver());
    assert.equal(node(tree, 'libleaf.so').status, 'unusable');
    assert.equal(node(tree, 'libleaf.so').rejected[0]!.isFatal, true);
    assert.match(askLoader(LOADER, join(folder, 'main')).failed ?? '', /invalid ELF header/);
  });

  it('marks the edges of a cycle, and no other', () => {
    library('a/libone.so', 'libone.so');
    library('a/libtwo.so', 'libtwo.so', '-La', '-lone', '-Wl,-rpath,$ORIGIN');
    library('a/libone.so', 'libone.so', '-La', '-ltwo', '-Wl,-rpath,$ORIGIN');
    program('main', '-La', '-lone', '-Wl,-rpath,$ORIGIN/a');
    const tree = agreedTree('main');
    const cyclic = tree.nodes.flatMap((n) =>
      n.edges.filter((edge) => edge.isCycle).map((edge) => `${n.name} ${edge.name}`),
    );
    assert.deepEqual(cyclic.sort(), ['libone.so libtwo.so', 'libtwo.so libone.so']);
  });

  it('answers a library that needs its own name by itself', () => {
    library('a/libself.so', 'libself.so');
    library('a/libself2.so', 'libself.so', '-La', '-lself');
    const tree = agreedTree('a/libself2.so');
    const edge = tree.nodes[0]!.edges.find(({ name }) => name === 'libself.so')!;
    assert.deepEqual([edge.to, edge.via, edge.isCycle], [0, 'soname', true]);
  });

  it('recognises one file under two names', () => {
    library('a/libreal.so', '');
    symlinkSync('libreal.so', join(folder, 'a/libalias.so'));
    program('main', '-La', '-lreal', '-lalias', '-Wl,-rpath,$ORIGIN/a');
    const tree = agreedTree('main');
    const edges = tree.nodes[0]!.edges.filter(({ name }) => name !== 'libc.so.6');
    assert.deepEqual(
      edges.map(({ via }) => via),
      ['search', 'same-file'],
    );
    assert.equal(edges[0]!.to, edges[1]!.to);
  });

  it('takes a NEEDED with a slash as a path', () => {
    library('a/libpath.so', '');
    program('main', join(folder, 'a/libpath.so'));
    const found = node(agreedTree('main'), join(folder, 'a/libpath.so')).found;
    assert.deepEqual(found, { rule: 'path' });
  });

  it('does not search default directories for a library with NODEFLIB', () => {
    library('a/libnodef.so', 'libnodef.so', '-Wl,-z,nodefaultlib', '-lz');
    compile(['-shared', '-fPIC', '-Wl,-soname,libz.so.1', '-o', 'b/libz.so', 'lib.c']);
    library('a/libnodef.so', 'libnodef.so', '-nostdlib', '-Wl,-z,nodefaultlib', 'b/libz.so');
    program('main', '-nostdlib', '-nostartfiles', '-La', '-lnodef', '-Wl,-rpath,$ORIGIN/a');
    const tree = agreedTree('main');
    assert.equal(node(tree, 'libz.so.1').status, 'missing');
    assert.match(node(tree, 'libz.so.1').searched?.at(-1)?.note ?? '', /NODEFLIB/);
  });

  it('searches LD_LIBRARY_PATH after RPATH and before RUNPATH', () => {
    for (const where of ['a', 'b']) library(`${where}/libleaf.so`, 'libleaf.so');
    program('old', '-La', '-lleaf', '-Wl,--disable-new-dtags,-rpath,$ORIGIN/a');
    program('new', '-La', '-lleaf', '-Wl,--enable-new-dtags,-rpath,$ORIGIN/a');
    const path = join(folder, 'b');
    assert.equal(node(agreedTree('old', path), 'libleaf.so').found?.rule, 'rpath');
    assert.equal(node(agreedTree('new', path), 'libleaf.so').found?.rule, 'library-path');
    assert.equal(node(agreedTree('new', ';;:a/b:a'), 'libleaf.so').found?.rule, 'library-path');
  });

  it('prefers the processor’s glibc-hwcaps and legacy subdirectories', () => {
    const subdirectories = [
      'glibc-hwcaps/x86-64-v2',
      'glibc-hwcaps/x86-64-v4',
      'tls/x86_64',
      'tls',
    ];
    for (const subdirectory of subdirectories) {
      mkdirSync(join(folder, 'a', subdirectory), { recursive: true });
      library(`a/${subdirectory}/libleaf.so`, 'libleaf.so');
      library(`a/${subdirectory}/lib${subdirectory.replaceAll('/', '')}.so`, '');
    }
    library('a/libleaf.so', 'libleaf.so');
    program('main', '-La', '-lleaf', '-Wl,-rpath,$ORIGIN/a');
    program('tls', '-La/tls', '-ltls', '-La/tls/x86_64', '-ltlsx86_64', '-Wl,-rpath,$ORIGIN/a');
    agreedTree('main');
    agreedTree('tls');
  });

  it('expands $LIB and $PLATFORM as this loader does', () => {
    const { lib, platform } = buildDependencyTree(process.execPath, new Resolver()).loader!;
    const nested = `a/${lib}/${platform}`;
    mkdirSync(join(folder, nested), { recursive: true });
    library(`${nested}/libleaf.so`, 'libleaf.so');
    const rpath = ['$', '{ORIGIN}/a/$LIB/$', '{PLATFORM}'].join('');
    program('main', `-L${nested}`, '-lleaf', `-Wl,-rpath,${rpath}`);
    assert.equal(node(agreedTree('main'), 'libleaf.so').status, 'found');
  });
});
