// SPDX-License-Identifier: Apache-2.0
// npm pack of a tool, with a package.json that says only what an installed package needs.
//   node packages/cli-kit/bin/pack.mjs PACKAGE_DIR OUT_DIR      prints the tarball's path
import { execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const KEPT = [
  ...['name', 'version', 'description', 'license', 'keywords', 'homepage', 'repository', 'type'],
  ...['engines', 'os', 'bin', 'man', 'files', 'dependencies', 'optionalDependencies'],
];

/** @returns {Promise<string>} the tarball's path */
export async function packTool(packageDir, outDir) {
  const staging = await mkdtemp(join(tmpdir(), 'pack-'));
  try {
    const manifest = JSON.parse(await readFile(join(packageDir, 'package.json'), 'utf8'));
    const clean = Object.fromEntries(
      KEPT.flatMap((key) => (key in manifest ? [[key, manifest[key]]] : [])),
    );
    const leaked = JSON.stringify(clean).includes('workspace:');
    if (leaked) throw new Error(`${packageDir}: a workspace package is a run-time dependency`);
    await writeFile(join(staging, 'package.json'), `${JSON.stringify(clean, null, 2)}\n`);
    for (const entry of ['bin', 'dist', 'man', 'completions', 'README.md']) {
      await cp(join(packageDir, entry), join(staging, entry), { recursive: true });
    }
    await cp(fileURLToPath(new URL('../../../LICENSE', import.meta.url)), join(staging, 'LICENSE'));
    await mkdir(outDir, { recursive: true });
    const args = ['pack', '--silent', '--ignore-scripts', '--pack-destination', resolve(outDir)];
    const name = execFileSync('npm', args, { cwd: staging, encoding: 'utf8' }).trim();
    return join(resolve(outDir), name.split('\n').at(-1));
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

const [script, packageDir, outDir] = process.argv.slice(1);
if (script === fileURLToPath(import.meta.url)) {
  if (packageDir === undefined || outDir === undefined) {
    console.error('usage: pack.mjs PACKAGE_DIR OUT_DIR');
    process.exit(2);
  }
  console.log(await packTool(resolve(packageDir), outDir));
}
