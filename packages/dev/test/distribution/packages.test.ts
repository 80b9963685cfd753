// SPDX-License-Identifier: Apache-2.0
// The packages as a user gets them: packed, installed into an empty folder and run there.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { toolEnvironment } from '../../src/bootstrap/environment.mjs';
import { ROOT } from '../../src/bootstrap/paths.mjs';
import { stageNativePackages } from '../../src/distribution/nativePackages.mjs';
import { packDistribution } from '../../src/distribution/pack.mjs';

const env = toolEnvironment(process.env);

function run(program: string, args: string[], cwd: string): string {
  const result = spawnSync(program, args, { cwd, env, encoding: 'utf8', maxBuffer: 1 << 26 });
  const said = `${result.stdout}\n${result.stderr}`;
  assert.equal(result.status, 0, `${program} ${args.join(' ')}: ${result.error ?? said}`);
  return result.stdout;
}

/** Tools as dependencies, the platforms' packages as optional ones: only one of them fits here. */
function npmInstall(folder: string, tarballs: readonly string[]): void {
  const manifest = { name: 'empty', private: true, dependencies: {}, optionalDependencies: {} };
  for (const tarball of tarballs) {
    const name = basename(tarball)
      .replace(/-\d.*$/, '')
      .replace(/^otelkit-/, '@otelkit/');
    const kind = name.startsWith('@otelkit/native-') ? 'optionalDependencies' : 'dependencies';
    Object.assign(manifest[kind], { [name]: `file:${tarball}` });
  }
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  const args = ['install', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];
  run('npm', [...args, '--prefix', folder], folder);
}

describe('distribution', function () {
  // npm may have to fetch the dependencies over a slow line.
  this.timeout(300_000);
  let folder = '';
  let installed = '';

  // Once for all that is run out of it: npm takes half a minute.
  before(async () => {
    const packed = mkdtempSync(join(tmpdir(), 'otelkit-packed-'));
    try {
      installed = mkdtempSync(join(tmpdir(), 'otelkit-installed-'));
      npmInstall(installed, await packDistribution(packed));
    } finally {
      rmSync(packed, { recursive: true, force: true });
    }
  });
  after(() => rmSync(installed, { recursive: true, force: true }));

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'otelkit-distribution-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('runs otel-elf from its packed packages in an empty folder', () => {
    const program = join(installed, 'node_modules', '.bin', 'otel-elf');
    const manifest = JSON.parse(readFileSync(join(ROOT, 'packages/otel-elf/package.json'), 'utf8'));
    assert.ok(run(program, ['--version'], installed).includes(manifest.version));
    const document = JSON.parse(run(program, ['inspect', '/bin/ls', '--json'], installed));
    assert.equal(document.schemaVersion, 1);
    assert.equal(document.files.length, 1);
    assert.equal(document.files[0].path, '/bin/ls');
  });

  it('runs a command with the preload library out of packed packages', function () {
    const platform = `linux-${process.arch}`;
    const library = join(ROOT, 'native/injector/zig-out', platform, 'libotelinject.so');
    if (!existsSync(library)) {
      console.log('skip: no libotelinject.so, build it with: node native/injector/build.mjs');
      this.skip();
    }
    const program = join(installed, 'node_modules', '.bin', 'otel-inject');
    // What the process really maps: the library out of the package, nothing of this checkout.
    const code = 'console.log(require("fs").readFileSync("/proc/self/maps", "utf8"))';
    const maps = run(program, ['run', '--', process.execPath, '-e', code], installed);
    const name = `node_modules/@otelkit/native-${platform}/lib/libotelinject.so`;
    assert.ok(maps.includes(join(installed, name)), maps);
    const check = ['build', '--check', join(installed, name)];
    assert.match(run(program, check, installed), /fit to be preloaded/);
  });

  it('puts native artifacts into one package per platform, of which npm installs its own', () => {
    const root = join(folder, 'checkout');
    for (const platform of ['linux-x64', 'linux-arm64']) {
      const built = join(root, 'native', 'injector', 'zig-out', platform);
      mkdirSync(built, { recursive: true });
      writeFileSync(join(built, 'libotelinject.so'), `built for ${platform}`);
    }
    writeFileSync(join(root, 'LICENSE'), 'licence');
    const staged = { root, version: '1.2.3', stagingFolder: join(folder, 'staging') };
    const packages = stageNativePackages(staged);
    const names = packages.map(({ name }) => name);
    assert.deepEqual(names, ['@otelkit/native-linux-x64', '@otelkit/native-linux-arm64']);

    const optionalDependencies = Object.fromEntries(
      packages.map((native) => {
        run('npm', ['pack', '--loglevel=error', '--pack-destination', folder], native.folder);
        const file = `${native.name.slice(1).replace('/', '-')}-1.2.3.tgz`;
        return [native.name, `file:${join(folder, file)}`];
      }),
    );
    const target = join(folder, 'installed');
    mkdirSync(target);
    writeFileSync(join(target, 'package.json'), JSON.stringify({ optionalDependencies }));
    run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', '--prefix', '.'], target);
    for (const cpu of ['x64', 'arm64']) {
      const library = join(
        target,
        `node_modules/@otelkit/native-linux-${cpu}/lib/libotelinject.so`,
      );
      assert.equal(existsSync(library), cpu === process.arch, library);
    }
  });

  it('makes no native package where nothing native was built', () => {
    const staged = { root: folder, version: '1.2.3', stagingFolder: join(folder, 'staging') };
    assert.deepEqual(stageNativePackages(staged), []);
  });
});
