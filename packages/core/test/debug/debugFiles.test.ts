// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  buildIdPath,
  type DebugFileSearch,
  debugFacts,
  debugInformation,
  fileCrc32,
  findDebugFile,
  gnuBuildId,
  openDebugData,
  openElf,
  readSymbolTable,
} from '../../src/index.ts';
import { gcc, needsTools, outputOf, scratchFolder } from '../fixtures/compile.ts';

interface Split {
  readonly folder: string;
  readonly program: string;
  readonly debug: string;
}

/** A stripped program with a .gnu_debuglink, and its debug file, in a folder of their own. */
function split(...args: string[]): Split {
  const folder = realpathSync(mkdtempSync(join(scratchFolder(), 'split-')));
  const program = join(folder, 'program');
  const debug = join(folder, 'program.debug');
  const whole = gcc(['-g', ...args]);
  execFileSync('objcopy', ['--only-keep-debug', whole, debug]);
  execFileSync('objcopy', ['--strip-all', `--add-gnu-debuglink=${debug}`, whole, program]);
  return { folder, program, debug };
}

function search(program: string, options: Partial<DebugFileSearch> = {}): string {
  const elf = openElf(program);
  const found = findDebugFile(elf, { realPath: program, debugDirectories: [], ...options });
  elf.source.close();
  const outcomes = found.attempts.map((attempt) => attempt.outcome).join();
  return `${found.path} by ${found.by}: ${outcomes}`;
}

describe('separate debug files', () => {
  it('are named with a checksum that readelf and zlib agree on', function () {
    needsTools(this, 'gcc', 'objcopy', 'readelf');
    const { program, debug } = split();
    const elf = openElf(program);
    const { debuglink, stripped } = debugFacts(elf);
    elf.source.close();
    assert.equal(stripped, true);
    assert.equal(debuglink?.name, 'program.debug');
    assert.equal(debuglink?.crc, fileCrc32(debug));
    const text = outputOf('readelf', ['--debug-dump=links', program]);
    assert.match(text, new RegExp(`CRC value: 0x0*${debuglink!.crc!.toString(16)}`));
  });

  it('are found beside the program, in .debug, and below a debug directory', function () {
    needsTools(this, 'gcc', 'objcopy');
    const { folder, program, debug } = split('-Wl,--build-id=none');
    assert.equal(search(program), `${debug} by debuglink: found`);
    mkdirSync(join(folder, '.debug'));
    const hidden = join(folder, '.debug', 'program.debug');
    copyFileSync(debug, hidden);
    writeFileSync(debug, 'something else');
    assert.equal(search(program), `${hidden} by debuglink: crc-differs,found`);
    writeFileSync(hidden, '');
    const directory = join(folder, 'lib');
    const global = join(directory, folder, 'program.debug');
    mkdirSync(dirname(global), { recursive: true });
    copyFileSync(gcc(['-g', '-Wl,--build-id=none']), global);
    const expected = 'null by null: crc-differs,crc-differs,crc-differs';
    assert.equal(search(program, { debugDirectories: [directory] }), expected);
    execFileSync('objcopy', ['--only-keep-debug', gcc(['-g', '-Wl,--build-id=none']), global]);
    const found = `${global} by debuglink: crc-differs,crc-differs,found`;
    assert.equal(search(program, { debugDirectories: [directory] }), found);
  });

  it('are found by build ID first, and only with the same build ID', function () {
    needsTools(this, 'gcc', 'objcopy');
    const { folder, program, debug } = split('-Wl,--build-id=sha1');
    const elf = openElf(program);
    const path = buildIdPath(folder, gnuBuildId(elf)!);
    elf.source.close();
    mkdirSync(dirname(path), { recursive: true });
    copyFileSync(debug, path);
    assert.equal(search(program, { debugDirectories: [folder] }), `${path} by build-id: found`);
    copyFileSync(gcc(['-g', '-Wl,--build-id=0x0102030405']), path);
    const expected = `${debug} by debuglink: build-id-differs,found`;
    assert.equal(search(program, { debugDirectories: [folder] }), expected);
  });

  it('are not the program itself, nor outside of the folders', function () {
    needsTools(this, 'gcc', 'objcopy');
    const { folder, debug } = split('-Wl,--build-id=none');
    // A link to the file itself, as a rename can leave it behind.
    const same = join(folder, 'same');
    const whole = gcc(['-g', '-Wl,--build-id=none']);
    execFileSync('objcopy', [`--add-gnu-debuglink=${debug}`, whole, same]);
    copyFileSync(same, debug);
    assert.match(search(debug), /^null by null: same-file/);
  });
});

describe('.gnu_debugaltlink', () => {
  it('is read with its build ID', function () {
    needsTools(this, 'gcc', 'objcopy');
    const folder = mkdtempSync(join(scratchFolder(), 'alt-'));
    writeFileSync(
      join(folder, 'link'),
      Buffer.from('/usr/lib/debug/.dwz/a\0\x01\x02\xab', 'latin1'),
    );
    const path = join(folder, 'out');
    const args = ['--add-section', `.gnu_debugaltlink=${join(folder, 'link')}`, gcc([]), path];
    execFileSync('objcopy', args);
    const elf = openElf(path);
    const expected = { name: '/usr/lib/debug/.dwz/a', buildId: '0102ab' };
    assert.deepEqual(debugInformation(elf).altlink, expected);
    elf.source.close();
  });
});

describe('.gnu_debugdata', () => {
  it('gives the functions that .dynsym lacks', function () {
    needsTools(this, 'gcc', 'objcopy', 'xz');
    const folder = mkdtempSync(join(scratchFolder(), 'mini-'));
    const whole = gcc(['-g']);
    const mini = join(folder, 'mini');
    execFileSync('objcopy', ['--only-keep-debug', whole, mini]);
    execFileSync('strip', ['--strip-debug', '--keep-symbol=main', mini]);
    execFileSync('xz', [mini]);
    const out = join(folder, 'out');
    const stripped = join(folder, 'stripped');
    execFileSync('strip', ['-o', stripped, whole]);
    execFileSync('objcopy', ['--add-section', `.gnu_debugdata=${mini}.xz`, stripped, out]);
    const elf = openElf(out);
    assert.ok(debugFacts(elf).debugForms.includes('gnu_debugdata'));
    const inner = openDebugData(elf)!;
    const table = readSymbolTable(inner, 'symtab')!;
    const names = Array.from({ length: table.count }, (_, i) => table.name(i));
    assert.ok(names.includes('main'));
    assert.deepEqual(elf.diagnostics.list, []);
    elf.source.close();
  });
});
