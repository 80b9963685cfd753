// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toolEnvironment } from './environment.mjs';
import { PNPM_ENTRY, ROOT } from './paths.mjs';
import { step } from './progress.mjs';
import { runQuietly } from './runCommand.mjs';

const STAMP = join(ROOT, 'node_modules', '.otelkit-stamp');
/** pnpm writes it last. */
export const PNPM_DONE = join(ROOT, 'node_modules', '.modules.yaml');

/** The workspace's dependencies, as the lock file has them; nothing to do when they are there. */
export async function installDependencies() {
  const wanted = dependencyStamp(ROOT);
  if (existsSync(PNPM_DONE) && readStamp() === wanted) return;
  const label = 'installing the dependencies';
  await step(label, (report) =>
    runQuietly(process.execPath, [PNPM_ENTRY, 'install', '--frozen-lockfile'], {
      cwd: ROOT,
      // Without CI pnpm would ask on a terminal before it replaces a node_modules of another shape.
      env: { ...toolEnvironment(process.env), CI: 'true' },
      what: label,
      hint: 'they come through your npm configuration (`npm config list`). After a change to a package.json: `.toolchain/pnpm/node_modules/.bin/pnpm install` brings the lock file up to date',
      onLine: report,
    }),
  );
  writeFileSync(STAMP, wanted);
}

/**
 * @param {string} root
 * @returns {string} a hash of everything that decides what `pnpm install` does
 */
export function dependencyStamp(root) {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}\n`);
  const files = ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json', '.npmrc'];
  for (const parent of ['packages', 'native']) {
    for (const name of listFolder(join(root, parent)))
      files.push(join(parent, name, 'package.json'));
  }
  for (const file of files) {
    const path = join(root, file);
    if (!existsSync(path)) continue;
    const text = readFileSync(path);
    hash.update(`${file} ${text.length}\n`).update(text);
  }
  return hash.digest('hex');
}

/** @param {string} path */
function listFolder(path) {
  return existsSync(path) ? readdirSync(path).sort() : [];
}

function readStamp() {
  return existsSync(STAMP) ? readFileSync(STAMP, 'utf8') : undefined;
}
