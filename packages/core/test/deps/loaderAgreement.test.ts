// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { buildDependencyTree, missingDependencies, Resolver } from '../../src/index.ts';
import { gcc, needsTools } from '../fixtures/compile.ts';
import { askLoader, asLines, comparable } from './realLoader.ts';

const MUSL_LOADER = '/lib/ld-musl-x86_64.so.1';

describe('dependency trees against the real loaders', () => {
  it('names the same files as ld.so for every dynamic program of /usr/bin', function () {
    // It starts every one of them.
    this.timeout(300_000);
    const resolver = new Resolver();
    const wrong: string[] = [];
    let compared = 0;
    const programs = new Set(readdirSync('/usr/bin').map((name) => realpathOf(`/usr/bin/${name}`)));
    for (const path of programs) {
      const object = resolver.probe(path)?.object;
      if (object?.interpreter === undefined || !object.interpreter.includes('ld-linux')) continue;
      const tree = buildDependencyTree(path, resolver);
      if (tree.loader?.exists !== true || tree.nodes[0]!.edges.length === 0) continue;
      const loader = object.interpreter;
      const real = askLoader(loader, path);
      const ours = comparable(asLines(tree), loader);
      compared++;
      if (real.failed !== undefined && tree.missing.length > 0) continue;
      if (ours.join() !== comparable(real.lines, loader).join()) {
        wrong.push(`${path}: ours ${ours.join(' ')}; ld.so ${real.lines.join(' ')} ${real.failed}`);
      }
      const missing = missingDependencies(object, path, resolver);
      assert.equal(missing.length, tree.missing.length, path);
    }
    if (compared === 0) {
      console.log('skip: no program here is loaded by glibc');
      this.skip();
    }
    assert.deepEqual(wrong, []);
  });

  it('gives the loader’s own order for what is found by the cache', function () {
    const resolver = new Resolver();
    let compared = 0;
    for (const path of ['/usr/bin/gdb', '/usr/bin/git', '/usr/bin/python3', '/usr/bin/ssh']) {
      if (!existsSync(path)) continue;
      const real = realpathSync(path);
      const tree = buildDependencyTree(real, resolver);
      const loader = tree.loader?.path;
      if (tree.loader?.flavor !== 'glibc' || loader === undefined) continue;
      const listed = askLoader(loader, real).lines.filter((line) => line !== loader);
      const ours = asLines(tree).filter((line) => line !== loader);
      assert.deepEqual(ours, listed, path);
      compared++;
    }
    if (compared === 0) {
      console.log('skip: none of the usual programs is here');
      this.skip();
    }
  });

  it('knows that musl’s loader serves libc.so itself, as it says itself', function () {
    needsTools(this, 'musl-gcc');
    const program = gcc([], undefined, 'musl-gcc');
    const tree = buildDependencyTree(program, new Resolver());
    if (tree.loader?.path !== MUSL_LOADER || !existsSync(MUSL_LOADER)) {
      console.log('skip: musl-gcc makes no programs for this machine’s loader');
      this.skip();
    }
    const edge = tree.nodes[0]!.edges[0]!;
    assert.equal(edge.name, 'libc.so');
    assert.equal(tree.nodes[edge.to]!.path, MUSL_LOADER);
    assert.equal(tree.nodes[edge.to]!.found?.rule, 'loader-itself');
    assert.deepEqual(new Set(askLoader(MUSL_LOADER, program).lines), new Set([MUSL_LOADER]));
    assert.match(tree.loader.version ?? '', /^1\.\d+\.\d+$/);
  });
});

function realpathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
