// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildDependencyTree, Resolver } from '../../src/index.ts';
import { needsTools, scratchFolder } from '../fixtures/compile.ts';
import { dynamicElf } from '../fixtures/dynamicElf.ts';
import { askLoader, asLines, comparable } from './realLoader.ts';

const MUSL = '/lib/ld-musl-x86_64.so.1';
const GLIBC = '/lib64/ld-linux-x86-64.so.2';
const X86_64 = { type: 3, machine: 62 } as const;

describe('dependency trees under musl and in secure mode', () => {
  it('agrees with ld-musl on inherited RUNPATHs and missing names', function () {
    needsTools(this, 'musl-gcc');
    if (!existsSync(MUSL)) {
      console.log(`skip: ${MUSL} is not here, install with: apt-get install musl`);
      this.skip();
    }
    const folder = mkdtempSync(join(scratchFolder(), 'musl-'));
    mkdirSync(join(folder, 'l'));
    writeFileSync(join(folder, 'lib.c'), 'int f(void) { return 1; }\n');
    writeFileSync(join(folder, 'main.c'), 'int main(void) { return 0; }\n');
    const compile = (...args: string[]): Buffer =>
      execFileSync('musl-gcc', [...args, '-Wl,--no-as-needed'], { cwd: folder, stdio: 'pipe' });
    const shared = (output: string, ...args: string[]): Buffer =>
      compile('-shared', '-fPIC', '-o', output, 'lib.c', ...args);
    shared('libgone.so', '-Wl,-soname,libgone.so');
    shared('l/libleaf.so');
    shared('l/libmid.so', '-Ll', '-lleaf');
    const rpath = '-Wl,--enable-new-dtags,-rpath,$ORIGIN/l';
    compile('-o', 'main', 'main.c', '-Ll', '-lmid', rpath);
    compile('-o', 'lacking', 'main.c', '-L.', '-lgone', '-Ll', '-lmid', rpath);
    execFileSync('rm', [join(folder, 'libgone.so')]);
    const whole = buildDependencyTree(join(folder, 'main'), new Resolver());
    assert.equal(whole.loader?.flavor, 'musl');
    const real = askLoader(MUSL, join(folder, 'main')).lines;
    assert.deepEqual(comparable(asLines(whole), MUSL), comparable(real, MUSL));
    assert.ok(asLines(whole).includes(join(folder, 'l/libleaf.so')));
    const lacking = buildDependencyTree(join(folder, 'lacking'), new Resolver());
    assert.deepEqual(
      lacking.missing.map((id) => lacking.nodes[id]!.name),
      ['libgone.so'],
    );
    assert.match(askLoader(MUSL, join(folder, 'lacking')).failed ?? '', /libgone\.so/);
  });

  it('trusts neither LD_LIBRARY_PATH nor $ORIGIN for a set-user-ID program', () => {
    const root = mkdtempSync(join(scratchFolder(), 'secure-'));
    const place = (path: string, bytes: Buffer): void => {
      mkdirSync(join(root, path, '..'), { recursive: true });
      writeFileSync(join(root, path), bytes);
    };
    place('/opt/l/libx.so', dynamicElf(X86_64));
    place('/env/libx.so', dynamicElf(X86_64));
    const program = dynamicElf({
      ...X86_64,
      interp: GLIBC,
      needed: ['libx.so'],
      runpath: '$ORIGIN/l',
    });
    place('/opt/app', program);
    const tree = () =>
      buildDependencyTree('/opt/app', new Resolver({ root, libraryPath: '/env' })).nodes.find(
        ({ name }) => name === 'libx.so',
      )!;
    assert.equal(tree().path, '/env/libx.so');
    chmodSync(join(root, '/opt/app'), 0o4755);
    assert.equal(tree().status, 'missing');
    assert.match(tree().searched?.[0]?.note ?? '', /set-user-ID/);
  });
});
