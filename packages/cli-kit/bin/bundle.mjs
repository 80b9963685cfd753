// SPDX-License-Identifier: Apache-2.0
// How every tool is bundled. A build-time helper, so plain JavaScript and not in the library.
import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const OCLIF_ENTRY = '@otelkit/cli-kit/oclif';

/**
 * elfy asks for node:assert, which brings half of node:stream along (4 ms of every start). What it
 * uses of it is one function.
 */
const smallAssert = {
  name: 'small-assert',
  setup(setup) {
    setup.onResolve({ filter: /^(node:)?assert$/ }, ({ path }) => ({ path, namespace: 'small' }));
    setup.onLoad({ filter: /.*/, namespace: 'small' }, () => ({ contents: SMALL_ASSERT }));
  },
};
const SMALL_ASSERT = `
function ok(value, message) {
  if (!value) throw new Error(message || 'assertion failed');
}
const equal = (left, right, message) => ok(left === right, message);
module.exports = Object.assign(ok, { ok, equal, strictEqual: equal });`;

/** Leaves the oclif side out of the main bundle: it is a file of its own beside it. */
const oclifApart = {
  name: 'oclif-apart',
  setup(setup) {
    setup.onResolve({ filter: new RegExp(`^${OCLIF_ENTRY}$`) }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: './oclif.cjs', external: true } : undefined,
    );
  },
};

/**
 * Makes the body of one command a static import and leaves the others out: nothing is then wrapped
 * for later, and what the command does not use is shaken out. Relies on how specs are written.
 */
function onlyCommand(id) {
  const load = /load: \(\) => import\('\.\/run\.ts'\)/;
  return {
    name: 'only-command',
    setup(setup) {
      setup.onLoad({ filter: /\/src\/[a-z]+\/spec\.ts$/ }, async ({ path }) => {
        const source = await readFile(path, 'utf8');
        if (!load.test(source)) throw new Error(`${path}: expected load: () => import('./run.ts')`);
        const isIt = basename(dirname(path)) === id;
        const body = isIt ? 'load: async () => body' : "load: () => Promise.reject(new Error(''))";
        const head = isIt ? "import * as body from './run.ts';\n" : '';
        return { contents: head + source.replace(load, body), loader: 'ts' };
      });
    },
  };
}

/**
 * Writes to `dist`: a file for each command, all that an ordinary run of it loads; `main.cjs` for
 * whatever else; `oclif.cjs` for help and mistakes; and `start.cjs`, which picks the file and loads
 * it with cached code. Why so: docs/decisions/0001-one-command-registry.md
 * @param {string} packageDir where the tool's package.json is
 * @param {{ bin: string, commands?: string[], defaults?: {bare: string, flags: string},
 *   patient?: string[], entry?: string, outDir?: string, external?: string[] }} options
 */
export async function bundleTool(packageDir, options) {
  const { bin, commands = [], defaults, patient = [], outDir = 'dist' } = options;
  const { entry = 'src/main.ts', external = [] } = options;
  const out = resolve(packageDir, outDir);
  const { version } = JSON.parse(await readFile(join(packageDir, 'package.json'), 'utf8'));
  const common = {
    absWorkingDir: packageDir,
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    format: 'cjs',
    // Syntax and white space only: names stay readable in stacks.
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    // One byte a character: V8 reads and scans it faster than a file with one letter beyond.
    charset: 'ascii',
    // A script out of the code cache has no import(); it becomes a require() at the same place.
    supported: { 'dynamic-import': false },
    logLevel: 'warning',
    // Packages that find files beside themselves take care of being bundled.
    logOverride: { 'empty-import-meta': 'silent' },
    metafile: true,
    external,
  };
  const entryPoints = [join(packageDir, entry)];
  const plugins = [oclifApart, smallAssert];
  const oclif = { contents: `export { runOclif } from '${OCLIF_ENTRY}';`, resolveDir: HERE };
  const started = { ...common, entryPoints, plugins, ...AS_FUNCTION };
  const results = await Promise.all([
    build({ ...started, outfile: join(out, 'main.cjs') }),
    build({ ...common, stdin: oclif, outfile: join(out, 'oclif.cjs') }),
    ...commands.map((id) => {
      const outfile = join(out, `${id}.cjs`);
      return build({ ...started, plugins: [...plugins, onlyCommand(id)], outfile });
    }),
  ]);
  await writeFile(join(out, 'THIRD_PARTY.txt'), await notices(packageDir, results));
  const buildId = await hashOf(['main', ...commands].map((name) => join(out, `${name}.cjs`)));
  const contents = startSource({ bin, version, buildId, commands, defaults, patient });
  const stdin = { contents, resolveDir: HERE };
  await build({ ...common, stdin, outfile: join(out, 'start.cjs') });
}

/** What start.ts compiles is a function already: a second copy of the text would cost its memory. */
const AS_FUNCTION = {
  banner: { js: '(function(exports,require,module,__filename,__dirname){' },
  footer: { js: '})' },
};

/** The licences of what is bundled, as they ask for. */
async function notices(packageDir, results) {
  const folders = new Set();
  for (const { metafile } of results) {
    for (const input of Object.keys(metafile.inputs)) {
      const folder = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
      if (folder !== undefined) folders.add(resolve(packageDir, folder));
    }
  }
  const texts = await Promise.all([...folders].sort().map(noticeOf));
  return `This package contains code of others, under these licences.\n\n${texts.join('\n\n')}\n`;
}

async function noticeOf(folder) {
  const { name, version, license } = JSON.parse(
    await readFile(join(folder, 'package.json'), 'utf8'),
  );
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
  const text =
    file === undefined ? '' : `\n\n${(await readFile(join(folder, file), 'utf8')).trim()}`;
  return `${'='.repeat(72)}\n${name} ${version} (${license})${text}`;
}

const HERE = fileURLToPath(new URL('.', import.meta.url));

async function hashOf(paths) {
  const hash = createHash('sha256');
  for (const path of paths) hash.update(await readFile(path));
  return hash.digest('hex').slice(0, 16);
}

function startSource(known) {
  return `import { start } from '@otelkit/cli-kit/start';
start({ ...${JSON.stringify(known)}, dir: __dirname, require });`;
}
