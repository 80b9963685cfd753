// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compareVersions, parseGoVersion } from '../../src/analyze/goVersion.ts';
import { type LayoutTable, layoutByTable, layoutTable } from '../../src/analyze/table/lookUp.ts';
import type { LinkedModule } from '../../src/analyze/types.ts';
import { goProgram, IS_FULL, layoutsByGo } from './programs.ts';

const TABLE: LayoutTable = {
  modules: {
    std: {
      versions: ['1.20.0', '1.21.0', '1.21.13', '1.22.0'],
      structs: {
        'net/http.Request': {
          layouts: ['16 Method:0', '24 Method:0 pat:16'],
          runs: [
            [0, -1],
            [1, 0],
            [3, 1],
          ],
        },
      },
    },
    'example.com/lib': {
      versions: ['v1.0.0', 'v1.2.0', 'v1.3.0'],
      structs: {
        'example.com/lib/sub.T': {
          layouts: ['8 a:0', '16 a:8'],
          runs: [
            [0, 0],
            [2, 1],
          ],
        },
      },
    },
  },
};

function ofGo(version: string): unknown {
  const found = layoutByTable('net/http.Request', parseGoVersion(version), new Map(), TABLE);
  return typeof found === 'object' ? Object.fromEntries(found.members) : found;
}

function ofModule(version: string): unknown {
  const module: LinkedModule = { path: 'example.com/lib', version, isReplaced: false };
  const modules = new Map([[module.path, module]]);
  const found = layoutByTable('example.com/lib/sub.T', parseGoVersion('go1.22.0'), modules, TABLE);
  return typeof found === 'object' ? Object.fromEntries(found.members) : found;
}

describe('the table of layouts', () => {
  it('knows what was compiled, and what lies between equal neighbours', () => {
    assert.deepEqual(ofGo('go1.21.0'), { Method: 0 });
    assert.deepEqual(ofGo('go1.21.6'), { Method: 0 });
    assert.deepEqual(ofGo('go1.22.0'), { Method: 0, pat: 16 });
    assert.deepEqual(ofModule('v1.0.0'), { a: 0 });
    assert.deepEqual(ofModule('v1.1.7'), { a: 0 });
    assert.deepEqual(ofModule('v1.3.0'), { a: 8 });
  });

  it('says that a version has no such struct', () => {
    assert.equal(ofGo('go1.20.0'), 'absent');
  });

  it('does not guess between neighbours that differ, before the first or after the last', () => {
    for (const version of [
      'go1.20.5',
      'go1.21.14',
      'go1.22rc1',
      'go1.19.0',
      'go1.22.1',
      'go1.30.0',
    ]) {
      assert.equal(ofGo(version), undefined, version);
    }
    for (const version of ['v1.2.1', 'v0.9.0', 'v1.4.0', 'v2.0.0']) {
      assert.equal(ofModule(version), undefined, version);
    }
  });

  it('knows nothing of commits between releases, of development versions and of experiments', () => {
    assert.equal(ofModule('v1.2.1-0.20241015192408-796eee8c2d53'), undefined);
    assert.equal(ofGo('go1.21.0 (Red Hat 1.21.0-1.el9)'), undefined);
    const fork = { path: 'example.com/lib', version: 'v1.0.0', isReplaced: true };
    const modules = new Map([[fork.path, fork]]);
    const go = parseGoVersion('go1.22.0');
    assert.equal(layoutByTable('example.com/lib/sub.T', go, modules, TABLE), undefined);
    assert.equal(ofModule('(devel)'), undefined);
    assert.equal(ofModule(''), undefined);
    assert.equal(ofGo('devel go1.22-0123456789 Thu Jan 1 00:00:00 1970'), undefined);
    assert.equal(ofGo('go1.21.0 X:boringcrypto'), undefined);
  });

  it('has ascending versions, runs within them, and layouts whose fields ascend', () => {
    for (const [module, { versions, structs }] of Object.entries(layoutTable().modules)) {
      for (let i = 1; i < versions.length; i++) {
        assert.ok(compareVersions(versions[i - 1]!, versions[i]!) < 0, `${module} ${versions[i]}`);
      }
      for (const [struct, { layouts, runs }] of Object.entries(structs)) {
        assert.equal(runs[0]?.[0], 0, struct);
        for (const [first, which] of runs) {
          assert.ok(first < versions.length && which < layouts.length, struct);
        }
        for (const layout of layouts) {
          assert.match(layout, /^\d+( \w+:\d+)*$/u, struct);
          const [size = 0, ...offsets] = layout.match(/(?<=:|^)\d+(?= |$)/g)!.map(Number);
          assert.ok(
            offsets.every((offset, i) => offset >= (offsets[i - 1] ?? 0)),
            struct,
          );
          assert.ok(
            offsets.every((offset) => offset <= size),
            struct,
          );
        }
      }
    }
  });

  const releases = IS_FULL ? (layoutTable().modules['std']?.versions ?? []) : ['1.19.13', '1.24.6'];
  for (const release of releases) {
    it(`agrees with the DWARF of a program by Go ${release}`, function () {
      const name = release.replace(/^(1\.20)\.0$/, '$1');
      const path = goProgram({ kind: IS_FULL ? 'server' : 'small', release: name });
      const std = layoutTable().modules['std'];
      if (path === undefined || std === undefined) return this.skip();
      const version = parseGoVersion(`go${name}`);
      const byGo = layoutsByGo(path, Object.keys(std.structs));
      assert.ok(byGo.size >= 3);
      for (const [struct, fields] of byGo) {
        const found = layoutByTable(struct, version, new Map());
        // What is not known costs a library, never a wrong offset.
        if (found === undefined) continue;
        assert.ok(found !== 'absent', struct);
        for (const [field, offset] of found.members) {
          assert.equal(offset, fields.get(field), `${struct}.${field}`);
        }
      }
    });
  }
});

describe('versions', () => {
  it('are ordered as the module system has it', () => {
    const ascending = [
      ...['v0.0.0-20190101000000-abcdefabcdef', 'v0.9.0', 'v1.0.0-alpha', 'v1.0.0-alpha.1'],
      ...['v1.0.0-beta.2', 'v1.0.0-beta.11', 'v1.0.0-rc.1', 'v1.0.0', 'v1.0.1+incompatible'],
      ...['v1.2.0', 'v1.10.0', 'v2.0.0'],
    ];
    fc.assert(
      fc.property(fc.nat(ascending.length - 1), fc.nat(ascending.length - 1), (i, j) => {
        assert.equal(compareVersions(ascending[i]!, ascending[j]!), Math.sign(i - j));
      }),
    );
    assert.ok(compareVersions('1.26.0-rc1', '1.26.0') < 0);
  });

  it('of Go are read with candidates, experiments and what distributions append', () => {
    const read = (text: string): string => {
      const { major, minor, patch, prerelease, experiments, isDevelopment } = parseGoVersion(text);
      return `${major}.${minor}.${patch} ${prerelease} ${experiments.join('+')} ${isDevelopment}`;
    };
    assert.equal(read('go1.26.8'), '1.26.8   false');
    assert.equal(read('go1.27rc2'), '1.27.-1 rc2  false');
    assert.equal(read('go1.20'), '1.20.0   false');
    assert.equal(
      read('go1.24.6 X:boringcrypto,noswissmap'),
      '1.24.6  boringcrypto+noswissmap false',
    );
    assert.equal(
      read('go1.21.13 (Red Hat 1.21.13-1.el9) X:strictfipsruntime'),
      '1.21.13  strictfipsruntime false',
    );
    assert.equal(read('devel go1.28-5c1bd9e Thu Jan 1 00:00:00 1970'), '1.28.0   true');
    assert.equal(read('unknown'), '0.0.0   true');
  });
});
