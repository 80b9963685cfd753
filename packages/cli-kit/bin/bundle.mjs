// SPDX-License-Identifier: Apache-2.0
// How every tool is bundled. A build-time helper, so plain JavaScript and not in the library.
import { join } from 'node:path';
import { build } from 'esbuild';

const OCLIF_ENTRY = '@otelkit/cli-kit/oclif';

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
    keepNames: false,
    legalComments: 'none',
    charset: 'utf8',
    supported: { 'dynamic-import': true },
    logLevel: 'warning',
    write: true,
    metafile: true,
  };
  await build({
    ...common,
    entryPoints: [entry],
    outfile: join(outDir, 'main.cjs'),
    plugins: [oclifApart],
  });
  await build({
    ...common,
    stdin: { contents: `export { runOclif } from '${OCLIF_ENTRY}';`, resolveDir: packageDir },
    outfile: join(outDir, 'oclif.cjs'),
  });
}
