// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readdirSync, realpathSync } from 'node:fs';
import { openElf, symbolFacts } from '../../src/index.ts';
import { copyOf, gcc, made, needsTools, scratchFile } from '../fixtures/compile.ts';
import { setField } from '../fixtures/elfFields.ts';
import { readelfSymbols } from './readelfSymbols.ts';

const CANARY = '-fstack-protector-all';
const NO_CANARY = '-fno-stack-protector';
const COPY_C = `#include <string.h>
#include <stdlib.h>
int main(int argc, char **argv) {
  char *p = malloc(argc + 3), buffer[8];
  strcpy(buffer, argv[0]);
  memcpy(p, buffer, argc);
  return p[0];
}
`;

function factsOf(path: string): string {
  const elf = openElf(path);
  const { canary, fortify } = symbolFacts(elf);
  elf.source.close();
  return `canary ${canary}, fortify ${fortify}`;
}

function withoutSections(path: string): string {
  const bytes = copyOf(path);
  for (const field of ['e_shoff', 'e_shnum', 'e_shstrndx']) setField(bytes, field, 0);
  return scratchFile(bytes);
}

/** The same facts by the rules of the specification of this field, from readelf's text. */
function expectedFacts(path: string): string {
  const tables = readelfSymbols(path);
  const plain = (name: string): string => name.split('@')[0]!;
  const all = [...tables.values()].flat().map((symbol) => plain(symbol.name));
  const canary = all.includes('__stack_chk_fail') || all.includes('__stack_chk_guard');
  const dynamic = tables.get('.dynsym');
  const fortify = dynamic?.some((s) => s.ndx === 'UND' && /^__\w+_chk$/.test(plain(s.name)));
  return `canary ${tables.size === 0 ? null : canary}, fortify ${fortify ?? null}`;
}

describe('stack protector and fortify', () => {
  it('are told of dynamically linked programs, with and without sections', function () {
    needsTools(this, 'gcc');
    for (const style of ['sysv', 'gnu']) {
      const hash = `-Wl,--hash-style=${style}`;
      const guarded = gcc([CANARY, hash, '-s'], COPY_C);
      const open = gcc([NO_CANARY, hash, '-s', '-U_FORTIFY_SOURCE'], COPY_C);
      const fortified = gcc(
        [NO_CANARY, hash, '-s', '-O2', '-U_FORTIFY_SOURCE', '-D_FORTIFY_SOURCE=2'],
        COPY_C,
      );
      assert.equal(factsOf(guarded), 'canary true, fortify false');
      assert.equal(factsOf(withoutSections(guarded)), 'canary true, fortify false');
      assert.equal(factsOf(open), 'canary false, fortify false');
      assert.equal(factsOf(withoutSections(open)), 'canary false, fortify false');
      assert.match(factsOf(fortified), /fortify true/);
      assert.match(factsOf(withoutSections(fortified)), /fortify true/);
    }
  });

  it('are told of static programs and object files by .symtab', function () {
    needsTools(this, 'gcc');
    assert.equal(factsOf(gcc(['-static', CANARY])), 'canary true, fortify null');
    assert.equal(factsOf(gcc(['-static', CANARY, '-s'])), 'canary null, fortify null');
    assert.equal(factsOf(gcc(['-c', CANARY])), 'canary true, fortify false');
    assert.equal(
      factsOf(gcc(['-c', '-O2', NO_CANARY, '-D_FORTIFY_SOURCE=2'], COPY_C)),
      'canary false, fortify true',
    );
  });

  it('find a private stack protector that no other file sees', function () {
    needsTools(this, 'gcc');
    const source = 'static void fail(void) __asm__("__stack_chk_fail");\n'.concat(
      '__attribute__((used)) static void fail(void) {}\nint main(void) { return 0; }\n',
    );
    assert.equal(factsOf(gcc([NO_CANARY], source)), 'canary true, fortify false');
  });

  it('do not take a part of a longer name, or a string without symbol, for the name', function () {
    needsTools(this, 'gcc');
    const path = made({
      sources: { 'main.s': '.globl my__stack_chk_fail_x\nmy__stack_chk_fail_x: ret\n' },
      commands: [['gcc', '-nostdlib', '-static', '-o', 'out', 'main.s']],
      output: 'out',
    });
    assert.equal(factsOf(path), 'canary false, fortify null');
  });

  it('agree with readelf on system binaries', function () {
    needsTools(this, 'readelf');
    const files = readdirSync('/usr/bin').map((name) => `/usr/bin/${name}`);
    let compared = 0;
    for (const path of files.filter((_, i) => i % 12 === 0)) {
      let elf: ReturnType<typeof openElf>;
      try {
        elf = openElf(realpathSync(path));
      } catch {
        continue;
      }
      elf.source.close();
      assert.equal(factsOf(realpathSync(path)), expectedFacts(realpathSync(path)), path);
      compared++;
    }
    assert.ok(compared > 10);
  });
});
