// SPDX-License-Identifier: Apache-2.0
// What the build scripts of the parts in Go share: the environment, a program for each machine, and
// the licences of what is linked into it.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { putInPlace } from './zig.mjs';

/** GOARCH by Node's names of the platforms. */
const TARGETS = { 'linux-x64': 'amd64', 'linux-arm64': 'arm64' };

/** The environment of every Go command here: the result depends on the sources only. */
export function goEnvironment(more = {}) {
  return { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly', GOWORK: 'off', ...more };
}

/**
 * Builds the main package in the folder `cwd` for every machine, as `out`/<platform>/`fileName` with
 * its licences beside it; returns the paths. `more`: other licences, as [name, path].
 */
export function buildGo({ cwd, fileName, out, more = [] }) {
  const work = mkdtempSync(join(tmpdir(), `${fileName}-`));
  try {
    return Object.entries(TARGETS).map(([folder, GOARCH]) => {
      const built = join(work, folder);
      const args = ['build', '-trimpath', '-buildvcs=false', '-ldflags', '-s -w', '-o', built, '.'];
      const env = goEnvironment({ GOOS: 'linux', GOARCH });
      const run = spawnSync('go', args, { cwd, env, encoding: 'utf8' });
      if (run.error) {
        const why = `${run.error.message}; install with: apt-get install golang-go`;
        throw new Error(`cannot run go: ${why}`);
      }
      if (run.status !== 0) throw new Error(run.stderr);
      const path = join(out, folder, fileName);
      putInPlace(readFileSync(built), path);
      writeFileSync(`${path}.licences`, licences(cwd, more));
      return path;
    });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** What is linked into the Go program of a folder asks for its licence to go along. */
function licences(cwd, more) {
  const env = goEnvironment();
  const go = (args) => spawnSync('go', args, { cwd, env, encoding: 'utf8' }).stdout.trim();
  const modules = go(['list', '-deps', '-f', '{{with .Module}}{{.Path}}\t{{.Dir}}{{end}}', '.']);
  const places = new Map([['Go', join(go(['env', 'GOROOT']), 'LICENSE')], ...more]);
  for (const line of modules.split('\n')) {
    const [path, dir] = line.split('\t');
    if (dir !== undefined && dir !== cwd) places.set(path, join(dir, 'LICENSE'));
  }
  return [...places]
    .filter(([, path]) => existsSync(path))
    .map(([name, path]) => `Licence of ${name}\n\n${readFileSync(path, 'utf8')}`)
    .join('\n----\n\n');
}
