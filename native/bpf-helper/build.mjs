#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Builds otel-bpf-helper, which embeds the objects of bpf/. usage: node build.mjs [--zig PATH] [--out DIR]
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildBpf } from '../../bpf/build.mjs';
import { putInPlace, runBuildScript } from '../zig.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const fileName = 'otel-bpf-helper';
/** By Node's names of the platforms. */
const targets = { 'linux-x64': 'amd64', 'linux-arm64': 'arm64' };

/** The environment of every Go command here: the result depends on the sources only. */
export function goEnvironment(more = {}) {
  return { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly', GOWORK: 'off', ...more };
}

/** Builds for every machine; returns the paths. */
export function buildHelper({ zig, out = join(here, 'zig-out') } = {}) {
  const work = mkdtempSync(join(tmpdir(), 'otel-bpf-helper-'));
  try {
    buildBpf({ zig });
    return Object.entries(targets).map(([folder, GOARCH]) => {
      const built = join(work, folder);
      const args = ['build', '-trimpath', '-buildvcs=false', '-ldflags', '-s -w', '-o', built, '.'];
      const env = goEnvironment({ GOOS: 'linux', GOARCH });
      const run = spawnSync('go', args, { cwd: here, env, encoding: 'utf8' });
      if (run.error) {
        const why = `${run.error.message}; install with: apt-get install golang-go`;
        throw new Error(`cannot run go: ${why}`);
      }
      if (run.status !== 0) throw new Error(run.stderr);
      const path = join(out, folder, fileName);
      putInPlace(readFileSync(built), path);
      writeFileSync(`${path}.licences`, licences(here, bpfLicence));
      return path;
    });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** The objects that the helper carries. */
const bpfLicence = [['the BPF programs', join(here, '../../bpf/LICENSE')]];

/** What is linked into the Go program of a folder asks for its licence to go along. */
export function licences(cwd, more = []) {
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

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  runBuildScript(buildHelper);
}
