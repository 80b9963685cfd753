// SPDX-License-Identifier: Apache-2.0
// Read by `go tool pprof`, which checks a profile before it shows anything of it.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Profile } from '../../src/model/profile.ts';
import { writePprof } from '../../src/write/pprof.ts';
import { emptyProfile, HOSTILE_NAME, sampleProfile } from '../model/sampleProfile.ts';

describe('pprof files', () => {
  let folder: string;
  before(function () {
    if (spawnSync('go', ['version']).status !== 0) {
      console.log('skip: go is not here, install with: https://go.dev/doc/install');
      this.skip();
    }
    folder = mkdtempSync(join(tmpdir(), 'otelkit-pprof-'));
  });
  after(() => {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  function pprof(profile: Profile, ...args: readonly string[]): string {
    const path = join(folder, 'app.pb.gz');
    writeFileSync(path, writePprof(profile, { kind: 0 }));
    const env = { ...process.env, PPROF_TMPDIR: folder, GOTOOLCHAIN: 'local', GOFLAGS: '' };
    const options = { encoding: 'utf8', env, stdio: 'pipe' } as const;
    return execFileSync('go', ['tool', 'pprof', '-symbolize=none', ...args, path], options);
  }

  it('have the samples, types, times and build IDs', () => {
    const raw = pprof(sampleProfile(), '-raw');
    assert.match(raw, /samples\/count cpu\/nanoseconds\S* off_cpu\/nanoseconds/);
    assert.match(raw, /PeriodType: cpu nanoseconds\s+Period: 10000000/);
    assert.match(raw, /Duration: 1s|Duration: 1\b/);
    assert.match(raw, /\/opt\/app 0123abcd/);
    assert.match(raw, /feed/);
    assert.match(raw, /3 +30000000 +0: 1 2/);
    assert.match(raw, /0 +0 +2000000: /);
    assert.match(raw, /0xffffffff81000040 .*vfs_read/);
  });

  it('are of the program that has most samples', () => {
    const profile = sampleProfile();
    const mappings = [...profile.mappings].reverse();
    const mapping = profile.frames.mapping.map((i) => (i < 0 ? i : mappings.length - 1 - i));
    const reversed = { ...profile, mappings, frames: { ...profile.frames, mapping } };
    assert.match(pprof(reversed, '-top'), /^File: app$/m);
  });

  it('show inlined functions, self and total', () => {
    const top = pprof(sampleProfile(), '-top', '-nodecount=0', '-nodefraction=0');
    assert.match(top, /Type: cpu/);
    assert.match(top, /40ms\s+57\.14%\s+57\.14%\s+40ms\s+57\.14%\s+inner \(inline\)/);
    assert.match(top, /70ms\s+100%\s+main/);
    assert.match(top, /vfs_read/);
  });

  it('can be taken apart by process and thread', () => {
    const tags = pprof(sampleProfile(), '-tags');
    for (const part of ['comm:', 'thread:', 'worker', 'pid:', 'tid:', 'container:', 'c0ffee']) {
      assert.ok(tags.includes(part), `${part} is not in\n${tags}`);
    }
    const one = pprof(sampleProfile(), '-top', '-tagfocus=pid=11');
    assert.match(one, /Total samples = 20ms|20ms/);
  });

  it('keep names that are no plain text', () => {
    const raw = pprof(sampleProfile(), '-raw');
    assert.ok(raw.includes(HOSTILE_NAME.split('\n')[0]!));
    assert.ok(raw.includes('\u{1f480}'));
    assert.ok(raw.includes('\ufffd'), 'bytes that are not UTF-8 are replaced');
  });

  it('are valid without samples', () => {
    assert.match(pprof(emptyProfile(), '-raw'), /samples\/count/);
  });

  it('are the same for the same profile', () => {
    const [a, b] = [sampleProfile(), sampleProfile()].map((p) => writePprof(p, { kind: 0 }));
    assert.deepEqual(a, b);
  });
});
