// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolveProbe } from '../../src/tracer/probes.ts';

describe('tracer/probes', () => {
  let folder: string;
  let program: string;

  before(function () {
    folder = mkdtempSync(join(tmpdir(), 'otel-profile-probes-'));
    program = join(folder, 'program');
    const source = join(folder, 'program.c');
    writeFileSync(
      source,
      'static int used(int a) { return a * 3; }\n' +
        'int (*kept)(int) = used;\nint main(int c, char **v) { return kept(c) + !v; }\n',
    );
    const { status, error } = spawnSync('cc', ['-O1', '-o', program, source]);
    if (error !== undefined || status !== 0) {
      console.log('skip: no C compiler, install with: apt-get install gcc');
      this.skip();
    }
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('finds functions where nm and readelf find them', function () {
    const nm = spawnSync('nm', [program], { encoding: 'utf8' });
    if (nm.error !== undefined) {
      console.log('skip: no nm, install with: apt-get install binutils');
      return this.skip();
    }
    for (const name of ['used', 'main']) {
      const vaddr = Number(
        `0x${new RegExp(`^([0-9a-f]+) [tT] ${name}$`, 'm').exec(nm.stdout)?.[1]}`,
      );
      const [, , offset] = resolveProbe(`uprobe:${program}:${name}`).split(':');
      // Small programs have their code where it is in the file.
      assert.equal(Number(offset), vaddr);
      assert.equal(
        resolveProbe(`uretprobe:${program}:${name}+0x4`),
        `uretprobe:${program}:${vaddr + 4}`,
      );
    }
  });

  it('leaves offsets and tracepoints as they are', () => {
    assert.equal(resolveProbe('uprobe:/bin/x:0x40'), 'uprobe:/bin/x:64');
    assert.equal(resolveProbe('tracepoint:sched:sched_switch'), 'tracepoint:sched:sched_switch');
  });

  it('says what is wrong', () => {
    assert.throws(() => resolveProbe(`uprobe:${program}:absent`), /has no function absent/);
    assert.throws(
      () => resolveProbe('uprobe:/nowhere:f'),
      /probe uprobe:\/nowhere:f: .*ENOENT|no such file/,
    );
    assert.throws(() => resolveProbe('kprobe:do_sys_open'), /kernel functions cannot be probed/);
    assert.throws(() => resolveProbe('main'), /cannot be understood/);
  });
});
