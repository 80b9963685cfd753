// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { toolEnvironment } from './environment.mjs';
import { ROOT } from './paths.mjs';
import { RUST_TARGET } from './pins.mjs';
import { step } from './progress.mjs';
import { runQuietly } from './runCommand.mjs';

/**
 * Rust is used where it is there: native/dwarf (gimli and addr2line as WebAssembly) needs it.
 * @returns {Promise<string | undefined>} what its absence costs, to be said once
 */
export async function prepareRust() {
  const rustup = spawnSync('rustup', ['target', 'list', '--installed'], { encoding: 'utf8' });
  if (rustup.error === undefined && rustup.status === 0) {
    const hasTarget = rustup.stdout.split('\n').includes(RUST_TARGET);
    if (!hasTarget && existsSync(join(ROOT, 'native', 'dwarf', 'Cargo.toml'))) await addTarget();
    return undefined;
  }
  if (spawnSync('cargo', ['--version']).error === undefined) return undefined;
  return (
    'note: no cargo here. Nothing is missing from this build yet; source lines and inlined\n' +
    'functions of native code (native/dwarf) will need it. Install Rust from https://rustup.rs, then\n' +
    `rustup target add ${RUST_TARGET}`
  );
}

async function addTarget() {
  const label = `adding Rust's ${RUST_TARGET}`;
  await step(label, (report) =>
    runQuietly('rustup', ['target', 'add', RUST_TARGET], {
      cwd: ROOT,
      env: toolEnvironment(process.env),
      what: label,
      onLine: report,
    }),
  );
}
