// SPDX-License-Identifier: Apache-2.0
// What the build scripts of WebAssembly modules share: C files → a module → the source file of a
// package that carries it as text, so that it is in the bundles without a file of its own.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findZig } from './zig.mjs';

const LINE_DIGITS = 96;

/**
 * The main program of a build script: writes the carrier, or with --print shows what it would be.
 * Exit code 2: there is no zig.
 * @param {{name: string, sources: string[], directory: string, options: string[], carrier: string,
 *   constant: string}} module
 */
export function buildModule(module) {
  const { name, carrier } = module;
  const text = carrierText(module);
  if (text === undefined) {
    console.error(`native/${name}: zig is missing`);
    process.exitCode = 2;
  } else if (process.argv.includes('--print')) {
    process.stdout.write(text);
  } else {
    const isSame = existsSync(carrier) && readFileSync(carrier, 'utf8') === text;
    if (!isSame) writeFileSync(carrier, text);
    console.log(`native/${name}: ${carrier} ${isSame ? 'is up to date' : 'written'}`);
  }
}

/** The text of the source file that carries the module; undefined without zig. */
function carrierText({ name, sources, directory, options, constant }) {
  const work = mkdtempSync(join(tmpdir(), `otel-${name}-`));
  try {
    const wasm = join(work, `${name}.wasm`);
    const args = ['cc', '-target', 'wasm32-freestanding', '-nostdlib', '-Wl,--no-entry', '-s'];
    args.push(...options, '-o', wasm, ...sources);
    const env = { ...process.env, ZIG_LOCAL_CACHE_DIR: work, ZIG_GLOBAL_CACHE_DIR: work };
    const zig = findZig();
    const { status, stderr, error } = spawnSync(zig, args, {
      cwd: directory,
      env,
      encoding: 'utf8',
    });
    if (error?.code === 'ENOENT') return undefined;
    if (status !== 0) throw new Error(`${zig} cc: ${error?.message ?? stderr}`);
    const lines = readFileSync(wasm)
      .toString('base64')
      .match(new RegExp(`.{1,${LINE_DIGITS}}`, 'g'));
    return `// SPDX-License-Identifier: Apache-2.0
// Made by native/${name}/build.mjs from the C beside it; do not edit.

/** The WebAssembly module, in Base64. */
export const ${constant}: string =
${lines.map((line) => `  '${line}'`).join(' +\n')};
`;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
