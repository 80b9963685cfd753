// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeBytes, encodeBytes, encodePath } from '../../src/bytes/surrogateEscape.ts';
import type { InputError } from '../../src/diagnostics/diagnostic.ts';
import { walkFiles } from '../../src/walk/walkFiles.ts';
import { needsTools, scratchFolder } from '../fixtures/compile.ts';

function walked(folder: string): { paths: string[]; errors: InputError[] } {
  const errors: InputError[] = [];
  const paths = [...walkFiles(folder, { onError: (error) => errors.push(error) })];
  return { paths, errors };
}

describe('walk/walkFiles', () => {
  it('finds what find finds, whatever the names', function () {
    needsTools(this, 'find', 'mkfifo');
    const base = mkdtempSync(join(scratchFolder(), 'walk-'));
    mkdirSync(join(base, 'sub', 'deep'), { recursive: true });
    mkdirSync(join(base, 'empty'));
    const names = ['plain', 'with space', '-dash', 'new\nline', 'esc\x1b[31m', 'ä😀', '.hidden'];
    for (const name of names) {
      writeFileSync(join(base, name), '');
      writeFileSync(join(base, 'sub', 'deep', name), '');
    }
    const latin = Buffer.concat([Buffer.from(`${base}/sub/`), Buffer.from([0x6e, 0xff])]);
    writeFileSync(latin, '');
    symlinkSync(base, join(base, 'sub', 'cycle'));
    symlinkSync('plain', join(base, 'link'));
    symlinkSync('/no/such', join(base, 'dangling'));
    execFileSync('mkfifo', [join(base, 'fifo')]);
    const { paths, errors } = walked(base);
    const theirs = execFileSync('find', [base, '-type', 'f', '-print0']);
    const ours = Buffer.concat(paths.flatMap((path) => [encodeBytes(path), Buffer.of(0)]));
    const sorted = (bytes: Buffer): string[] => bytes.toString('latin1').split('\0').sort();
    assert.deepEqual(sorted(ours), sorted(theirs));
    assert.deepEqual(errors, []);
    assert.ok(paths.includes(decodeBytes(latin)));
  });

  it('gives names in byte order, files of a directory before those below it', () => {
    const base = mkdtempSync(join(scratchFolder(), 'walk-'));
    mkdirSync(join(base, 'a'));
    for (const name of ['b', 'B', 'a/x', 'z', 'é']) writeFileSync(join(base, name), '');
    const { paths } = walked(`${base}/`);
    assert.deepEqual(
      paths.map((path) => path.slice(base.length + 1)),
      ['B', 'b', 'z', 'é', 'a/x'],
    );
  });

  it('tells of what it could not read, and goes on', () => {
    const base = mkdtempSync(join(scratchFolder(), 'walk-'));
    const { paths, errors } = walked(join(base, 'gone'));
    assert.deepEqual(paths, []);
    assert.deepEqual(
      errors.map((error) => [error.code, error.errno]),
      [['io', 'ENOENT']],
    );
  });

  it('goes as deep as paths can be', () => {
    const base = mkdtempSync(join(scratchFolder(), 'walk-'));
    const depth = Math.floor((3500 - base.length) / 2);
    mkdirSync(encodePath(join(base, ...Array.from({ length: depth }, () => 'd'))), {
      recursive: true,
    });
    writeFileSync(join(base, ...Array.from({ length: depth }, () => 'd'), 'leaf'), '');
    const { paths, errors } = walked(base);
    assert.deepEqual([paths.length, errors.length], [1, 0]);
  });
});
