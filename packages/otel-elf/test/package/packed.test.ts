// SPDX-License-Identifier: Apache-2.0
// As users get it: the tarball, installed in an empty directory without the network.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packTool } from '@otelkit/cli-kit/pack';

const PACKAGE = fileURLToPath(new URL('../..', import.meta.url));

describe('the packed otel-elf', () => {
  const dir = mkdtempSync(join(tmpdir(), 'packed-'));
  const installed = join(dir, 'node_modules/otel-elf');
  const env = { PATH: process.env['PATH'] ?? '', HOME: dir, NODE_DISABLE_COMPILE_CACHE: '1' };
  after(() => rmSync(dir, { recursive: true }));

  function run(args: readonly string[]) {
    const bin = join(dir, 'node_modules/.bin/otel-elf');
    return spawnSync(bin, args, { encoding: 'utf8', env });
  }

  before(async function () {
    if (!existsSync(join(PACKAGE, 'dist/start.cjs'))) {
      console.log('skip: the bundle is missing, make it with: pnpm --filter otel-elf build');
      this.skip();
    }
    const tarball = await packTool(PACKAGE, dir);
    writeFileSync(join(dir, 'package.json'), '{ "private": true }');
    const args = ['install', '--offline', '--no-audit', '--no-fund', '--ignore-scripts', tarball];
    const { status, stderr } = spawnSync('npm', args, { cwd: dir, encoding: 'utf8' });
    assert.equal(status, 0, stderr);
  });

  it('brings no other packages and nothing it does not need', () => {
    assert.deepEqual(
      readdirSync(join(dir, 'node_modules')).filter((name) => !name.startsWith('.')),
      ['otel-elf'],
    );
    const expected = ['LICENSE', 'README.md', 'bin', 'completions', 'dist', 'man', 'package.json'];
    assert.deepEqual(readdirSync(installed).sort(), expected);
    const odd = readdirSync(join(installed, 'dist')).filter((name) => !/^[a-z]+\.cjs$/.test(name));
    assert.deepEqual(odd, ['THIRD_PARTY.txt']);
    const manifest = readFileSync(join(installed, 'package.json'), 'utf8');
    assert.doesNotMatch(manifest, /workspace:|devDependencies|scripts/);
  });

  it('names the licences of what is bundled', () => {
    const text = readFileSync(join(installed, 'dist/THIRD_PARTY.txt'), 'utf8');
    for (const name of ['elfy', 'chalk', '@oclif/core', 'ejs']) {
      assert.match(text, new RegExp(`^${name} [\\d.]+ \\(`, 'm'));
    }
  });

  it('runs, with a command, with help and with a mistake', () => {
    const version = run(['--version']);
    assert.match(version.stdout, /^otel-elf\/\d+\.\d+\.\d+ linux-\w+ node-v/);
    const inspect = run(['inspect', '--json', process.execPath]);
    assert.equal(inspect.status, 0, inspect.stderr);
    assert.equal(JSON.parse(inspect.stdout).files[0].path, process.execPath);
    const help = run(['inspect', '--help']);
    assert.deepEqual([help.status, help.stderr], [0, '']);
    assert.match(help.stdout, /EXAMPLES[\s\S]*FLAGS/);
    const mistake = run(['inspekt']);
    assert.equal(mistake.status, 2);
    assert.match(mistake.stderr, /did you mean inspect\?/);
  });

  it('completes: the script on stdout is the one in the package', () => {
    const file = readFileSync(join(installed, 'completions/bash/otel-elf'), 'utf8');
    assert.equal(run(['completion', 'bash']).stdout, file);
  });

  it('names nothing of the machine that built it', () => {
    const home = fileURLToPath(new URL('../../../..', import.meta.url));
    for (const name of readdirSync(join(installed, 'dist'))) {
      const text = readFileSync(join(installed, 'dist', name), 'utf8');
      assert.ok(!text.includes(home), `${name} holds ${home}`);
    }
  });
});
