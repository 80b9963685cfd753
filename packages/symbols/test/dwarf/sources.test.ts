// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openElf } from '@otelkit/core';
import { findDwarfModule, openFileSymbols, type SourceFrame } from '../../src/index.ts';
import { sampleAddresses } from '../fixtures/agreement.ts';
import { needsTools, Workshop } from '../fixtures/build.ts';
import { C_SOURCE, needsDwarf } from './programs.ts';

const BUILT = fileURLToPath(
  new URL('../../../../native/dwarf/wasm-out/otel-dwarf.wasm', import.meta.url),
);

describe('debug information is found', () => {
  let shop: Workshop;
  beforeEach(() => {
    shop = new Workshop();
    shop.write('c.c', C_SOURCE);
  });
  afterEach(() => shop.remove());

  function framesOf(context: Mocha.Context, name: string): (readonly SourceFrame[])[] {
    const module = needsDwarf(context);
    const elf = openElf(shop.path(name));
    const addresses = sampleAddresses(elf, 400);
    const symbols = openFileSymbols(elf, { path: shop.path(name), root: '' }, undefined, module);
    const frames = addresses.map((address) => symbols.resolve(address));
    symbols.close();
    return frames;
  }
  const isInlined = ({ isInlined: it }: SourceFrame): boolean => it;

  it('in what dwz moved out of several programs', function () {
    needsTools(this, 'gcc', 'dwz');
    shop.run('gcc', '-O2', '-g', '-o', 'one', 'c.c');
    shop.run('gcc', '-O1', '-g', '-o', 'two', 'c.c');
    const before = framesOf(this, 'one');
    shop.run('dwz', '-m', 'common.debug', 'one', 'two');
    assert.ok(existsSync(shop.path('common.debug')));
    assert.deepEqual(framesOf(this, 'one'), before);
    // Without that file names are missing, but none is wrong.
    renameSync(shop.path('common.debug'), shop.path('elsewhere'));
    const lines = (all: typeof before): unknown[] => all.map((one) => one.at(-1)?.functionName);
    assert.deepEqual(lines(framesOf(this, 'one')), lines(before));
  });

  it('in a .dwo beside the program when the folder of the compiler is gone', function () {
    needsTools(this, 'gcc');
    mkdirSync(shop.path('build'));
    shop.run('gcc', '-O2', '-g', '-gsplit-dwarf', '-o', 'build/app', 'c.c');
    const before = framesOf(this, 'build/app');
    assert.ok(before.flat().some(isInlined));
    renameSync(shop.path('build'), shop.path('installed'));
    assert.deepEqual(framesOf(this, 'installed/app'), before);
  });

  it('but not in a .dwo of another compilation', function () {
    needsTools(this, 'gcc');
    const flags = ['-O2', '-g', '-gsplit-dwarf'];
    shop.run('gcc', ...flags, '-o', 'app', 'c.c');
    assert.ok(framesOf(this, 'app').flat().some(isInlined));
    shop.write('c.c', `int first(int x) { return x; }\n${C_SOURCE}`);
    copyFileSync(shop.path('app'), shop.path('kept'));
    shop.run('gcc', ...flags, '-o', 'app', 'c.c');
    renameSync(shop.path('kept'), shop.path('app'));
    const frames = framesOf(this, 'app').flat();
    assert.ok(!frames.some(isInlined));
    assert.ok(frames.some(({ functionName }) => functionName === 'hot'));
  });

  it('by the module of the platform package beside a tool', function () {
    needsDwarf(this);
    const tool = shop.write('node_modules/otel-profile/bin/run.js', '');
    assert.equal(findDwarfModule(tool, 'x64'), undefined);
    const place = 'node_modules/@otelkit/native-linux-x64/lib/otel-dwarf.wasm';
    shop.write(place, 'no module');
    assert.equal(findDwarfModule(tool, 'x64'), undefined);
    mkdirSync(dirname(shop.path(place)), { recursive: true });
    copyFileSync(BUILT, shop.path(place));
    assert.notEqual(findDwarfModule(tool, 'x64'), undefined);
    assert.equal(findDwarfModule(tool, 'riscv64'), undefined);
  });
});
