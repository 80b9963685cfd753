#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Builds otel-go-toolexec, which carries native/go-runtime. usage: node build.mjs [--out DIR]
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildGo } from '../go.mjs';
import { putInPlace, runBuildScript } from '../zig.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const runtime = join(here, '../go-runtime');

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
  packRuntime();
  return buildGo({ cwd: here, fileName: 'otel-go-toolexec', out });
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  runBuildScript(buildWeaver);
}
