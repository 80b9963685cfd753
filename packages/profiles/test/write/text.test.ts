// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { renderTop, topTable } from '../../src/table/topTable.ts';
import { writeFolded } from '../../src/write/folded.ts';
import {
  encodeProfile,
  formatOfPath,
  PROFILE_FORMATS,
  usualFileName,
} from '../../src/write/profileFormat.ts';
import { emptyProfile, PERIOD_NS, sampleProfile } from '../model/sampleProfile.ts';

describe('folded stacks', () => {
  it('are one stack a line, outermost first, in order', () => {
    const text = [...writeFolded(sampleProfile(), { kind: 0 })].join('');
    const hostile = 'evil:name  [31m "q" \u{1f480} \udc80';
    assert.deepEqual(text.trimEnd().split('\n'), [
      `app:2;main;main;${hostile} 1`,
      'app:2;main;work;inner 1',
      'app;main;[libc.so.6];vfs_read 2',
      'app;main;work;inner 3',
    ]);
  });

  it('are not sorted where that would take too much', () => {
    const sorted = [...writeFolded(sampleProfile(), { kind: 0 })].join('').trimEnd().split('\n');
    const plain = [...writeFolded(sampleProfile(), { kind: 0 }, 1)].join('').trimEnd().split('\n');
    assert.deepEqual([...plain].sort(), sorted);
    assert.notDeepEqual(plain, sorted);
  });

  it('hold the values of the kind that is asked for', () => {
    const text = [...writeFolded(sampleProfile(), { kind: 1 })].join('');
    assert.equal(text, 'app:2;main;[libc.so.6];vfs_read 2000000\n');
  });

  it('of processes with one name are added up', () => {
    const profile = sampleProfile();
    const processes = profile.processes.map((process) => ({ ...process, name: 'same' }));
    const text = [...writeFolded({ ...profile, processes }, { kind: 0 })].join('');
    assert.match(text, /^same;main;work;inner 4$/m);
  });
});

describe('the table of functions', () => {
  it('counts self and total, and a recursive function once a stack', () => {
    const table = topTable(sampleProfile(), { kind: 0, sortBy: 'total' });
    assert.equal(table.sum, 7 * PERIOD_NS);
    const [first] = table.rows;
    assert.deepEqual(first, {
      functionName: 'main',
      binary: 'app',
      self: 0,
      total: 7 * PERIOD_NS,
    });
    const inner = table.rows.find(({ functionName }) => functionName === 'inner');
    assert.equal(inner?.self, 4 * PERIOD_NS);
    assert.equal(table.functionCount, 6);
  });

  it('is sorted by self, with times and shares', () => {
    const lines = renderTop(topTable(sampleProfile(), { kind: 0, rows: 2 })).split('\n');
    assert.match(lines[1]!, /^ *0\.04 s +57\.1% +0\.04 s +57\.1% {2}inner {2}app$/);
    assert.match(lines[2]!, /vfs_read/);
    assert.equal(lines.length, 4);
  });

  it('lets no name speak to the terminal', () => {
    const text = renderTop(topTable(sampleProfile(), { kind: 0 }));
    assert.ok(!text.includes('\x1b'));
    assert.ok(text.includes('evil;name??[31m'));
  });
});

describe('formats', () => {
  it('are told by the name of the file', () => {
    const formats = {
      'app.pb.gz': 'pprof',
      '/tmp/x.y/App.PPROF': 'pprof',
      'a.speedscope.json': 'speedscope',
      'a.folded': 'folded',
      'a.otlp': 'otlp',
      'a.txt': 'top',
      'a.json': undefined,
      '.folded': undefined,
      'dir.otlp/app': undefined,
    };
    for (const [path, format] of Object.entries(formats)) {
      assert.equal(formatOfPath(path), format, path);
    }
    for (const format of PROFILE_FORMATS) assert.equal(formatOfPath(usualFileName(format)), format);
  });

  it('take a profile without samples, and without times', () => {
    const tool = { name: 'otel-profile', version: '1' };
    const full = sampleProfile();
    const withoutTimes = { ...full, samples: { ...full.samples, timeNs: undefined } };
    for (const format of PROFILE_FORMATS) {
      for (const profile of [emptyProfile(), withoutTimes]) {
        for (const piece of encodeProfile(profile, format, { title: 't', tool })) {
          assert.ok(typeof piece === 'string' || piece instanceof Uint8Array);
        }
      }
    }
  });
});
