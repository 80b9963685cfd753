// SPDX-License-Identifier: Apache-2.0
import { rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { agentPaths } from '../../layout/paths.ts';
import { runClient } from '../client.ts';
import { NODE_PACKAGES, NODE_PIN } from '../pins/node.ts';
import { walkTree } from '../tree.ts';
import type { FetchOptions } from './fetchAgent.ts';
import { AGENT_REGISTER, NODE_REGISTER } from './nodeRegister.ts';

/** For developers and debuggers only: 60% of the bytes, and nothing that runs reads them. */
const NOT_RUN = /\.(map|d\.ts|d\.mts|d\.cts)$/;

/**
 * Puts `node_modules` into an empty directory. `npm ci` refuses every package whose checksum is not
 * the lock file's; no script of a package is run.
 */
export async function fetchNode({ into, signal }: FetchOptions): Promise<void> {
  const { manifest, lock } = npmFiles();
  await writeFile(join(into, 'package.json'), JSON.stringify(manifest));
  await writeFile(join(into, 'package-lock.json'), JSON.stringify(lock));
  const args = ['ci', '--ignore-scripts', '--no-bin-links', '--no-audit', '--no-fund'];
  await runClient({
    program: 'npm',
    args: [...args, '--no-update-notifier', '--global=false', '--loglevel=error'],
    cwd: into,
    what: `fetching the Node.js agent ${NODE_PIN.version}`,
    hint: `it comes through your npm configuration (\`npm config list\`): try \`npm view ${NODE_PIN.name}@${NODE_PIN.version}\``,
    signal,
  });
  const own = ['package.json', 'package-lock.json', 'node_modules/.package-lock.json'];
  for (const name of own) await rm(join(into, name), { force: true });
  for (const { path, stats } of await walkTree(into)) {
    if (stats.isFile() && NOT_RUN.test(path)) await rm(join(into, path));
  }
  const register = join(into, agentPaths('').nodejs.slice('/nodejs/'.length));
  await rename(register, join(dirname(register), AGENT_REGISTER));
  await writeFile(register, NODE_REGISTER);
}

interface LockedPackage {
  readonly version: string;
  readonly name?: string;
  readonly integrity: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

/** package.json and package-lock.json (version 3) out of the table of pins. */
export function npmFiles(): { readonly manifest: object; readonly lock: object } {
  const rows = NODE_PACKAGES.trim().split('\n').map(parseRow);
  const aliases = new Map(
    rows.flatMap(({ place, name }) => (name === undefined ? [] : [[lastOf(place), name]])),
  );
  const packages: Record<string, LockedPackage> = {};
  for (const { place, name, version, sha512, dependsOn } of rows) {
    packages[`node_modules/${place.replaceAll('>', '/node_modules/')}`] = {
      version,
      ...(name !== undefined && { name }),
      integrity: `sha512-${sha512}`,
      // The versions are decided already; npm only has to see who needs whom.
      dependencies: Object.fromEntries(
        dependsOn.map((other) => {
          const real = aliases.get(other);
          return [other, real === undefined ? '*' : `npm:${real}@*`];
        }),
      ),
    };
  }
  const root = {
    name: 'otel-inject-node-agent',
    version: '0.0.0',
    dependencies: { [NODE_PIN.name]: NODE_PIN.version },
  };
  const lock = { ...root, lockfileVersion: 3, requires: true, packages: { '': root, ...packages } };
  return { manifest: { ...root, private: true }, lock };
}

function parseRow(row: string) {
  const [where = '', version = '', sha512 = '', ...dependsOn] = row.split(' ');
  const [place = '', name] = where.split('=');
  return { place, name, version, sha512, dependsOn };
}

function lastOf(place: string): string {
  return place.slice(place.lastIndexOf('>') + 1);
}
