#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Compiles this crate to WebAssembly. usage: node build.mjs [--out DIR]
// Rust is used where it is there: without it everything else is built and works.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { putInPlace, runBuildScript } from '../zig.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const target = 'wasm32-unknown-unknown';
const fileName = 'otel-dwarf.wasm';
const cost = 'profiles get no lines and inlined calls of C, C++, Rust and Zig from DWARF';

/** Builds the module; returns its path, or nothing where that cannot be done on this machine. */
export function buildDwarf({ out = join(here, 'wasm-out') } = {}) {
  const missing = whatIsMissing();
  if (missing !== undefined) {
    console.error(`native/dwarf: not built, so ${cost}.\n${missing}`);
    return [];
  }
  const args = ['build', '--release', '--locked', '--offline', '--target', target];
  const built = cargo(args);
  if (built.status !== 0) throw new Error(built.stderr);
  const module = readFileSync(join(here, 'target', target, 'release/otel_dwarf.wasm'));
  const path = join(out, fileName);
  const licencesPath = join(out, 'otel-dwarf.licences');
  putWhereNew(module, path);
  putWhereNew(Buffer.from(licences()), licencesPath);
  return [path, licencesPath];
}

function putWhereNew(bytes, path) {
  if (!existsSync(path) || !readFileSync(path).equals(bytes)) putInPlace(bytes, path, 0o644);
}

/** Of the crates that are linked in: their licences ask to go along. */
function licences() {
  const args = ['metadata', '--format-version=1', '--locked', '--offline'];
  const metadata = cargo([...args, '--filter-platform', target]);
  if (metadata.status !== 0) throw new Error(metadata.stderr);
  const texts = [];
  for (const crate of JSON.parse(metadata.stdout).packages) {
    const folder = dirname(crate.manifest_path);
    if (folder === here) continue;
    const file = readdirSync(folder).find((name) => /^LICEN[CS]E(-MIT)?/.test(name));
    if (file === undefined) continue;
    const text = readFileSync(join(folder, file), 'utf8').trim();
    texts.push(`${crate.name} ${crate.version} (${crate.license})\n\n${text}\n`);
  }
  return texts.sort().join('\n----\n\n');
}

/** What the build needs and is not here, with the way to it. */
function whatIsMissing() {
  if (cargo(['--version']).error !== undefined) {
    return `There is no cargo: install Rust from https://rustup.rs, then rustup target add ${target}`;
  }
  const library = spawnSync('rustc', ['--print', 'target-libdir', '--target', target], {
    encoding: 'utf8',
  });
  if (library.status !== 0 || !existsSync(library.stdout.trim())) {
    return `Rust has no standard library for ${target}: rustup target add ${target}`;
  }
  const fetched = cargo(['fetch', '--locked', '--target', target]);
  if (fetched.status === 0) return undefined;
  return `cargo could not fetch the crates of Cargo.lock:\n${fetched.stderr.trim()}`;
}

/** The caller's own registries and proxies; flags of other builds do not belong here. */
function cargo(args) {
  const env = { ...process.env, CARGO_TARGET_DIR: join(here, 'target'), RUSTFLAGS: '' };
  return spawnSync('cargo', args, { cwd: here, env, encoding: 'utf8', maxBuffer: 1 << 26 });
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  runBuildScript(buildDwarf);
}
