// SPDX-License-Identifier: Apache-2.0
// How every tool is bundled. A build-time helper, so plain JavaScript and not in the library.
import { join } from 'node:path';
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
 * @param {string} packageDir where the tool's package.json is
 * @param {{ entry?: string, outDir?: string }} [options]
 */
export async function bundleTool(packageDir, options = {}) {
  const entry = join(packageDir, options.entry ?? 'src/main.ts');
  const outDir = options.outDir ?? join(packageDir, 'dist');
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
    supported: { 'dynamic-import': true },
    logLevel: 'warning',
    write: true,
    metafile: true,
  };
  await build({
    ...common,
    entryPoints: [entry],
    outfile: join(outDir, 'main.cjs'),
    plugins: [oclifApart, smallAssert],
  });
  await build({
    ...common,
    stdin: { contents: `export { runOclif } from '${OCLIF_ENTRY}';`, resolveDir: packageDir },
    outfile: join(outDir, 'oclif.cjs'),
  });
}
