// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  type Stats,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type CacheKey, loadCode, storeCode } from '../../src/start/codeCache.ts';
import { cacheBase, isTrustedPath } from '../../src/start/trustedDir.ts';
import { buildDemo, type Demo } from '../fixture/demoBundle.ts';

const stat = (uid: number, mode: number, kind = 0o040000): Stats =>
  Object.assign(Object.create(lstatSync('/')), { uid, mode: kind | mode }) as Stats;

describe('where compiled code may be kept', () => {
  it('is the user’s cache, for root a directory that no HOME decides', () => {
    const env = { HOME: '/home/u' };
    assert.equal(cacheBase({ uid: 5, euid: 5, env }), '/home/u/.cache');
    assert.equal(cacheBase({ uid: 5, euid: 5, env: { XDG_CACHE_HOME: '/c' } }), '/c');
    assert.equal(cacheBase({ uid: 0, euid: 0, env }), '/var/cache');
  });

  it('is nowhere with changed rights, a relative path or no home', () => {
    assert.equal(cacheBase({ uid: 5, euid: 0, env: { HOME: '/home/u' } }), undefined);
    assert.equal(cacheBase({ uid: 5, euid: 5, env: { HOME: 'tmp' } }), undefined);
    assert.equal(cacheBase({ uid: 5, euid: 5, env: {} }), undefined);
  });

  const paths: readonly (readonly [why: string, Record<string, Stats>, boolean])[] = [
    ['root and the user own the way', { '/h': stat(0, 0o755), '/h/u': stat(5, 0o700) }, true],
    ['somebody else owns a part', { '/h': stat(7, 0o755), '/h/u': stat(5, 0o700) }, false],
    ['a group may write', { '/h': stat(0, 0o775), '/h/u': stat(5, 0o700) }, false],
    ['it is as open as /tmp', { '/h': stat(0, 0o1777), '/h/u': stat(5, 0o700) }, false],
    ['a link stands in between', { '/h': stat(0, 0o777, 0o120000), '/h/u': stat(5, 0o700) }, false],
    ['a part is not there', { '/h': stat(0, 0o755) }, false],
  ];
  for (const [why, stats, expected] of paths) {
    it(`is ${expected ? '' : 'not '}trusted when ${why}`, () => {
      const lstat = (path: string): Stats => {
        const found = path === '/' ? stat(0, 0o755) : stats[path];
        if (found === undefined) throw new Error('ENOENT');
        return found;
      };
      assert.equal(isTrustedPath('/h/u', 5, lstat), expected);
    });
  }

  it('is never reached through ..', () => {
    assert.equal(isTrustedPath('/usr/../usr', 0), false);
  });
});

const CACHING = { env: { NODE_DISABLE_COMPILE_CACHE: '' } } as const;

describe('the code cache', () => {
  let demo: Demo;
  const euid = process.geteuid?.() ?? 0;
  before(async () => {
    demo = await buildDemo();
  });
  after(() => demo.remove());

  /** The cache as a user has it; the demo's own directory is under /tmp and not to be trusted. */
  function keyIn(dir: string): CacheKey {
    return { dir, bin: 'demo', buildId: 'b1', runtime: 'v1-x64', variant: 'main' };
  }

  it('writes nothing where others can write', () => {
    const key = keyIn(join(demo.dir, 'otelkit'));
    storeCode(key, euid, () => Buffer.from('code'));
    assert.equal(existsSync(key.dir), false);
    mkdirSync(key.dir, { mode: 0o700 });
    writeFileSync(join(key.dir, 'demo-b1-v1-x64-main.v8'), 'evil', { mode: 0o600 });
    assert.equal(loadCode(key, euid), undefined);
  });

  it('keeps code, but not without end, and refuses what others could have put there', function () {
    if (euid !== 0) {
      console.log('skip: needs a directory trusted from / on, run the tests as root');
      this.skip();
    }
    const parent = `/var/cache/otelkit-test-${process.pid}`;
    mkdirSync(parent, { mode: 0o700 });
    try {
      const key = keyIn(join(parent, 'otelkit'));
      storeCode(key, euid, () => Buffer.from('one'));
      assert.equal(loadCode(key, euid)?.toString(), 'one');
      for (let i = 0; i < 40; i++) {
        storeCode({ ...key, buildId: `old${i}` }, euid, () => Buffer.from('old'));
      }
      const newer = { ...key, buildId: 'b2' };
      storeCode(newer, euid, () => Buffer.from('two'));
      assert.equal(readdirSync(key.dir).length, 32);
      assert.equal(loadCode(newer, euid)?.toString(), 'two');
      assert.equal(loadCode(key, euid), undefined);
      const file = join(key.dir, 'demo-b2-v1-x64-main.v8');
      chmodSync(file, 0o620);
      assert.equal(loadCode(newer, euid), undefined);
      symlinkSync(file, join(key.dir, 'demo-b2-v1-x64-other.v8'));
      assert.equal(loadCode({ ...newer, variant: 'other' }, euid), undefined);
      chmodSync(file, 0o600);
      chmodSync(key.dir, 0o777);
      assert.equal(loadCode(newer, euid), undefined);
    } finally {
      spawnSync('rm', ['-rf', parent]);
    }
  });

  it('does not change what the tool does, cold, warm or with a damaged file', function () {
    if (euid !== 0) {
      console.log('skip: needs a directory trusted from / on, run the tests as root');
      this.skip();
    }
    const dir = '/var/cache/otelkit';
    const ours = (): string[] =>
      existsSync(dir) ? readdirSync(dir).filter((name) => name.startsWith('demo-')) : [];
    const remove = (): void => {
      for (const name of ours()) spawnSync('rm', ['-f', join(dir, name)]);
    };
    remove();
    try {
      const cold = demo.run(['many'], CACHING);
      const [name = ''] = ours();
      assert.match(name, /^demo-[0-9a-f]{16}-v\d+\.\d+\.\d+-\w+-main\.v8$/);
      assert.deepEqual(demo.run(['many'], CACHING), cold);
      const whole = readFileSync(join(dir, name));
      for (const damaged of [Buffer.alloc(0), Buffer.alloc(100), whole.subarray(0, 5000)]) {
        writeFileSync(join(dir, name), damaged);
        assert.deepEqual(demo.run(['many'], CACHING), cold);
        assert.ok(readFileSync(join(dir, name)).length > 5000, 'was not written anew');
      }
    } finally {
      remove();
    }
  });

  it('is off where Node’s own is', () => {
    const dir = '/var/cache/otelkit';
    const before = existsSync(dir) ? readdirSync(dir) : [];
    assert.equal(demo.run(['echo']).status, 0);
    assert.deepEqual(existsSync(dir) ? readdirSync(dir) : [], before);
  });
});
