// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import {
  chmodSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { openElf } from '@otelkit/core';
import { FrameStore } from '../../src/files/frameStore.ts';
import { KnownFrames } from '../../src/files/knownFrames.ts';
import type { SourceFrame } from '../../src/frames.ts';
import { type DwarfModule, framesOfBatch, Symbolizer } from '../../src/index.ts';
import { C_SOURCE, needsDwarf } from '../dwarf/programs.ts';
import { sampleAddresses } from '../fixtures/agreement.ts';
import { needsTools, Workshop } from '../fixtures/build.ts';

const KEY = 'd317619c45b0123cf2ae92b317c906efff2b3f4b';
const FRAMES: readonly [number, readonly SourceFrame[]][] = [
  [4096, [{ functionName: 'mix', file: '/a/b.c', line: 3, column: 7, isInlined: false }]],
  [
    8192,
    [
      { functionName: 'mix()', systemName: '_Z3mixv', file: '/a/b.c', line: 4, isInlined: true },
      { functionName: 'hot', isInlined: false },
    ],
  ],
  [2 ** 47, []],
];

function known(all: typeof FRAMES = FRAMES): KnownFrames {
  const frames = KnownFrames.empty();
  for (const [vaddr, found] of all) frames.add(vaddr, found);
  return frames;
}

describe('frames kept on disk', () => {
  let shop: Workshop;
  beforeEach(() => {
    shop = new Workshop();
  });
  afterEach(() => shop.remove());

  function openStore(mostBytes?: number): FrameStore {
    const store = FrameStore.open(shop.path('frames'), mostBytes);
    assert.ok(store instanceof FrameStore, String(store));
    return store;
  }

  const loaded = (): typeof FRAMES => [...(openStore().load(KEY) ?? [])];
  const entryPath = (): string => shop.path(`frames/v3/${KEY}.frames`);

  it('are what was written', () => {
    openStore().save(KEY, known());
    assert.deepEqual(loaded(), FRAMES);
    assert.equal(openStore().load('ab'.repeat(20)), undefined);
  });

  it('count as absent when any byte is another, or bytes are missing', () => {
    openStore().save(KEY, known());
    const whole = readFileSync(entryPath());
    for (let at = 0; at < whole.length; at++) {
      const damaged = Buffer.from(whole);
      damaged[at]! ^= 1 + (at % 255);
      writeFileSync(entryPath(), damaged);
      assert.equal(openStore().load(KEY), undefined, `byte ${at}`);
    }
    for (const length of [0, 1, 9, whole.length - 1]) {
      writeFileSync(entryPath(), whole);
      truncateSync(entryPath(), length);
      assert.equal(openStore().load(KEY), undefined, `${length} bytes`);
    }
  });

  it('are found among old and new ones, which are written in one order', () => {
    const frames = known();
    frames.encode(undefined);
    const more: typeof FRAMES = [
      [1, [{ functionName: 'mix', isInlined: false }]],
      [5000, [{ functionName: 'neu \u00fc', file: '/a/b.c', isInlined: true }]],
    ];
    for (const [vaddr, found] of more) frames.add(vaddr, found);
    const all = [...FRAMES, ...more].sort(([a], [b]) => a - b);
    for (const [vaddr, found] of all) assert.deepEqual(frames.get(vaddr), found);
    assert.equal(frames.has(4097), false);
    openStore().save(KEY, frames);
    assert.deepEqual(loaded(), all);
    assert.equal(frames.size, all.length);
  });

  it('are not taken from a folder that others can write to', () => {
    openStore();
    chmodSync(shop.path('frames/v3'), 0o777);
    assert.match(String(FrameStore.open(shop.path('frames'))), /written to by others/);
  });

  it('stay within their space, the newest are kept', () => {
    openStore().save('aa'.repeat(20), known());
    const { size } = statSync(shop.path(`frames/v3/${'aa'.repeat(20)}.frames`));
    openStore(size).save(KEY, known());
    assert.deepEqual(readdirSync(shop.path('frames/v3')), [`${KEY}.frames`]);
  });

  it('never leave the folder by a key that is no build ID', () => {
    openStore().save('../../escaped', known());
    assert.deepEqual(readdirSync(shop.folder), ['frames']);
    assert.equal(openStore().load('../../escaped'), undefined);
  });

  it('count as absent when their time is over', () => {
    openStore().save(KEY, known(), 0);
    assert.equal(openStore().load(KEY), undefined);
    openStore().save(KEY, known(), 60_000);
    assert.deepEqual(loaded(), FRAMES);
  });

  it('answer without debug information after a restart', function () {
    needsTools(this, 'gcc');
    const module = needsDwarf(this);
    shop.write('c.c', C_SOURCE);
    shop.run('gcc', '-O2', '-g', '-Wl,--build-id', '-o', 'c', 'c.c');
    const first = framesOf(module);
    assert.ok(first.flat().some(({ isInlined }) => isInlined));
    assert.deepEqual(readdirSync(shop.path('frames/v3')), [`${KEY}-lines.frames`]);
    assert.deepEqual(framesOf(undefinedModule(module)), first);
  });

  function framesOf(dwarf: DwarfModule): ReturnType<typeof framesOfBatch>[] {
    const path = shop.path('c');
    const elf = openElf(path);
    const addresses = Float64Array.from(sampleAddresses(elf, 300));
    elf.source.close();
    const symbolizer = new Symbolizer({ dwarf, frameFolder: shop.path('frames') });
    try {
      const file = { key: path, openPath: path, path, root: '', content: KEY };
      const batch = symbolizer.resolve({ kind: 'file', file }, addresses);
      return [...addresses.keys()].map((i) => framesOfBatch(batch, i));
    } finally {
      symbolizer.close();
    }
  }
});

/** It must not be asked. */
function undefinedModule(module: DwarfModule): DwarfModule {
  const proxy = Object.create(module) as DwarfModule;
  Object.defineProperty(proxy, 'start', {
    value: () => {
      throw new Error('debug information was read');
    },
  });
  return proxy;
}
