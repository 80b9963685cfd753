#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Builds otel-go-toolexec, which carries native/go-runtime. usage: node build.mjs [--out DIR]
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { goEnvironment, licences } from '../bpf-helper/build.mjs';
import { putInPlace, runBuildScript } from '../zig.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const runtime = join(here, '../go-runtime');
const fileName = 'otel-go-toolexec';
/** By Node's names of the platforms. */
const targets = { 'linux-x64': 'amd64', 'linux-arm64': 'arm64' };

/** Writes the runtime module to where go:embed finds it; tests and notes stay behind. */
export function packRuntime() {
  const files = {};
  for (const path of filesBelow(runtime).sort()) {
    const name = relative(runtime, path);
    const wanted = /(\.go|\.s|\.yml|^go\.mod)$/.test(name) && !/_test\.go$|^test\//.test(name);
    if (wanted) files[name] = readFileSync(path, 'utf8');
  }
  const packed = join(here, 'internal/packed/files/module.json');
  putInPlace(Buffer.from(JSON.stringify(files)), packed);
  return packed;
}

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}

/** Builds for every machine; returns the paths. */
export function buildWeaver({ out = join(here, 'zig-out') } = {}) {
  const work = mkdtempSync(join(tmpdir(), 'otel-go-toolexec-'));
  try {
    packRuntime();
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
      writeFileSync(`${path}.licences`, licences(here));
      return path;
    });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  runBuildScript(buildWeaver);
}
