// SPDX-License-Identifier: Apache-2.0
// What the documentation shows is what a person gets who types it.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BIN, has, shell } from '../contract/samples.ts';
import { documentedExamples, type Example, shapeOf } from './examples.ts';

/** Names that stand for the reader's own files and processes. */
const READERS_OWN = / (?:\.\/|4242\b|libssl|image\.tar|PID\b|FILE\b|core\.)/;
/** An answer may be negative here; the one example of a damaged file ends with its own code. */
const FINE = new Set([0, 1, 3]);

/** Why it cannot run here; undefined when it can. */
function obstacle({ command }: Example): string | undefined {
  if (/\bjq\b/.test(command) && !has('jq'))
    return 'jq is not here, install with: apt-get install jq';
  const missing = command.match(/(?<= )\/[\w./-]+/g)?.find((path) => !existsSync(path));
  return missing === undefined ? undefined : `${missing} is not here`;
}

describe('documentation/examples', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'examples-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  const examples = documentedExamples().filter(({ command }) => !READERS_OWN.test(` ${command}`));

  it('are found', () => {
    assert.ok(examples.length > 15, `${examples.length} examples`);
    assert.ok(examples.some(({ page, shown }) => page === 'README.md' && shown.length > 5));
  });

  for (const example of examples) {
    const { page, command, shown } = example;
    it(`${page}: ${command}`, function () {
      const why = obstacle(example);
      if (why !== undefined) {
        console.log(`skip: ${why}`);
        this.skip();
      }
      const prelude = `cd ${folder}; otel-elf() { ${process.execPath} ${BIN} "$@"; }; `;
      const { stdout, stderr, exitCode } = shell(prelude + command);
      assert.ok(FINE.has(exitCode ?? -1), `exit code ${exitCode}: ${stderr}`);
      assert.doesNotMatch(stderr, /no such flag|no such command|defect of the tool/);
      assert.ok(stdout.length > 0, stderr);
      const got = stdout.split('\n');
      const marks = new Set([...shapeOf(got), ...wordsOf(got)]);
      // On a terminal the inventory has columns less; the others must be there.
      const lost = shapeOf(shown).filter((mark) => !marks.has(mark));
      assert.deepEqual(lost, [], stdout);
    });
  }
});

function wordsOf(lines: readonly string[]): string[] {
  return lines.flatMap((line) => line.trim().split(/\s+/));
}
