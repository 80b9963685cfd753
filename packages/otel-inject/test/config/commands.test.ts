// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { toByteText } from '../../src/config/byteText.ts';
import { editText, writeValue } from '../../src/config/edit.ts';
import { findKey, KEYS } from '../../src/config/keys.ts';
import { unquote } from '../../src/config/parseLines.ts';
import { parseSettings } from '../../src/config/settings.ts';
import { otelInject } from './tool.ts';

describe('otel-inject config', () => {
  let root: string;
  let conf: string;
  const folder = 'etc/opentelemetry/injector';
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'otel-inject-config-'));
    mkdirSync(join(root, folder, 'conf.d'), { recursive: true });
    conf = join(root, folder, 'injector.conf');
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const write = (name: string, text: string): void => writeFileSync(join(root, folder, name), text);
  const config = (...args: string[]) => otelInject(['config', ...args, '--root', root]);

  it('shows each value with the file and line it comes from', () => {
    write('injector.conf', '# c\nservice_name_detection=no\nexclude_paths=/a\n');
    write('real', 'exclude_paths=/b\nservice_name_detection=yes\n');
    symlinkSync('../real', join(root, folder, 'conf.d/20-link.conf'));
    write('conf.d/.hidden.conf', 'exclude_paths=/hidden\n');
    write('conf.d/10.conf', 'exclude_paths=/c\n');
    const { stdout, exitCode } = config('get', '--json', 'exclude_paths', 'service_name_detection');
    assert.equal(exitCode, 0);
    const { settings } = JSON.parse(stdout);
    const at = '/etc/opentelemetry/injector';
    assert.deepEqual(settings, [
      {
        key: 'exclude_paths',
        value: '/a,/c,/b',
        from: [`${at}/injector.conf:3`, `${at}/conf.d/10.conf:1`, `${at}/conf.d/20-link.conf:1`],
      },
      { key: 'service_name_detection', value: 'yes', from: [`${at}/conf.d/20-link.conf:2`] },
    ]);
  });

  it('shows variables of this shell above the files', () => {
    const { stdout } = otelInject(['config', 'get', 'exclude_paths'], {
      OTEL_INJECTOR_EXCLUDE_PATHS: '/env',
    });
    assert.match(stdout, /exclude_paths +\/env +OTEL_INJECTOR_EXCLUDE_PATHS/);
  });

  it('says when nothing is injected because of a file', () => {
    write('injector.conf', 'exclude_paths="/a\n');
    const { exitCode, stderr } = config('get');
    assert.equal(exitCode, 1);
    assert.match(stderr, /nothing is injected.*injector\.conf:1/);
  });

  it('changes one line and keeps every other byte and the metadata', () => {
    const text = '\ufeff# head\r\nbuiltin_deny_list =  yes   # why\r\n\r\nx=é\nno newline';
    write('injector.conf', text);
    chmodSync(conf, 0o640);
    assert.equal(config('set', 'builtin_deny_list', 'no').exitCode, 0);
    const after = readFileSync(conf, 'utf8');
    assert.equal(after, text.replace('yes   # why', 'no  # why'));
    assert.equal(statSync(conf).mode & 0o777, 0o640);
    assert.deepEqual(readdirSync(join(root, folder)).sort(), ['conf.d', 'injector.conf']);
  });

  it('writes nothing when the value is there already', () => {
    write('injector.conf', 'builtin_deny_list="no"\n');
    const before = statSync(conf, { bigint: true });
    const { stdout, exitCode } = config('set', 'builtin_deny_list', 'no');
    assert.equal(exitCode, 0);
    assert.match(stdout, /already no/);
    const now = statSync(conf, { bigint: true });
    assert.deepEqual([now.ino, now.mtimeNs], [before.ino, before.mtimeNs]);
  });

  it('changes the file that wins, and follows a link to it', () => {
    write('injector.conf', 'jvm_auto_instrumentation_agent_path=/a\n');
    write('target', 'jvm_auto_instrumentation_agent_path=/b\n');
    symlinkSync('../target', join(root, folder, 'conf.d/x.conf'));
    assert.equal(config('set', 'jvm_auto_instrumentation_agent_path', '/c d').exitCode, 0);
    const target = readFileSync(join(root, folder, 'target'), 'utf8');
    assert.equal(target, 'jvm_auto_instrumentation_agent_path=/c d\n');
    assert.ok(lstatSync(join(root, folder, 'conf.d/x.conf')).isSymbolicLink());
    assert.equal(readFileSync(conf, 'utf8'), 'jvm_auto_instrumentation_agent_path=/a\n');
  });

  it('refuses what could not be read back, with the key that was meant', () => {
    const unknown = config('set', 'builtin_denylist', 'no');
    assert.equal(unknown.exitCode, 2);
    assert.match(unknown.stderr, /did you mean builtin_deny_list\?/);
    assert.equal(config('set', 'builtin_deny_list', 'maybe').exitCode, 2);
    assert.equal(config('set', 'exclude_paths', 'a\nb').exitCode, 2);
    const key = 'nodejs_auto_instrumentation_minimum_nodejs_major_version';
    assert.equal(config('set', key, 'v18').exitCode, 2);
    assert.deepEqual(readdirSync(join(root, folder)), ['conf.d']);
  });

  it('names line, column and the key that was meant', () => {
    mkdirSync(join(root, 'opt'));
    writeFileSync(join(root, 'opt/a.js'), 'x', { mode: 0o600 });
    write(
      'injector.conf',
      [
        'nodejs_auto_instrumentation_agent_path=/opt/a.js',
        '  jvm_agent_path = /x',
        'include_paths=/usr/sbin/x,  node',
        'exclude_paths=/usr/sbin/*',
        'auto_instrumentation_disabled=ruby,pyhton',
        'service_name_detection="tru',
      ].join('\n'),
    );
    const { stdout, exitCode } = config('validate', '--json');
    assert.equal(exitCode, 1);
    const found = JSON.parse(stdout).findings.map((f: Record<string, unknown>) => [
      f['line'],
      f['column'],
      f['code'],
      f['hint'],
    ]);
    assert.deepEqual(found, [
      [1, 40, 'unreadable-path', 'chmod a+rX /opt/a.js'],
      [2, 3, 'unknown-key', 'did you mean jvm_auto_instrumentation_agent_path?'],
      [3, 15, 'missing-path', null],
      [3, 29, 'never-matches', 'write */node'],
      [5, 31, 'unknown-runtime', 'did you mean python?'],
      [6, 24, 'open-quote', null],
    ]);
  });

  it('only warns of agents that are not there yet at their usual places', () => {
    const usual = '/usr/lib/opentelemetry';
    write(
      'injector.conf',
      [
        `jvm_auto_instrumentation_agent_path=${usual}/jvm/javaagent.jar`,
        `python_auto_instrumentation_agent_path_prefix=${usual}/python/`,
        'all_auto_instrumentation_agents_env_path=/etc/opentelemetry/injector/default_env.conf',
        '',
      ].join('\n'),
    );
    const { stdout, exitCode } = config('validate');
    assert.equal(exitCode, 0, stdout);
    assert.match(stdout, /:1:37: warning: .*\n.*agents add jvm/);
    assert.match(stdout, /^valid: 1 file read, 2 warnings/m);
  });

  it('finds nothing wrong in a configuration that works', () => {
    mkdirSync(join(root, 'opt/python/glibc'), { recursive: true });
    chmodSync(root, 0o755);
    write('injector.conf', 'python_auto_instrumentation_agent_path_prefix=/opt/python\n');
    const { stdout, exitCode } = config('validate');
    assert.equal(exitCode, 0, stdout);
    assert.match(stdout, /^valid: 1 file read/);
  });
});

describe('a value written to the configuration', () => {
  it('is read back as it was given', () => {
    const byte = fc.constantFrom('a', '"', "'", '\\', '#', ' ', '\t', '$', '`', ',', '*', 'é', '/');
    fc.assert(
      fc.property(fc.string({ unit: byte, maxLength: 12 }), (value) => {
        const written = unquote(writeValue(toByteText(value)));
        assert.equal(written.openQuoteAt, undefined);
        assert.equal(written.value, toByteText(value));
      }),
    );
  });

  it('changes that key alone, in any text', () => {
    const piece = fc.constantFrom(
      'builtin_deny_list',
      'exclude_paths',
      '=',
      ' ',
      '#',
      '"',
      'x',
      '\n',
      '\n',
      "'",
    );
    const text = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(''));
    const key = findKey('service_name_detection')!;
    fc.assert(
      fc.property(text, (source) => {
        const after = editText(source, key, 'no');
        const old = parseSettings(source, 'x').settings;
        const now = parseSettings(after, 'x').settings;
        assert.equal(now[key.name][0]?.text, 'no');
        for (const each of KEYS) {
          if (each !== key) assert.deepEqual(textsOf(now, each.name), textsOf(old, each.name));
        }
        assert.equal(editText(after, key, 'no'), after);
      }),
    );
  });
});

function textsOf(
  settings: ReturnType<typeof parseSettings>['settings'],
  name: (typeof KEYS)[number]['name'],
): string[] {
  return settings[name].map(({ text }) => text);
}
