// SPDX-License-Identifier: Apache-2.0
// The shape of the built files, as readelf and objdump see it.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { build } from '../build.mjs';
import { assert, check, equal, skip, work } from './harness.mjs';

const maximumBytes = 64 * 1024;

function output(command, args) {
  const r = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 26 });
  return r.error ? undefined : r.stdout;
}

function checkLibrary(file, name, pageBytes) {
  const text = output('readelf', ['-Wlhdr', '--dyn-syms', file]);
  if (text === undefined)
    return skip(`shape ${name}`, 'no readelf, install with: apt-get install binutils');
  check(`shape ${name}: at most 64 KiB`, () => {
    const size = statSync(file).size;
    assert(size <= maximumBytes, `${size} bytes`);
    return `${size} bytes`;
  });
  check(`shape ${name}: needs nothing, offers nothing, only weak references`, () => {
    assert(!/\(NEEDED\)/.test(text), 'DT_NEEDED');
    assert(!/\(TEXTREL\)|TEXTREL/.test(text), 'text relocations');
    assert(/Library soname: \[libotelinject\.so\]/.test(text), 'SONAME');
    for (const line of text.split('\n').filter((l) => /\bUND\b \S/.test(l)))
      assert(/\bWEAK\b/.test(line), `strong: ${line}`);
    assert(!/(GLOBAL|WEAK)\s+DEFAULT\s+\d/.test(text), 'an exported symbol');
  });
  check(`shape ${name}: segments`, () => {
    const loads = [...text.matchAll(/^\s+LOAD\s+(.*)$/gm)].map((m) => m[1]);
    equal(loads.length, 2, 'PT_LOAD');
    for (const l of loads) {
      assert(!/RWE/.test(l), `writable and executable: ${l}`);
      equal(Number(l.trim().split(/\s+/).at(-1)), pageBytes, 'alignment');
    }
    assert(!/^\s+TLS /m.test(text), 'PT_TLS');
    assert(/^\s+GNU_STACK .*RW\s/m.test(text), 'executable stack');
    assert(/^\s+GNU_RELRO /m.test(text) && /BIND_NOW|NOW/.test(text), 'RELRO');
    const sizes = (pattern) => text.match(pattern).slice(1).map(Number);
    const [dataStart, dataSize] = sizes(/LOAD\s+0x\w+ (0x\w+) 0x\w+ 0x\w+ (0x\w+) RW /);
    const [relroStart, relroSize] = sizes(/GNU_RELRO\s+0x\w+ (0x\w+) 0x\w+ 0x\w+ (0x\w+)/);
    equal(relroStart, dataStart, 'start of RELRO');
    assert(relroStart + relroSize >= dataStart + dataSize, 'writable data is left');
    equal((relroStart + relroSize) % 4096, 0, 'end of RELRO');
    assert(
      Math.floor(relroStart / 4096) === Math.floor((dataStart + dataSize - 1) / 4096),
      'RELRO takes more than one page',
    );
  });
  check(`shape ${name}: one constructor`, () =>
    assert(
      /INIT_ARRAYSZ\)\s+8 /.test(text) && !/\((INIT|FINI_ARRAY|FINI)\)/.test(text),
      'init_array',
    ),
  );
  checkCode(file, name);
}

function checkCode(file, name) {
  const objdump = ['llvm-objdump-19', 'llvm-objdump', 'objdump'].find(
    (o) => output(o, ['--version']) !== undefined,
  );
  const code = objdump && output(objdump, ['-d', '--no-show-raw-insn', file]);
  if (!code?.includes('ret'))
    return skip(
      `shape ${name}: code`,
      'no disassembler for it, install with: apt-get install llvm-19',
    );
  check(`shape ${name}: no trap, no indirect branch, no thread-local access`, () => {
    // Only x86_64 is marked for branch tracking; aarch64 has jump tables, but no calls by pointer.
    for (const pattern of [
      /\bud2\b/,
      /\bbrk\b/,
      /\b(call|jmp)q?\s+\*/,
      /\bblr\s+x/,
      /%fs:/,
      /tpidr_el0/i,
    ]) {
      const found = code.split('\n').find((l) => pattern.test(l));
      assert(!found, `found ${found}`);
    }
    assert(/\b(endbr64|bti\s+c|hint\s+#34)/.test(code), 'no landing pad');
  });
}

function checkStub(file, name, machine) {
  check(`shape ${name}: a silent stub`, () => {
    const text = output('readelf', ['-Wlhd', file]);
    assert(new RegExp(machine).test(text) && /ELF32/.test(text), 'machine');
    assert(!/\(NEEDED\)|INIT/.test(text), 'needs or runs something');
    assert(/GNU_STACK .*RW\s/.test(text), 'executable stack');
    return `${statSync(file).size} bytes`;
  });
}

const digest = (file) => createHash('sha256').update(readFileSync(file)).digest('hex');

/** Builds into the temporary folder and checks what came out. */
export function shapeTests() {
  const out = join(work, 'lib');
  const built = build({ out });
  check('build all targets', () => built.map((b) => `${b.target} ${b.bytes}`).join(', '));
  checkLibrary(join(out, 'linux-x64', 'libotelinject.so'), 'x86_64', 4096);
  checkLibrary(join(out, 'linux-arm64', 'libotelinject.so'), 'aarch64', 65536);
  checkStub(join(out, 'linux-ia32', 'libotelinject.so'), 'x86', 'Intel 80386');
  checkStub(join(out, 'linux-arm', 'libotelinject.so'), 'arm', 'ARM');
  check('build is reproducible', () => {
    const again = join(work, 'lib-again');
    for (const b of build({ out: again }))
      equal(digest(b.path), digest(b.path.replace(again, out)), b.target);
  });
  return existsSync(join(out, 'linux-x64', 'libotelinject.so'));
}
