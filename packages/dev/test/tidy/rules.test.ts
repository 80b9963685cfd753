// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { RULES } from '../../src/tidy/tidy.mjs';
import { type Files, findingsOf, withLicence } from './sampleRepository.ts';

interface Case {
  readonly rule: string;
  readonly when: string;
  readonly files: Files;
  /** The beginning of the only finding. */
  readonly finding: string;
}

const CASES: readonly Case[] = [
  {
    rule: 'import-direction',
    when: 'core imports a tool',
    files: { 'packages/core/src/up.ts': withLicence("import { a } from 'otel-elf';\n") },
    finding: 'packages/core/src/up.ts:2: @otelkit/core may not import otel-elf',
  },
  {
    rule: 'import-direction',
    when: 'a tool imports another tool, by a subpath and over several lines',
    files: {
      'packages/otel-elf/src/x.ts': withLicence("import {\n  a,\n} from 'otel-go/attach';\n"),
    },
    finding: 'packages/otel-elf/src/x.ts:4: otel-elf may not import otel-go',
  },
  {
    rule: 'import-direction',
    when: 'a tool imports dev dynamically',
    files: { 'packages/otel-elf/src/x.ts': withLicence("void import('@otelkit/dev');\n") },
    finding: 'packages/otel-elf/src/x.ts:2: otel-elf may not import @otelkit/dev',
  },
  {
    rule: 'import-direction',
    when: 'a file of another package is imported by its path',
    files: {
      'packages/otel-elf/src/x.ts': withLicence("import { p } from '../../core/src/parse.ts';\n"),
    },
    finding: 'packages/otel-elf/src/x.ts:2: imports ../../core/src/parse.ts, a file outside',
  },
  {
    rule: 'import-direction',
    when: "a test imports a tool's sources",
    files: {
      'packages/core/test/a.test.ts': withLicence("import '../../otel-elf/src/inspect.ts';\n"),
    },
    finding:
      'packages/core/test/a.test.ts:2: imports ../../otel-elf/src/inspect.ts, a file outside',
  },
  {
    rule: 'import-direction',
    when: 'a manifest depends on a tool',
    files: {
      'packages/core/package.json':
        '{ "name": "@otelkit/core", "devDependencies": { "otel-elf": "workspace:*" } }',
    },
    finding: 'packages/core/package.json: depends on otel-elf',
  },
  {
    rule: 'import-direction',
    when: 'a package has no layer',
    files: { 'packages/new/package.json': '{ "name": "@otelkit/new" }' },
    finding: 'packages/new/package.json: @otelkit/new has no place',
  },
  {
    rule: 'circular-imports',
    when: 'two files import each other',
    files: {
      'packages/core/src/parse.ts': withLicence("import { q } from './q.ts';\n"),
      'packages/core/src/q.ts': withLicence("\nexport * from './parse.ts';\n"),
    },
    finding: 'packages/core/src/q.ts:3: circular import: packages/core/src/parse.ts → ',
  },
  {
    rule: 'relative-imports',
    when: 'an extension is missing',
    files: { 'packages/core/src/index.ts': withLicence("export { parse } from './parse';\n") },
    finding: 'packages/core/src/index.ts:2: imports ./parse, which is no file: write ./parse.ts',
  },
  {
    rule: 'relative-imports',
    when: 'the compiled name is imported',
    files: { 'packages/core/src/index.ts': withLicence("import './parse.js';\n") },
    finding: 'packages/core/src/index.ts:2: imports ./parse.js, which is no file: write ./parse.ts',
  },
  ...['console.log(1);', 'process.exit(1);', 'const a = process.env.HOME;'].map((statement) => ({
    rule: 'core-purity',
    when: `core contains \`${statement}\``,
    files: { 'packages/core/src/parse.ts': withLicence(`// Fine: ${statement}\n${statement}\n`) },
    finding: 'packages/core/src/parse.ts:3: ',
  })),
  {
    rule: 'default-exports',
    when: 'there is a default export',
    files: { 'packages/otel-elf/src/x.ts': withLicence('export default class X {}\n') },
    finding: 'packages/otel-elf/src/x.ts:2: default export',
  },
  {
    rule: 'default-exports',
    when: 'a name is exported as default',
    files: {
      'packages/otel-elf/src/x.ts': withLicence('const a = 1;\nexport { a as default };\n'),
    },
    finding: 'packages/otel-elf/src/x.ts:3: default export',
  },
  {
    rule: 'spdx-lines',
    when: 'a source file has none',
    files: { 'native/injector/main.zig': 'pub fn main() void {}\n' },
    finding: 'native/injector/main.zig:1: this line has to be',
  },
  {
    rule: 'spdx-lines',
    when: 'BPF code has the licence of the rest',
    files: { 'bpf/profile.bpf.c': withLicence('int license;\n') },
    finding: 'bpf/profile.bpf.c:1: this line has to be the comment `SPDX-License-Identifier: GPL',
  },
  {
    rule: 'spdx-lines',
    when: 'a script without an extension has none',
    files: { '.ci/run': '#!/bin/sh\ntrue\n' },
    finding: '.ci/run:2: this line has to be',
  },
  {
    rule: 'file-lengths',
    when: 'a source file has 301 lines',
    files: { 'packages/core/src/long.ts': withLicence('let a;\n'.repeat(300)) },
    finding: 'packages/core/src/long.ts:300: 301 lines, the limit is 300',
  },
  {
    rule: 'file-lengths',
    when: 'a test has 401 lines',
    files: { 'packages/core/test/long.test.ts': withLicence('let a;\n'.repeat(400)) },
    finding: 'packages/core/test/long.test.ts:400: 401 lines, the limit is 400',
  },
  {
    rule: 'file-names',
    when: 'a file is called utils',
    files: { 'packages/core/src/utils.ts': withLicence('') },
    finding: 'packages/core/src/utils.ts: “utils.ts” says nothing',
  },
  {
    rule: 'file-names',
    when: 'a folder is called helpers',
    files: { 'native/Helpers/a.txt': 'a\n' },
    finding: 'native/Helpers/a.txt: “Helpers” says nothing',
  },
  {
    rule: 'top-level',
    when: 'there is a new folder',
    files: { 'scripts/a.txt': 'a\n', 'scripts/b.txt': 'b\n' },
    finding: 'scripts: does not belong',
  },
  {
    rule: 'top-level',
    when: 'there is a new file',
    files: { 'notes.txt': 'a\n' },
    finding: 'notes.txt: does not belong',
  },
  {
    rule: 'machine-names',
    when: 'a home folder is named',
    files: { 'docs/a.md': `first\nsee ${'/ho'}${'me/somebody/x'}\n` },
    finding: 'docs/a.md:2: ',
  },
  {
    rule: 'machine-names',
    when: "a registry's host is named",
    files: { '.npmrc': `registry=https://${['registry', 'npmjs', 'org'].join('.')}/\n` },
    finding: '.npmrc:1: ',
  },
  {
    rule: 'dependency-reasons',
    when: 'a dependency has no reason',
    files: { 'package.json': '{\n "name": "sample",\n "dependencies": { "left": "1.0.0" } }\n' },
    finding: 'package.json:3: left is not named in docs/dependencies.md',
  },
  {
    rule: 'dependency-reasons',
    when: 'a version is a range',
    files: { 'package.json': '{ "name": "sample", "dependencies": { "elfy": "^1.0.0" } }\n' },
    finding: 'package.json:1: elfy: ^1.0.0 is a range',
  },
  {
    rule: 'binary-files',
    when: 'a file holds a zero byte',
    files: { 'examples/a.out': Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 0) },
    finding: 'examples/a.out: a binary file',
  },
  {
    rule: 'binary-files',
    when: 'a file is no UTF-8',
    files: { 'examples/a.dat': Uint8Array.of(0x61, 0xff, 0x61) },
    finding: 'examples/a.dat: a binary file',
  },
];

/** What looks like an offence and is none. */
const INNOCENT: readonly { readonly when: string; readonly files: Files }[] = [
  {
    when: 'types make a circle',
    files: {
      'packages/core/src/parse.ts': withLicence(
        "import type { Q } from './q.ts';\nexport type P = Q;\n",
      ),
      'packages/core/src/q.ts': withLicence("import './parse.ts';\nexport type Q = number;\n"),
    },
  },
  {
    when: 'a comment or a string holds an import',
    files: {
      'packages/core/src/parse.ts': withLicence(
        "/* import 'otel-elf'; */\n// import x from './gone.ts';\nexport const a = '// x';\n",
      ),
    },
  },
  {
    when: 'a generator or a message quotes an import',
    files: {
      'packages/core/src/parse.ts': withLicence(
        "export const a = `\nimport x from './gone.ts';\n`;\nexport const b = \"import('./gone.ts')\";\n",
      ),
    },
  },
  {
    when: 'a path below /proc goes on with root',
    files: { 'docs/a.md': 'see /proc/PID/root/etc and `$' + '{folder}/work/x`\n' },
  },
  {
    when: 'a line is excused with a reason',
    files: {
      'docs/a.md': `<!-- tidy-allow(machine-names): shown as an example -->\n${'/ro'}ot/x\n`,
    },
  },
  {
    when: "a test uses core's sources",
    files: {
      'packages/otel-go/test/a.test.ts': withLicence("import '../../core/src/parse.ts';\n"),
    },
  },
  {
    when: 'bin imports what is built',
    files: { 'packages/otel-elf/bin/run.js': withLicence("import '../dist/main.js';\n") },
  },
];

describe('tidy', () => {
  it('finds nothing in a clean repository', () => {
    assert.deepEqual(findingsOf({}), []);
  });

  for (const { rule, when, files, finding } of CASES) {
    it(`${rule} fails when ${when}`, () => {
      const findings = findingsOf(files, rule);
      assert.equal(findings.length, 1, findings.join('\n'));
      assert.ok(findings[0]?.startsWith(finding), findings[0]);
    });
  }

  for (const { when, files } of INNOCENT) {
    it(`finds nothing when ${when}`, () => {
      assert.deepEqual(findingsOf(files), []);
    });
  }

  it('does not take an excuse without a reason', () => {
    const files = { 'docs/a.md': `<!-- tidy-allow(machine-names): \n${'/ro'}ot/x\n` };
    assert.equal(findingsOf(files).length, 1);
  });

  it('has a failing case for every rule', () => {
    const tried = new Set(CASES.map(({ rule }) => rule));
    assert.deepEqual(
      RULES.map(({ name }) => name).filter((name) => !tried.has(name)),
      [],
    );
  });
});
