// SPDX-License-Identifier: Apache-2.0
// Writes what is made from the tools' registries: completions, man pages, docs/cli.
//   node --import tsx packages/cli-kit/bin/generate.mjs [--check] [TOOL…]
// --check writes nothing, names what is stale and exits with 1.
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generatedFiles } from '../dist/generate/index.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

const words = process.argv.slice(2);
const isCheck = words.includes('--check');
const named = words.filter((word) => word !== '--check');
const packages = named.length > 0 ? named : await readdir(join(ROOT, 'packages'));
let stale = 0;

for (const name of packages) {
  const registry = join(ROOT, 'packages', name, 'src/registry.ts');
  if (!existsSync(registry)) continue;
  const { tool } = await import(registry);
  for (const [path, content] of generatedFiles(tool)) {
    if (await isSame(join(ROOT, path), content)) continue;
    stale++;
    console.log(isCheck ? `stale: ${path}` : `wrote ${path}`);
    if (!isCheck) await write(join(ROOT, path), content);
  }
}
process.exitCode = isCheck && stale > 0 ? 1 : 0;

async function isSame(path, content) {
  try {
    return (await readFile(path, 'utf8')) === content;
  } catch {
    return false;
  }
}

async function write(path, content) {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}
