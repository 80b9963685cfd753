// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toolEnvironment } from '../../src/bootstrap/environment.mjs';
import { findProgram } from '../../src/bootstrap/findProgram.mjs';
import { dependencyStamp } from '../../src/bootstrap/installDependencies.mjs';
import { ROOT } from '../../src/bootstrap/paths.mjs';
import { fillFolder, isInPlace, removeLeftovers } from '../../src/bootstrap/pinnedFolder.mjs';
import { checkPrerequisites } from '../../src/bootstrap/prerequisites.mjs';
import { runQuietly } from '../../src/bootstrap/runCommand.mjs';
import { describeFailure, StepError } from '../../src/bootstrap/stepError.mjs';

const BOOTSTRAP = join(ROOT, 'packages', 'dev', 'bin', 'bootstrap.mjs');

describe('bootstrap', () => {
  let folder = '';

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'otelkit-bootstrap-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('says on an old Node which one it needs and how to run with it', () => {
    const pretend = join(folder, 'old.cjs');
    writeFileSync(
      pretend,
      "Object.defineProperty(process, 'versions', { value: { node: '18.19.1' } });",
    );
    const args = ['--require', pretend, BOOTSTRAP, 'build'];
    const result = spawnSync(process.execPath, args, { encoding: 'utf8' });
    assert.equal(result.status, 1);
    assert.match(result.stderr, /needs Node 20\.19 or newer; this is Node 18\.19\.1/);
    assert.match(result.stderr, /npx --yes --package=node@24 --call "npm run build"/);
  });

  it('exits with 2 and lists the sub-commands for an unknown one', () => {
    const result = spawnSync(process.execPath, [BOOTSTRAP, 'bild'], { encoding: 'utf8' });
    assert.equal(result.status, 2);
    assert.match(result.stderr, /unknown sub-command: bild[\s\S]*build/);
  });

  it('names everything that is missing and the command that installs it', function () {
    const aptGet = findProgram('apt-get');
    if (aptGet === undefined) {
      console.log('skip: no apt-get here, this machine installs packages otherwise');
      this.skip();
    }
    symlinkSync(aptGet, join(folder, 'apt-get'));
    const missing = (command: string): string => {
      try {
        checkPrerequisites(command, { PATH: folder });
        return '';
      } catch (error) {
        return describeFailure(error);
      }
    };
    assert.match(missing('test'), /python3 is not in PATH[\s\S]*go is not[\s\S]*cc is not/);
    assert.match(missing('test'), /apt-get install --yes npm python3 python3-pip golang-go gcc/);
    assert.match(missing('lint'), /apt-get install --yes npm$/);
  });

  it('keeps what the user configured and drops what npm sets for its own script', () => {
    const environment = toolEnvironment({
      PATH: '/bin',
      npm_config_registry: 'r',
      HTTPS_PROXY: 'p',
      PIP_INDEX_URL: 'i',
      npm_package_name: 'x',
      npm_lifecycle_event: 'test',
      npm_config_local_prefix: 'y',
    });
    assert.equal(environment['npm_config_registry'], 'r');
    assert.equal(environment['HTTPS_PROXY'], 'p');
    assert.equal(environment['PIP_INDEX_URL'], 'i');
    assert.deepEqual(
      Object.keys(environment).filter((name) => /package|lifecycle|prefix/.test(name)),
      [],
    );
  });

  it('changes its stamp with a manifest or the lock file, and with nothing else', () => {
    mkdirSync(join(folder, 'packages', 'core'), { recursive: true });
    const stampAfter = (path: string, text: string): string => {
      writeFileSync(join(folder, path), text);
      return dependencyStamp(folder);
    };
    const first = stampAfter('pnpm-lock.yaml', 'a');
    assert.notEqual(stampAfter('packages/core/package.json', '{}'), first);
    const second = dependencyStamp(folder);
    assert.equal(stampAfter('README.md', 'text'), second);
    assert.notEqual(stampAfter('pnpm-lock.yaml', 'b'), second);
  });

  it('never takes an interrupted fetch for a complete one', async () => {
    const pinned = { name: 'tool', pin: 'tool 1', entry: 'bin' };
    const interrupted = fillFolder(
      pinned,
      async (temporary) => {
        writeFileSync(join(temporary, 'half'), '');
        throw new Error('connection lost');
      },
      folder,
    );
    await assert.rejects(interrupted, /connection lost/);
    assert.equal(isInPlace(pinned, folder), false);
    assert.deepEqual(readdirSync(folder), []);

    mkdirSync(join(folder, '.fetching-tool-killed'));
    removeLeftovers(folder);
    assert.deepEqual(readdirSync(folder), []);
  });

  it('leaves alone what another process is fetching, and no longer than it lives', () => {
    const ended = spawnSync(process.execPath, ['-e', '0']).pid;
    const alive = `.fetching-tool-${process.pid}-aBc123`;
    for (const name of [alive, `.fetching-tool-${ended}-aBc123`]) mkdirSync(join(folder, name));
    removeLeftovers(folder);
    assert.deepEqual(readdirSync(folder), [alive]);
  });

  it('replaces a tool whose pin has changed', async () => {
    const fill = (text: string) => async (temporary: string) => {
      writeFileSync(join(temporary, 'bin'), text);
    };
    await fillFolder({ name: 'tool', pin: 'tool 1', entry: 'bin' }, fill('1'), folder);
    const newer = { name: 'tool', pin: 'tool 2', entry: 'bin' };
    assert.equal(isInPlace(newer, folder), false);
    await fillFolder(newer, fill('2'), folder);
    assert.equal(isInPlace(newer, folder), true);
    assert.equal(readFileSync(join(folder, 'tool', 'bin'), 'utf8'), '2');
    assert.deepEqual(readdirSync(folder), ['tool']);
  });

  it('reports what a failing program said, and the next step', async () => {
    const options = { cwd: folder, env: process.env, what: 'fetching it', hint: 'try again' };
    const failing = runQuietly('sh', ['-c', 'echo no such host >&2; exit 3'], options);
    await assert.rejects(failing, (error) => {
      assert.ok(error instanceof StepError);
      const expected = 'error: fetching it failed: exit code 3\n  | no such host\nnext: try again';
      assert.equal(describeFailure(error), expected);
      return true;
    });
  });
});
