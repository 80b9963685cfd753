// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { VersionNeed } from '../../src/elf/versions.ts';
import {
  detectLibc,
  interpreterFlavor,
  type LibcFacts,
  type LibcInput,
} from '../../src/libc/detectLibc.ts';
import { maxGlibcVersion } from '../../src/libc/glibcVersion.ts';

const GLIBC_LOADER = '/lib64/ld-linux-x86-64.so.2';
const MUSL_LOADER = '/lib/ld-musl-x86_64.so.1';
const STORE = '/nix/store/ksk3rnb0ljx8gngzk19jlmbjyvac4hw6-glibc-2.38-44/lib';
const PROFILE = '/gnu/store/ln6hxqjvz6m9gdd9s97pivlqck7hzs99-glibc-2.35/lib';

function needs(...versions: readonly string[]): VersionNeed[] {
  return versions.map((version, i) => ({
    library: 'libc.so.6',
    version,
    index: i + 2,
    isWeak: false,
  }));
}

function detect(input: Partial<LibcInput>): LibcFacts {
  return detectLibc({
    kind: 'pie',
    interpreter: null,
    needed: [],
    versionNeeds: [],
    hasAndroidNote: false,
    ...input,
  });
}

type Row = readonly [
  what: string,
  input: Partial<LibcInput>,
  flavor: string | null,
  interpreter: string | null,
];

const TABLE: readonly Row[] = [
  ['a dynamic array cut off', { interpreter: GLIBC_LOADER, isDamaged: true }, 'glibc', 'glibc'],
  ['the same of a library', { kind: 'shared', isDamaged: true }, 'unknown', null],
  ['glibc', { interpreter: GLIBC_LOADER, needed: ['libc.so.6'] }, 'glibc', 'glibc'],
  ['glibc on alpha and ia64', { needed: ['libc.so.6.1'] }, 'glibc', null],
  ['a glibc library', { kind: 'shared', needed: ['libm.so.6', 'libc.so.6'] }, 'glibc', null],
  [
    'glibc by versions alone',
    { needed: ['libx.so'], versionNeeds: needs('GLIBC_2.4') },
    'glibc',
    null,
  ],
  ['glibc by its loader', { interpreter: GLIBC_LOADER, needed: ['libx.so'] }, 'glibc', 'glibc'],
  ['glibc s390x', { interpreter: '/lib/ld64.so.1', needed: ['libc.so.6'] }, 'glibc', 'glibc'],
  [
    'NixOS',
    { interpreter: `${STORE}/ld-linux-x86-64.so.2`, needed: ['libc.so.6'] },
    'glibc',
    'glibc',
  ],
  [
    'Guix',
    { interpreter: `${PROFILE}/ld-linux-aarch64.so.1`, needed: ['libc.so.6'] },
    'glibc',
    'glibc',
  ],
  [
    'NixOS musl',
    { interpreter: '/nix/store/x-musl/lib/ld-musl-aarch64.so.1', needed: ['libc.so'] },
    'musl',
    'musl',
  ],
  ['Alpine', { interpreter: MUSL_LOADER, needed: ['libc.musl-x86_64.so.1'] }, 'musl', 'musl'],
  ['an Alpine library', { kind: 'shared', needed: ['libc.musl-aarch64.so.1'] }, 'musl', null],
  ['musl-gcc', { interpreter: MUSL_LOADER, needed: ['libc.so'] }, 'musl', 'musl'],
  ['musl by its loader', { interpreter: MUSL_LOADER, needed: ['libz.so.1'] }, 'musl', 'musl'],
  ['gcompat', { interpreter: MUSL_LOADER, needed: ['libc.so.6'] }, 'glibc', 'musl'],
  [
    'musl started by glibc',
    { interpreter: GLIBC_LOADER, needed: ['libc.musl-x86_64.so.1'] },
    'musl',
    'glibc',
  ],
  [
    'bionic by its note',
    { interpreter: '/system/bin/linker64', needed: ['libc.so'], hasAndroidNote: true },
    'bionic',
    'unknown',
  ],
  [
    'a bionic library',
    { kind: 'shared', needed: ['libc.so', 'liblog.so'], hasAndroidNote: true },
    'bionic',
    null,
  ],
  ['uClibc', { interpreter: '/lib/ld-uClibc.so.0', needed: ['libc.so.0'] }, 'uclibc', 'unknown'],
  [
    'uClibc-ng',
    { interpreter: '/lib/ld64-uClibc.so.1', needed: ['libc.so.1'] },
    'uclibc',
    'unknown',
  ],
  ['static', { kind: 'exec' }, 'none', null],
  ['static-pie', { kind: 'static-pie' }, 'none', null],
  ['Go PIE without cgo', { interpreter: GLIBC_LOADER }, 'none', 'glibc'],
  ['libc.so without a musl loader', { kind: 'shared', needed: ['libc.so'] }, 'unknown', null],
  ['only other libraries', { kind: 'shared', needed: ['libz.so.1'] }, 'unknown', null],
  [
    'a loader nobody knows',
    { interpreter: '/lib/ld-what.so.1', needed: ['libz.so.1'] },
    'unknown',
    'unknown',
  ],
  [
    'a loader of a similar name',
    { interpreter: '/opt/ld-linux-evil', needed: ['libq.so'] },
    'unknown',
    'unknown',
  ],
  ['an object file', { kind: 'relocatable' }, null, null],
  ['a core', { kind: 'core' }, null, null],
  ['a separate debug file', { kind: null }, null, null],
];

describe('libc/detectLibc', () => {
  for (const [what, input, flavor, interpreter] of TABLE) {
    it(`${what}: ${flavor ?? 'no question'}`, () => {
      const facts = detect(input);
      assert.equal(facts.flavor, flavor);
      assert.equal(facts.interpreter, interpreter);
      assert.equal(facts.confidence === null, flavor === null);
      if (flavor === 'unknown') assert.equal(facts.confidence, 'guess');
      if (flavor !== null && flavor !== 'unknown') {
        assert.ok(
          facts.evidence.some((piece) => piece.flavor === flavor),
          'no evidence for it',
        );
      }
    });
  }

  it('shows both sides of a conflict as evidence', () => {
    const facts = detect({ interpreter: MUSL_LOADER, needed: ['libc.so.6'] });
    const flavors = facts.evidence.map(({ from, flavor }) => [from, flavor]);
    assert.deepEqual(flavors, [
      ['needed', 'glibc'],
      ['interpreter', 'musl'],
    ]);
  });

  it('is less sure where only the loader speaks', () => {
    assert.equal(detect({ interpreter: MUSL_LOADER, needed: ['libz.so.1'] }).confidence, 'likely');
    assert.equal(detect({ interpreter: MUSL_LOADER, needed: ['libc.so'] }).confidence, 'certain');
  });

  it('takes no interpreter of an empty name', () => {
    assert.equal(interpreterFlavor(''), null);
    assert.equal(interpreterFlavor(null), null);
    assert.equal(interpreterFlavor('ld-musl-x86_64.so.1'), 'musl');
    assert.equal(interpreterFlavor('/lib/ld-musl-x86_64.so.1/'), 'unknown');
  });
});

describe('libc/maxGlibcVersion', () => {
  it('compares numbers, not text', () => {
    assert.equal(maxGlibcVersion(needs('GLIBC_2.9', 'GLIBC_2.34', 'GLIBC_2.4')), '2.34');
    assert.equal(maxGlibcVersion(needs('GLIBC_2.2', 'GLIBC_2.2.5')), '2.2.5');
    assert.equal(maxGlibcVersion(needs('GLIBC_3.0', 'GLIBC_2.99')), '3.0');
  });

  it('leaves out what is no version', () => {
    const others = ['GLIBC_PRIVATE', 'GLIBC_ABI_DT_RELR', 'GLIBCXX_3.4.29', 'GCC_3.0', 'GLIBC_'];
    assert.equal(maxGlibcVersion(needs(...others)), null);
    assert.equal(maxGlibcVersion(needs(...others, 'GLIBC_2.2.5')), '2.2.5');
    assert.equal(
      maxGlibcVersion(needs('GLIBC_2.34x', 'GLIBC_2..3', ' GLIBC_2.3', 'GLIBC_2.')),
      null,
    );
    assert.equal(maxGlibcVersion(needs(`GLIBC_2.${'9'.repeat(400)}`)), null);
    assert.equal(maxGlibcVersion([]), null);
  });

  it('orders versions totally', () => {
    const version = fc.array(fc.nat(40), { minLength: 2, maxLength: 4 }).map((v) => v.join('.'));
    const highest = (...versions: string[]): string =>
      maxGlibcVersion(needs(...versions.map((one) => `GLIBC_${one}`))) ?? '';
    fc.assert(
      fc.property(version, version, version, (a, b, c) => {
        assert.equal(highest(a, b), highest(b, a));
        assert.equal(highest(a, b, c), highest(highest(a, b), c));
        assert.equal(highest(a, b, c), highest(a, highest(b, c)));
      }),
    );
  });
});
