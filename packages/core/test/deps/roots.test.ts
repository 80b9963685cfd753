// SPDX-License-Identifier: Apache-2.0
// Other roots: folders that look like the root of a container, with files for several machines.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import {
  buildDependencyTree,
  type DependencyNode,
  Diagnostics,
  missingDependencies,
  Resolver,
  RootFs,
  readLdConf,
} from '../../src/index.ts';
import { scratchFolder } from '../fixtures/compile.ts';
import { type DynamicElfOptions, dynamicElf } from '../fixtures/dynamicElf.ts';

const ET_DYN = 3;
const AARCH64 = { type: ET_DYN, machine: 183 } as const;
const GLIBC = '/lib/ld-linux-aarch64.so.1';
const MUSL = '/lib/ld-musl-aarch64.so.1';
const SYSTEM_DIRECTORIES = '\0/lib/aarch64-linux-gnu/\0/usr/lib/aarch64-linux-gnu/\0/lib/\0';
const GLIBC_TEXT = `${SYSTEM_DIRECTORIES}\0/etc/ld.so.cache\0stable release version 2.38.\n`;
const MUSL_TEXT = '\0musl libc (aarch64)\nVersion\0\x001.2.5\0/lib:/opt/lib\0';

class Root {
  readonly path = mkdtempSync(join(scratchFolder(), 'root-'));

  file(path: string, content: string | Buffer = ''): void {
    mkdirSync(join(this.path, dirname(path)), { recursive: true });
    writeFileSync(join(this.path, path), content);
  }

  elf(path: string, options: DynamicElfOptions = {}): void {
    this.file(path, dynamicElf({ ...AARCH64, ...options }));
  }

  loader(path: string, text: string): void {
    const elf = dynamicElf({ ...AARCH64, soname: path.slice(path.lastIndexOf('/') + 1) });
    this.file(path, Buffer.concat([elf, Buffer.from(text, 'latin1')]));
  }

  link(path: string, target: string): void {
    mkdirSync(join(this.path, dirname(path)), { recursive: true });
    symlinkSync(target, join(this.path, path));
  }

  node(program: string, name: string): DependencyNode {
    const tree = buildDependencyTree(program, new Resolver({ root: this.path }));
    return tree.nodes.find((node) => node.name === name)!;
  }
}

describe('dependency trees inside another root', () => {
  it('reads the default directories out of the loader that is there', () => {
    const root = new Root();
    root.loader(GLIBC, GLIBC_TEXT);
    root.elf('/usr/lib/aarch64-linux-gnu/libx.so');
    root.elf('/app', { interp: GLIBC, needed: ['libx.so'], rpath: '$ORIGIN/$LIB' });
    const tree = buildDependencyTree('/app', new Resolver({ root: root.path }));
    assert.equal(tree.nodes[1]!.path, '/usr/lib/aarch64-linux-gnu/libx.so');
    assert.equal(tree.nodes[1]!.found?.rule, 'default-path');
    assert.equal(tree.loader?.lib, 'lib/aarch64-linux-gnu');
    assert.equal(tree.loader?.version, '2.38');
    assert.match(tree.loader?.remarks.join() ?? '', /ld\.so\.cache/);
  });

  it('uses the directories of ld.so.conf where there is no cache', () => {
    const root = new Root();
    root.loader(GLIBC, GLIBC_TEXT);
    root.file('/etc/ld.so.conf', '# comment\ninclude ld.so.conf.d/*.conf\n/last/lib\n');
    root.file('/etc/ld.so.conf.d/a.conf', '/opt/lib/ # vendor\n');
    root.elf('/opt/lib/libx.so');
    root.elf('/app', { interp: GLIBC, needed: ['libx.so'] });
    assert.deepEqual(root.node('/app', 'libx.so').found, {
      rule: 'ld.so.conf',
      of: '/etc/ld.so.conf',
      entry: '/opt/lib',
    });
  });

  it('falls back in the same way, with a diagnostic, on a damaged cache', () => {
    const root = new Root();
    root.loader(GLIBC, GLIBC_TEXT);
    root.file('/etc/ld.so.cache', 'no cache at all');
    root.file('/etc/ld.so.conf', '/opt/lib');
    root.elf('/opt/lib/libx.so');
    root.elf('/app', { interp: GLIBC, needed: ['libx.so'] });
    const tree = buildDependencyTree('/app', new Resolver({ root: root.path }));
    assert.equal(tree.nodes[1]!.found?.rule, 'ld.so.conf');
    assert.equal(tree.diagnostics[0]?.field, 'ld.so.cache magic');
  });

  it('follows links inside the root: absolute ones, and none out of it', () => {
    const root = new Root();
    root.loader('/usr/lib/ld.so', GLIBC_TEXT);
    root.link(GLIBC, '/usr/lib/ld.so');
    root.elf('/data/real.so');
    root.link('/lib/libabsolute.so', '/data/real.so');
    root.link('/lib/libescape.so', '../../../../../../data/real.so');
    root.link('/lib/libloop.so', 'libloop.so');
    root.link('/lib/libhost.so', '/etc/passwd');
    const needed = ['libabsolute.so', 'libescape.so', 'libloop.so', 'libhost.so'];
    root.elf('/app', { interp: GLIBC, needed });
    const tree = buildDependencyTree('/app', new Resolver({ root: root.path }));
    assert.equal(tree.nodes[1]!.realpath, '/data/real.so');
    assert.equal(tree.nodes[0]!.edges[1]!.via, 'same-file');
    assert.deepEqual(
      tree.missing.map((id) => tree.nodes[id]!.name),
      ['libloop.so', 'libhost.so'],
    );
  });

  it('takes NEEDED names of musl’s own for the loader, and its path file for the rest', () => {
    const root = new Root();
    root.loader(MUSL, MUSL_TEXT);
    root.elf('/opt/lib/libx.so', { needed: ['libc.musl-aarch64.so.1', 'libpthread.so.0'] });
    root.elf('/app', { interp: MUSL, needed: ['libc.musl-aarch64.so.1', 'libx.so', 'liby.so'] });
    assert.equal(root.node('/app', 'libx.so').path, '/opt/lib/libx.so');
    assert.equal(root.node('/app', 'libx.so').found?.rule, 'musl-path');
    assert.equal(root.node('/app', MUSL).found?.rule, 'loader-itself');
    assert.equal(root.node('/app', 'liby.so').status, 'missing');
    root.file('/etc/ld-musl-aarch64.path', '/srv/lib\n/other');
    root.elf('/srv/lib/liby.so');
    assert.equal(root.node('/app', 'liby.so').found?.of, '/etc/ld-musl-aarch64.path');
    assert.equal(root.node('/app', 'libx.so').status, 'missing');
  });

  it('inherits RUNPATH under musl, and lets it fail on a file of another machine', () => {
    const root = new Root();
    root.loader(MUSL, MUSL_TEXT);
    root.elf('/app/bin', { interp: MUSL, needed: ['liba.so'], runpath: '$ORIGIN/l' });
    root.elf('/app/l/liba.so', { needed: ['libb.so', 'libc32.so'] });
    root.elf('/app/l/libb.so');
    root.elf('/app/l/libc32.so', { machine: 62 });
    assert.equal(root.node('/app/bin', 'libb.so').found?.of, '/app/bin');
    assert.equal(root.node('/app/bin', 'libc32.so').status, 'unusable');
  });

  it('sees through gcompat’s stub in the place of glibc’s loader', () => {
    const root = new Root();
    root.loader(MUSL, MUSL_TEXT);
    root.loader(GLIBC, `\0${MUSL}\0/lib/libgcompat.so.0\0gcompat\0`);
    root.elf('/lib/libgcompat.so.0');
    root.elf('/app', { interp: GLIBC, needed: ['libc.so.6'] });
    const tree = buildDependencyTree('/app', new Resolver({ root: root.path }));
    assert.equal(tree.loader?.flavor, 'musl');
    assert.deepEqual(
      tree.preload.map(({ name }) => name),
      ['libgcompat.so.0'],
    );
    assert.deepEqual(tree.missing, []);
  });

  it('counts a missing interpreter as missing', () => {
    const root = new Root();
    root.elf('/lib/libx.so');
    root.elf('/app', { interp: GLIBC, needed: ['libx.so'] });
    const tree = buildDependencyTree('/app', new Resolver({ root: root.path }));
    assert.deepEqual(
      tree.missing.map((id) => tree.nodes[id]!.name),
      [GLIBC],
    );
    const resolver = new Resolver({ root: root.path });
    const object = resolver.probe('/app')!.object!;
    assert.deepEqual(missingDependencies(object, '/app', resolver), [GLIBC]);
  });

  it('stays within its limits on a file that asks for too much', () => {
    const root = new Root();
    root.loader(GLIBC, GLIBC_TEXT);
    const directories = Array.from({ length: 200 }, (_, i) => `/d${i}`);
    for (const directory of directories) mkdirSync(join(root.path, directory));
    const needed = Array.from({ length: 3000 }, (_, i) => `lib${i}.so`);
    root.elf('/app', { interp: GLIBC, needed, rpath: directories.join(':') });
    const tree = buildDependencyTree('/app', new Resolver({ root: root.path }));
    assert.ok(tree.diagnostics.some(({ code }) => code === 'limit'));
    assert.ok(tree.nodes.some(({ status }) => status === 'not-searched'));
  });

  it('reads any ld.so.conf without failing', () => {
    const root = new Root();
    root.file('/etc/self.conf', 'include /etc/*.conf');
    const line = fc.oneof(
      fc.string(),
      fc.constantFrom('include *', 'include /etc/*.conf', 'include [a-', '/usr/lib=libc5', '*'),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 20 }), (lines) => {
        root.file('/etc/ld.so.conf', lines.join('\n'));
        const fs = new RootFs(root.path);
        const directories = readLdConf(fs, '/etc/ld.so.conf', new Diagnostics());
        assert.ok(directories.every((directory) => directory.startsWith('/')));
      }),
      { numRuns: 300 },
    );
  });
});
