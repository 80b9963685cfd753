// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { commandManPage, toolManPage } from '../../src/generate/manPage.ts';
import { referencePage } from '../../src/generate/markdown.ts';
import { registryMistakes } from '../../src/generate/validate.ts';
import type { AnyCommandSpec, ToolSpec } from '../../src/spec/command.ts';
import { demoTool, echoSpec } from '../fixture/demoTool.ts';

function render(page: string): string {
  const args = ['-ww', '-man', '-Tutf8', '-P-cbou', '-rLL=76n'];
  const { stdout, stderr } = spawnSync('groff', args, { input: page, encoding: 'utf8' });
  assert.equal(stderr, '', 'groff warns');
  return stdout;
}

describe('man pages', () => {
  before(function () {
    if (spawnSync('groff', ['--version']).error === undefined) return;
    console.log('skip: groff is missing, install with: apt-get install groff');
    this.skip();
  });

  it('are clean troff and say what the registry says', () => {
    const tricky: AnyCommandSpec = {
      ...echoSpec,
      description: ['.starts with a dot', "'and an apostrophe", 'a \\ backslash and “quotes”'],
      examples: [{ command: "demo echo '^a\\.b$' ~/x", says: 'a pattern' }],
    };
    const text = render(commandManPage(demoTool, tricky));
    for (const expected of [
      '.starts with a dot',
      "'and an apostrophe",
      'a \\ backslash and “quotes”',
      "demo echo '^a\\.b$' ~/x",
      '-m, --mode MODE',
      'how (one of fast, slow)',
    ]) {
      assert.ok(text.includes(expected), `${expected} in\n${text}`);
    }
    assert.ok(!text.includes('--secret'));
  });

  it('of the tool list its commands and exit codes', () => {
    const text = render(toolManPage(demoTool));
    assert.match(text, /demo-echo\(1\)\s+What the parser understood/);
    assert.match(text, /EXIT STATUS\s+0\s+everything/);
  });
});

describe('the reference page', () => {
  it('escapes what would break its tables', () => {
    const spec = { ...echoSpec, args: [{ name: 'PID|PATH', summary: 'a|b' }] };
    const page = referencePage({ ...demoTool, commands: [spec] });
    assert.match(page, /\| `PID\\\|PATH` \| a\\\|b \|/);
  });
});

describe('a registry', () => {
  const withFlags = (flags: AnyCommandSpec['flags']): ToolSpec => ({
    ...demoTool,
    commands: [{ ...echoSpec, flags }],
  });
  const flag = { kind: 'boolean', summary: 'x' } as const;

  it('without mistakes has none', () => assert.deepEqual(registryMistakes(demoTool), []));

  const mistakes: readonly (readonly [what: string, ToolSpec, RegExp])[] = [
    [
      'a letter used twice',
      withFlags({ aa: { ...flag, char: 'x' }, bb: { ...flag, char: 'x' } }),
      /-x is --aa/,
    ],
    ['the letter of help', withFlags({ aa: { ...flag, char: 'h' } }), /-h is --help/],
    ['a negated name', withFlags({ 'no-color': flag }), /negatable/],
    ['an unknown rival', withFlags({ aa: { ...flag, exclusive: ['zz'] } }), /excludes --zz/],
    ['a template', withFlags({ aa: { ...flag, summary: '<%= x %>' } }), /<%/],
    ['too few examples', { ...demoTool, commands: [{ ...echoSpec, examples: [] }] }, /fewer/],
    ['a name twice', { ...demoTool, commands: [echoSpec, echoSpec] }, /two commands/],
  ];
  for (const [what, tool, message] of mistakes) {
    it(`with ${what} is told`, () => assert.match(registryMistakes(tool).join('\n'), message));
  }
});
