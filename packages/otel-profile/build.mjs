// SPDX-License-Identifier: Apache-2.0
// Bundles the tool into dist/. Why so: docs/decisions/0001-one-command-registry.md
import { fileURLToPath } from 'node:url';
import { bundleTool } from '@otelkit/cli-kit/bundle';
import { copyDemangler } from '@otelkit/symbols/build';
import { copyPage } from '@otelkit/viewer/build';
import { build } from 'esbuild';

await bundleTool(fileURLToPath(new URL('.', import.meta.url)), {
  bin: 'otel-profile',
  defaults: { bare: 'live', flags: 'agent' },
  commands: ['live', 'agent', 'record', 'top', 'view', 'diff', 'collect', 'query', 'doctor'],
  patient: ['agent'],
  external: ['@duckdb/node-api'],
});

// The threads that make unwind tables and read symbols; src/workers/workerFile.ts finds them.
for (const worker of ['tableWorker', 'symbolWorker']) {
  await build({
    absWorkingDir: fileURLToPath(new URL('.', import.meta.url)),
    entryPoints: [`src/workers/${worker}.ts`],
    outfile: `dist/${worker}.cjs`,
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    format: 'cjs',
    minifySyntax: true,
    minifyWhitespace: true,
    charset: 'ascii',
    logLevel: 'error',
  });
}

// The page; a plain one stands in where it was not built.
await copyPage(fileURLToPath(new URL('dist', import.meta.url)));

await copyDemangler(fileURLToPath(new URL('dist', import.meta.url)));
