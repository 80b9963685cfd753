// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fetchNpmPackage } from './fetchNpmPackage.mjs';
import { fetchZig } from './fetchZig.mjs';
import { dependencyStamp, installDependencies, PNPM_DONE } from './installDependencies.mjs';
import { PNPM_ENTRY, ROOT, TOOLCHAIN, ZIG_ENTRY } from './paths.mjs';
import { removeLeftovers } from './pinnedFolder.mjs';
import { PNPM, ZIG } from './pins.mjs';
import { checkPrerequisites } from './prerequisites.mjs';

const STAMP = join(TOOLCHAIN, 'stamp');

/**
 * Everything that has to be there before turbo can run; call it while holding the lock. Looking for
 * the prerequisites starts programs, so it is done only while something is still to be fetched, or
 * where the sub-command itself uses them.
 * @param {string} command the sub-command
 * @param {{ zig: boolean }} needs
 */
export async function ensureToolchain(command, needs) {
  const current = isCurrent(needs);
  if (!current || command === 'test' || command === 'bench') checkPrerequisites(command);
  if (current) return;
  removeLeftovers();
  await fetchNpmPackage(PNPM, 'pnpm', join('bin', 'pnpm.cjs'));
  await installDependencies();
  if (needs.zig) await fetchZig();
  writeFileSync(STAMP, toolchainStamp());
}

/** @param {{ zig: boolean }} needs */
function isCurrent(needs) {
  const entries = needs.zig ? [PNPM_ENTRY, PNPM_DONE, ZIG_ENTRY] : [PNPM_ENTRY, PNPM_DONE];
  if (!entries.every((entry) => existsSync(entry)) || !existsSync(STAMP)) return false;
  return readFileSync(STAMP, 'utf8') === toolchainStamp();
}

/** A hash of the pins and of everything that decides what is installed. */
function toolchainStamp() {
  const pins = JSON.stringify([PNPM, ZIG]);
  return createHash('sha256').update(pins).update(dependencyStamp(ROOT)).digest('hex');
}
