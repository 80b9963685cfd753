// SPDX-License-Identifier: Apache-2.0
// The same bytes read by the library's parser (compiled here) and by the tool's.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { KEY_NAMES, KEYS } from '../../src/config/keys.ts';
import {
  booleanOf,
  type LoadedConfig,
  parseSettings,
  versionOf,
} from '../../src/config/settings.ts';

const top = resolve(import.meta.dirname, '../../../..');

/** What the library's parser makes of each, as test/config/dump.zig prints it. */
function dumpAll(program: string, sources: readonly Buffer[]): string[] {
  const frames = sources.flatMap((source) => {
    const size = Buffer.alloc(4);
    size.writeUInt32LE(source.length);
    return [size, source];
  });
  const result = spawnSync(program, {
    input: Buffer.concat(frames),
    maxBuffer: 1 << 26,
    timeout: 60_000,
    killSignal: 'SIGKILL',
  });
  assert.equal(result.status, 0, String(result.stderr));
  return result.stdout.toString('latin1').split('\n').slice(0, -1);
}

/** The same of what the tool's parser found. */
function dumpOf(config: LoadedConfig): string {
  const { settings } = config;
  const hex = (text: string): string => `${Buffer.from(text, 'latin1').toString('hex')} `;
  const values = KEYS.map((key) => {
    if (key.kind === 'boolean') return hex(booleanOf(settings, key.name) ? '1' : '0');
    if (key.kind === 'patterns') {
      return `${settings[key.name].map(({ text }) => `+${hex(text)}`).join('')}; `;
    }
    if (key.kind === 'text') return hex(settings[key.name][0]?.text ?? '');
    const { major, minor } = versionOf(settings, key.name);
    return hex(String(major)) + hex(String(minor));
  });
  return values.join('') + hex(config.untrusted === undefined ? '0' : '1');
}

const TABLE: readonly string[] = [
  '',
  '\n\n# only\n',
  '\xef\xbb\xbfjvm_auto_instrumentation_agent_path=/a',
  'jvm_auto_instrumentation_agent_path = /a b  # c\r\n',
  "jvm_auto_instrumentation_agent_path='/a # b'",
  'jvm_auto_instrumentation_agent_path="a\\"b\\n\\$\\`\\\\"',
  "jvm_auto_instrumentation_agent_path=a'b c'  ",
  'jvm_auto_instrumentation_agent_path=/a\\ b\\#c\\',
  'jvm_auto_instrumentation_agent_path=x\njvm_auto_instrumentation_agent_path=',
  'exclude_paths=/a\nexclude_paths= /b , /c\nexclude_paths=  \nexclude_paths=""',
  'exclude_paths="x\ninclude_paths=/y',
  "auto_instrumentation_disabled='",
  'exclude_paths',
  '=x',
  'builtin_deny_list=YES\nservice_name_detection=\u00a0true',
  'builtin_deny_list= oN \nservice_name_detection=2',
  'ruby_auto_instrumentation_minimum_ruby_version=3.2.1',
  'ruby_auto_instrumentation_minimum_ruby_version=3.',
  'ruby_auto_instrumentation_minimum_ruby_version=9999999999',
  'ruby_auto_instrumentation_minimum_ruby_version=" 4 "',
  'python_auto_instrumentation_minimum_python_version=3.x',
  'export jvm_auto_instrumentation_agent_path=/x',
  'JVM_AUTO_INSTRUMENTATION_AGENT_PATH=/x',
  `include_paths=${'x'.repeat(9000)}`,
];

describe('the configuration is read as the library reads it', function () {
  this.timeout(240_000);
  let folder: string;
  let program: string;
  before(function () {
    const local = join(top, '.toolchain/zig/ziglang/zig');
    const zig = process.env['OTELKIT_ZIG'] ?? (existsSync(local) ? local : 'zig');
    folder = mkdtempSync(join(tmpdir(), 'otel-inject-dump-'));
    program = join(folder, 'dump');
    const built = spawnSync(
      zig,
      [
        'build-exe',
        '--dep',
        'config',
        `-Mroot=${join(import.meta.dirname, 'dump.zig')}`,
        `-Mconfig=${join(top, 'native/injector/src/config.zig')}`,
        `-femit-bin=${program}`,
        '--cache-dir',
        join(folder, 'cache'),
      ],
      { encoding: 'utf8', cwd: folder },
    );
    if (built.error !== undefined) {
      console.log(
        `skip: no Zig compiler (${built.error.message}), install with: pip install ziglang==0.17.0`,
      );
      this.skip();
    }
    assert.equal(built.status, 0, built.stderr);
  });
  after(() => rmSync(folder, { recursive: true }));

  function agree(sources: readonly Buffer[]): void {
    const expected = dumpAll(program, sources);
    for (const [i, source] of sources.entries()) {
      const found = dumpOf(parseSettings(source.toString('latin1'), 'x'));
      assert.equal(found, expected[i], JSON.stringify(source.toString('latin1')));
    }
  }

  it('for a table of quotes, comments, versions and damage', () => {
    agree(TABLE.map((text) => Buffer.from(text, 'latin1')));
  });

  it('for random lines of keys, quotes and bytes', () => {
    const word = fc.constantFrom(
      ...KEY_NAMES,
      '=',
      '=',
      '=',
      '"',
      "'",
      '\\',
      '#',
      ' ',
      '\t',
      '\n',
      '\n',
      '\r',
      ',',
      '*',
      '/usr/bin/x',
      '1',
      '.',
      '3',
      'true',
      'off',
      '\xff',
      '\x0b',
      '\xa0',
      '$',
      '`',
    );
    const text = fc
      .array(word, { maxLength: 40 })
      .map((words) => Buffer.from(words.join(''), 'latin1'));
    const shaped = fc
      .array(
        fc
          .tuple(fc.constantFrom(...KEY_NAMES, 'x'), fc.array(word, { maxLength: 6 }))
          .map(([key, words]) => `${key}=${words.join('').replaceAll('\n', '')}`),
        { maxLength: 12 },
      )
      .map((lines) => Buffer.from(lines.join('\n'), 'latin1'));
    const runs = Number(process.env['OTELKIT_FUZZ_RUNS'] ?? 20);
    fc.assert(
      fc.property(fc.array(fc.oneof(text, shaped), { minLength: 100, maxLength: 200 }), agree),
      { numRuns: runs },
    );
  });
});
