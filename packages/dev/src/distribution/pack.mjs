// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toolEnvironment } from '../bootstrap/environment.mjs';
import { PNPM_ENTRY, ROOT } from '../bootstrap/paths.mjs';
import { runQuietly } from '../bootstrap/runCommand.mjs';
import { stageNativePackages } from './nativePackages.mjs';

/**
 * Packs everything that is published, from a built checkout.
 * @param {string} outFolder where the .tgz files go
 * @returns {Promise<string[]>} their paths
 */
export async function packDistribution(outFolder) {
  mkdirSync(outFolder, { recursive: true });
  const staging = mkdtempSync(join(tmpdir(), 'otelkit-pack-'));
  try {
    const version = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).version;
    const natives = stageNativePackages({ root: ROOT, version, stagingFolder: staging });
    const tarballs = [];
    for (const { folder } of natives) tarballs.push(await npmPack(folder, outFolder));
    for (const { folder, manifest } of publishablePackages()) {
      tarballs.push(await packPackage(folder, manifest, natives, version, staging, outFolder));
    }
    return tarballs;
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

/** @returns {{ folder: string, manifest: any }[]} */
export function publishablePackages() {
  const parent = join(ROOT, 'packages');
  const packages = readdirSync(parent).map((name) => {
    const folder = join(parent, name);
    return { folder, manifest: JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) };
  });
  return packages.filter(({ manifest }) => manifest.private !== true);
}

/**
 * pnpm replaces `workspace:*` by the version and adds the licence. A package whose manifest says
 * `"otelkit": { "native": true }` gets the platform packages as optional dependencies: in the
 * checkout it cannot name them, they are in no registry yet when it is installed there.
 * @param {string} folder
 * @param {any} manifest
 * @param {import('./nativePackages.mjs').NativePackage[]} natives
 * @param {string} version
 * @param {string} staging
 * @param {string} outFolder
 */
async function packPackage(folder, manifest, natives, version, staging, outFolder) {
  const needsNative = manifest.otelkit?.native === true && natives.length > 0;
  const destination = needsNative ? mkdtempSync(join(staging, 'rewrite-')) : outFolder;
  const packed = await pnpmPack(folder, destination);
  if (!needsNative) return packed;
  await runQuietly('tar', ['-xzf', packed, '-C', destination], {
    cwd: destination,
    env: toolEnvironment(process.env),
  });
  const unpacked = join(destination, 'package');
  const path = join(unpacked, 'package.json');
  const rewritten = JSON.parse(readFileSync(path, 'utf8'));
  const optional = Object.fromEntries(natives.map(({ name }) => [name, version]));
  rewritten.optionalDependencies = { ...rewritten.optionalDependencies, ...optional };
  writeFileSync(path, `${JSON.stringify(rewritten, undefined, 2)}\n`);
  return npmPack(unpacked, outFolder);
}

/**
 * @param {string} folder
 * @param {string} destination
 */
async function pnpmPack(folder, destination) {
  const args = [PNPM_ENTRY, 'pack', '--json', '--pack-destination', destination];
  return packedFile(process.execPath, args, folder, destination);
}

/**
 * @param {string} folder
 * @param {string} destination
 */
async function npmPack(folder, destination) {
  const args = ['pack', '--json', '--loglevel=error', '--pack-destination', destination];
  return packedFile('npm', args, folder, destination);
}

/**
 * The two clients say the name in different ways; what appears in the folder is the same.
 * @param {string} program
 * @param {string[]} args
 * @param {string} folder
 * @param {string} destination
 */
async function packedFile(program, args, folder, destination) {
  const before = new Set(readdirSync(destination));
  const env = toolEnvironment(process.env);
  await runQuietly(program, args, { cwd: folder, env, what: `packing ${folder}` });
  const added = readdirSync(destination).find((name) => !before.has(name) && name.endsWith('.tgz'));
  if (added === undefined) throw new Error(`packing ${folder}: no new .tgz in ${destination}`);
  return join(destination, added);
}
