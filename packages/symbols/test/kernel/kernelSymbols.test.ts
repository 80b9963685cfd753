// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { ProcFs } from '@otelkit/core';
import { buildIdInNotes, KernelSymbols, kernelAddressOf, parseModules } from '../../src/index.ts';
import { KallsymsStore } from '../../src/kernel/kallsymsStore.ts';
import { Workshop } from '../fixtures/build.ts';

const KALLSYMS = `ffffffff81000000 T startup_64
ffffffff81000040 t idle
ffffffff81000100 D data
ffffffffc0000000 t ext4_read\t[ext4]
ffffffffc0000040 t ext4_write\t[ext4]
`;
const EXT4 = 'ext4 128 2 - Live 0xffffffffc0000000\n';
const NOTE = Buffer.from('0400000004000000030000004700000000000000', 'hex');

describe('kernel symbols', () => {
  let shop: Workshop;
  let nowMs: number;
  beforeEach(() => {
    shop = new Workshop();
    nowMs = 0;
  });
  afterEach(() => shop.remove());

  function kernel(kallsyms = KALLSYMS, modules = EXT4): KernelSymbols {
    shop.write('proc/kallsyms', kallsyms);
    shop.write('proc/modules', modules);
    return new KernelSymbols({
      procFs: new ProcFs(shop.path('proc')),
      sysRoot: shop.path('sys'),
      now: () => nowMs,
    });
  }
  const at = (symbols: KernelSymbols, address: bigint): string | undefined => {
    const frame = symbols.resolve(kernelAddressOf(address));
    return frame && `${frame.module}:${frame.functionName}+${frame.offsetBytes}`;
  };

  it('names functions of the kernel and of modules, and nothing beyond them', () => {
    const symbols = kernel();
    assert.equal(at(symbols, 0xffffffff81000000n), 'vmlinux:startup_64+0');
    assert.equal(at(symbols, 0xffffffff810000ffn), 'vmlinux:idle+191');
    assert.equal(at(symbols, 0xffffffff81000100n), undefined);
    assert.equal(at(symbols, 0xffffffffc000007fn), 'ext4:ext4_write+63');
    assert.equal(at(symbols, 0xffffffffc0000080n), undefined);
    assert.equal(at(symbols, 0xffffffff80ffffffn), undefined);
    assert.equal(symbols.problem, undefined);
  });

  it('sees modules that are loaded later, and BPF programs', () => {
    const symbols = kernel();
    assert.equal(at(symbols, 0xffffffffc0010004n), undefined);
    const tun = 'ffffffffc0010000 t tun_get\t[tun]\n';
    shop.write('proc/kallsyms', KALLSYMS + tun);
    shop.write('proc/modules', `${EXT4}tun 4096 0 - Live 0xffffffffc0010000\n`);
    assert.equal(at(symbols, 0xffffffffc0010004n), undefined);
    nowMs = 1_000;
    assert.equal(at(symbols, 0xffffffffc0010004n), 'tun:tun_get+4');
    const bpf = 'ffffffffc0020000 t bpf_prog_0123456789abcdef_count\t[bpf]\n';
    shop.write('proc/kallsyms', KALLSYMS + tun + bpf);
    assert.equal(at(symbols, 0xffffffffc0020008n), undefined);
    nowMs = 11_000;
    assert.equal(at(symbols, 0xffffffffc0020008n), 'bpf:bpf_prog_0123456789abcdef_count+8');
  });

  it('keeps functions for the next start, for this run of the kernel and these modules', () => {
    const bpf = 'ffffffffc0020000 t bpf_prog_01_count\t[bpf]\n';
    shop.write('proc/sys/kernel/random/boot_id', 'first');
    const store = KallsymsStore.open(shop.path('store'));
    assert.ok(store instanceof KallsymsStore, String(store));
    const start = (kallsyms: string): KernelSymbols => {
      shop.write('proc/kallsyms', kallsyms);
      return new KernelSymbols({ procFs: new ProcFs(shop.path('proc')), store, now: () => nowMs });
    };
    shop.write('proc/modules', EXT4);
    assert.equal(at(start(KALLSYMS + bpf), 0xffffffff81000041n), 'vmlinux:idle+1');
    // Nothing is read again, but for what may have changed unseen.
    const again = start(bpf);
    assert.equal(at(again, 0xffffffff81000041n), 'vmlinux:idle+1');
    assert.equal(at(again, 0xffffffffc0000041n), 'ext4:ext4_write+1');
    assert.equal(at(again, 0xffffffffc0020000n), 'bpf:bpf_prog_01_count+0');
    for (const [file, text] of [
      ['modules', ''],
      ['sys/kernel/random/boot_id', 'second'],
    ] as const) {
      start(KALLSYMS).resolve(0);
      shop.write(`proc/${file}`, text);
      assert.equal(at(start(bpf), 0xffffffff81000041n), undefined, file);
    }
  });

  it('takes nothing of what is kept that is damaged', () => {
    shop.write('proc/sys/kernel/random/boot_id', 'first');
    const procFs = new ProcFs(shop.path('proc'));
    const store = KallsymsStore.open(shop.path('store')) as KallsymsStore;
    kernel();
    const resolve = (): string | undefined => {
      return at(new KernelSymbols({ procFs, store, now: () => nowMs }), 0xffffffff81000041n);
    };
    assert.equal(resolve(), 'vmlinux:idle+1');
    const [name] = readdirSync(shop.path('store'));
    const path = shop.path(`store/${name}`);
    const whole = readFileSync(path);
    for (let i = 0; i < whole.length; i++) {
      const damaged = Buffer.from(whole);
      damaged[i]! ^= 1 + (i % 255);
      writeFileSync(path, damaged);
      assert.equal(resolve(), 'vmlinux:idle+1', `byte ${i}`);
    }
    for (const length of [0, 1, 50, whole.length - 1]) {
      writeFileSync(path, whole.subarray(0, length));
      assert.equal(resolve(), 'vmlinux:idle+1', `${length} bytes`);
    }
  });

  it('says why there are no names', () => {
    const hidden = kernel('0000000000000000 T startup_64\n');
    assert.equal(hidden.state, 'hidden');
    assert.match(hidden.problem ?? '', /kptr_restrict/);
    const none = new KernelSymbols({ procFs: new ProcFs(shop.path('none')) });
    assert.equal(none.state, 'unreadable');
    assert.equal(none.resolve(kernelAddressOf(0xffffffff81000000n)), undefined);
  });

  it('knows the build IDs of the kernel and of modules', () => {
    const symbols = kernel();
    const note = Buffer.concat([
      Buffer.from('040000000400000001000000', 'hex'),
      Buffer.from('GNU\0abcd'),
      Buffer.from('040000000800000003000000', 'hex'),
      Buffer.from('GNU\0'),
      Buffer.from('0123456789abcdef', 'hex'),
    ]);
    shop.write('sys/kernel/notes', note);
    shop.write('sys/module/ext4/notes/.note.gnu.build-id', note.subarray(20));
    const ids = symbols.modules.map(({ name, buildId }) => [name, buildId]);
    assert.deepEqual(ids, [
      ['vmlinux', '0123456789abcdef'],
      ['ext4', '0123456789abcdef'],
    ]);
    assert.match(symbols.modules[0]!.fileId ?? '', /^[0-9a-f]{32}$/);
  });

  it('reads notes and modules that make no sense as far as they do', () => {
    assert.equal(buildIdInNotes(NOTE), undefined);
    assert.equal(buildIdInNotes(Buffer.alloc(100, 0xff)), undefined);
    assert.equal(buildIdInNotes(Buffer.alloc(7)), undefined);
    assert.deepEqual(parseModules('x\nhidden 1 0 - Live 0x0\n'), []);
    assert.equal(parseModules('a 16384 0 - Live 0xffffffffc0000000 (OE)\n').length, 1);
  });

  it("names this kernel's functions", function () {
    const symbols = new KernelSymbols();
    if (symbols.state !== 'available') {
      console.log(`skip: ${symbols.problem}`);
      this.skip();
    }
    const [image] = symbols.modules;
    assert.equal(image?.name, 'vmlinux');
    assert.notEqual(symbols.resolve(image!.start), undefined);
  });
});
