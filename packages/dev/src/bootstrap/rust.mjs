// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { toolEnvironment } from './environment.mjs';
import { ROOT } from './paths.mjs';
import { RUST_TARGET } from './pins.mjs';
import { step } from './progress.mjs';
import { runQuietly } from './runCommand.mjs';

/** turbo.json names it: with another compiler, or the first one, native/dwarf is built again. */
const VERSION_VARIABLE = 'OTELKIT_RUST';

/**
 * Rust is used where it is there: native/dwarf (gimli and addr2line as WebAssembly) needs it. Adds
 * its target where rustup can.
 * @returns {Promise<string | undefined>} what its absence costs, to be said once
 */
export async function prepareRust() {
  const cargo = spawnSync('cargo', ['--version'], { encoding: 'utf8' });
  if (cargo.error !== undefined || cargo.status !== 0) {
    return (
      'note: no cargo here, so native/dwarf is not built: profiles get function names, but no lines\n' +
      'and inlined calls of C, C++, Rust and Zig. Everything else works. Install Rust from\n' +
      `https://rustup.rs, then: rustup target add ${RUST_TARGET}`
    );
  }
  process.env[VERSION_VARIABLE] = cargo.stdout.trim();
  const rustup = spawnSync('rustup', ['target', 'list', '--installed'], { encoding: 'utf8' });
  if (rustup.error !== undefined || rustup.status !== 0) return undefined;
  if (rustup.stdout.split('\n').includes(RUST_TARGET)) return undefined;
  try {
    await addTarget();
    return undefined;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return `note: rustup could not add ${RUST_TARGET}, so native/dwarf is not built: ${why}`;
  }
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
