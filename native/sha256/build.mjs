#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Compiles sha256.c into the module that packages/core carries. usage: node build.mjs [--print]
// --print writes that source file to stdout instead. Exit code 2: there is no zig.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findZig } from '../zig.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const carrier = resolve(here, '../../packages/core/src/ids/sha256Module.ts');
const LINE_DIGITS = 96;

/** The text of the source file that carries the module; undefined without zig. */
function compileSha256(zig = findZig()) {
  const work = mkdtempSync(join(tmpdir(), 'otel-sha256-'));
  try {
    const wasm = join(work, 'sha256.wasm');
    const args = ['cc', '-target', 'wasm32-freestanding', '-Os', '-nostdlib', '-Wl,--no-entry'];
    args.push('-Wl,-z,stack-size=512', '-s', '-o', wasm, join(here, 'sha256.c'));
    const env = { ...process.env, ZIG_LOCAL_CACHE_DIR: work, ZIG_GLOBAL_CACHE_DIR: work };
    const { status, stderr, error } = spawnSync(zig, args, { env, encoding: 'utf8' });
    if (error?.code === 'ENOENT') return undefined;
    if (status !== 0) throw new Error(`${zig} cc: ${error?.message ?? stderr}`);
    return carrierText(readFileSync(wasm).toString('base64'));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function carrierText(base64) {
  const lines = base64.match(new RegExp(`.{1,${LINE_DIGITS}}`, 'g')) ?? [];
  return `// SPDX-License-Identifier: Apache-2.0
// Made by native/sha256/build.mjs from sha256.c beside it; do not edit.

/** The WebAssembly module, in Base64. */
export const SHA256_MODULE: string =
${lines.map((line) => `  '${line}'`).join(' +\n')};
`;
}

const text = compileSha256();
if (text === undefined) {
  console.error('native/sha256: zig is missing');
  process.exitCode = 2;
} else if (process.argv.includes('--print')) {
  process.stdout.write(text);
} else {
  const isSame = existsSync(carrier) && readFileSync(carrier, 'utf8') === text;
  if (!isSame) writeFileSync(carrier, text);
  console.log(`native/sha256: ${carrier} ${isSame ? 'is up to date' : 'written'}`);
}
