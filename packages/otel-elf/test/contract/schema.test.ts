// SPDX-License-Identifier: Apache-2.0
// Every document and every line that the commands write is as docs/schema says, for sound and for
// damaged files alike.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { damaged, folder, has, needs, program, run } from './samples.ts';

const SCHEMAS = new URL('../../../../docs/schema/', import.meta.url);

interface Schema {
  readonly properties: Readonly<Record<string, { items?: object }>>;
  readonly $defs?: object;
}

function schema(name: string): Schema {
  return JSON.parse(readFileSync(new URL(`${name}.schema.json`, SCHEMAS), 'utf8')) as Schema;
}

function compile(value: object): ValidateFunction {
  return new Ajv2020({ strict: true, allowUnionTypes: true, strictTypes: false }).compile(value);
}

function assertValid(validate: ValidateFunction, value: unknown, what: string): void {
  if (validate(value)) return;
  const [first] = validate.errors ?? [];
  const place = JSON.stringify(value)?.slice(0, 300);
  assert.fail(
    `${what}: ${first?.instancePath} ${first?.message} ${JSON.stringify(first?.params)}\n${place}`,
  );
}

/** No number that a reader of JSON would round. */
function assertExact(value: unknown, at: string): void {
  if (typeof value === 'number') assert.ok(Math.abs(value) <= Number.MAX_SAFE_INTEGER, at);
  else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) assertExact(inner, `${at}.${key}`);
  }
}

/** Both forms of a command's output, judged; returns how many elements and errors there were. */
function judge(
  name: string,
  key: string,
  args: readonly string[],
): { elements: number; errors: number } {
  const whole = schema(name);
  const document = run([...args, '--json']);
  assert.equal(document.signal, null);
  assert.notEqual(document.exitCode, 70, document.stderr);
  const parsed = JSON.parse(document.stdout) as Record<string, unknown[]>;
  assertValid(compile(whole), parsed, `${args[0]} --json`);
  assertExact(parsed, '$');
  const element = compile({ $defs: whole.$defs ?? {}, ...whole.properties[key]!.items });
  const error = compile({ $defs: whole.$defs ?? {}, ...whole.properties['errors']!.items });
  const lines = run([...args, '--ndjson'])
    .stdout.trimEnd()
    .split('\n');
  const counts = { elements: 0, errors: 0 };
  for (const line of lines.filter((one) => one !== '')) {
    const value = JSON.parse(line) as { error?: unknown };
    if ('error' in value) {
      assert.deepEqual(Object.keys(value), ['error']);
      assertValid(error, value.error, `${args[0]} --ndjson error`);
      counts.errors++;
    } else {
      assertValid(element, value, `${args[0]} --ndjson`);
      counts.elements++;
    }
  }
  assert.equal(counts.elements, parsed[key]!.length, 'both forms hold the same');
  assert.equal(counts.errors, parsed['errors']!.length, 'both forms hold the same errors');
  return counts;
}

describe('contract/schemas', () => {
  let sound: string[] = [];
  let broken: string[] = [];

  before(function () {
    this.timeout(240_000);
    needs(this, 'gcc', 'apt-get install gcc libc6-dev');
    const pie = program('gcc', '-O2');
    sound = [
      pie,
      program('gcc', '-static'),
      program('gcc', '-c'),
      program('gcc', '-g', '-gz=zlib', '-Wl,-rpath,$ORIGIN:relative:/tmp'),
      program('gcc', '-Xlinker', '--package-metadata={"type":"deb","name":"x"}'),
    ];
    if (has('musl-gcc')) sound.push(program('musl-gcc', '-O2'));
    if (has('go')) sound.push(goProgram());
    broken = damaged(pie);
  });

  it('are themselves valid, and describe what is in them', () => {
    for (const name of readdirSync(SCHEMAS)) {
      // Those of the other tools bear their names, and are tested beside them.
      if (name.startsWith('otel-')) continue;
      const value = JSON.parse(readFileSync(new URL(name, SCHEMAS), 'utf8'));
      const ajv = new Ajv2020({ allowUnionTypes: true });
      if (name === 'processes.schema.json') ajv.addSchema(schema('scan'), 'scan.schema.json');
      ajv.compile(value);
      assert.equal(value.$schema, 'https://json-schema.org/draft/2020-12/schema', name);
      assert.ok(value.title.startsWith('otel-elf ') && value.description.length > 20, name);
    }
  });

  it('inspect', () => {
    const counts = judge('inspect', 'files', [
      'inspect',
      ...sound,
      ...broken,
      '/no/such/file',
      String(process.pid),
    ]);
    assert.ok(counts.elements > sound.length && counts.errors > 10);
  });

  for (const [command, name, key] of [
    ['libc', 'libc', 'files'],
    ['id', 'id', 'files'],
    ['tree', 'tree', 'files'],
    ['go', 'go', 'files'],
    ['symbols', 'symbols', 'symbols'],
  ] as const) {
    it(command, () => {
      const counts = judge(name, key, [command, ...sound, ...broken, '/no/such/file']);
      assert.ok(counts.elements > 0 && counts.errors > 0);
    });
  }

  it('options that change what is written', () => {
    const [pie = ''] = sound;
    judge('id', 'files', ['id', '--only', 'gnu', ...sound]);
    judge('libc', 'files', ['libc', '--symbols', ...sound]);
    judge('symbols', 'symbols', [
      'symbols',
      '--address',
      '0x1139',
      '--address',
      '0xffffffffffffffff',
      pie,
    ]);
    judge('go', 'files', ['go', '--functions', '--limit', '20', ...sound]);
  });

  it('scan', () => {
    const place = join(folder(), 'tree');
    mkdirSync(place, { recursive: true });
    [...sound, ...broken].forEach((path, i) => {
      copyFileSync(path, join(place, `file-${i}`));
    });
    writeFileSync(join(place, 'note'), 'not ELF');
    const counts = judge('scan', 'files', ['scan', place]);
    assert.ok(counts.elements >= sound.length);
  });
});

function goProgram(): string {
  const path = join(folder(), 'gomodule');
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, 'go.mod'), 'module example.com/sample\ngo 1.20\n');
  writeFileSync(join(path, 'main.go'), 'package main\nfunc main() { println("x") }\n');
  const env = {
    ...process.env,
    CGO_ENABLED: '0',
    GOFLAGS: '-buildvcs=false',
    GOTOOLCHAIN: 'local',
  };
  execFileSync('go', ['build', '-o', 'sample', '.'], { cwd: path, env, stdio: 'pipe' });
  return join(path, 'sample');
}
