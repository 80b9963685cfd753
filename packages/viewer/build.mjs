// SPDX-License-Identifier: Apache-2.0
// Builds the page into dist/page: one document, one script, one sheet, one icon, all of this origin.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { build } from 'vite';

const FOLDER = fileURLToPath(new URL('.', import.meta.url));
const OUT_FOLDER = join(FOLDER, 'dist', 'page');
const LIMIT_BYTES = 100_000;
/** What is inside the page besides our own code. */
const BUNDLED = ['preact', 'uplot'];

await build({
  root: join(FOLDER, 'src'),
  // Relative, so that the page works behind a proxy's path too.
  base: './',
  configFile: false,
  logLevel: 'warn',
  build: {
    outDir: OUT_FOLDER,
    emptyOutDir: true,
    target: 'es2022',
    // A data: URL would need an exception in the Content-Security-Policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
await writeFile(join(OUT_FOLDER, 'THIRD_PARTY.txt'), await licences());
await checkSize();

async function licences() {
  const { resolve } = createRequire(import.meta.url);
  const texts = BUNDLED.map(async (name) => {
    const folder = await packageFolder(resolve(name));
    const { version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    const text = await readFile(join(folder, 'LICENSE'), 'utf8');
    return `${'='.repeat(72)}\n${name} ${version} (${license})\n\n${text.trim()}\n`;
  });
  return (await Promise.all(texts)).join('\n\n');
}

/** @param {string} file */
async function packageFolder(file) {
  let folder = dirname(file);
  while (!(await readdir(folder)).includes('LICENSE')) folder = dirname(folder);
  return folder;
}

async function checkSize() {
  const entries = await readdir(OUT_FOLDER, { recursive: true, withFileTypes: true });
  let gzipBytes = 0;
  let brotliBytes = 0;
  for (const entry of entries) {
    if (!entry.isFile() || entry.name === 'THIRD_PARTY.txt') continue;
    const bytes = await readFile(join(entry.parentPath, entry.name));
    gzipBytes += gzipSync(bytes, { level: 9 }).length;
    brotliBytes += brotliCompressSync(bytes).length;
  }
  console.log(`page: ${gzipBytes} bytes gzip, ${brotliBytes} bytes Brotli`);
  if (gzipBytes > LIMIT_BYTES) {
    throw new Error(`the page is ${gzipBytes} bytes compressed, the limit is ${LIMIT_BYTES}`);
  }
}
