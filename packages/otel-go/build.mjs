// SPDX-License-Identifier: Apache-2.0
// Bundles the tool into dist/. Why so: docs/decisions/0001-one-command-registry.md
import { fileURLToPath } from 'node:url';
import { bundleTool } from '@otelkit/cli-kit/bundle';
import { copyPage } from '@otelkit/viewer/build';

await bundleTool(fileURLToPath(new URL('.', import.meta.url)), {
  bin: 'otel-go',
  commands: [
    'attach',
    'inspect',
    'doctor',
    'build',
    'run',
    'test',
    'vet',
    'install',
    'pin',
    'explain',
    'aspects',
  ],
  patient: ['attach'],
  external: ['@duckdb/node-api'],
});

// The page of local mode; a plain one stands in where it was not built.
await copyPage(fileURLToPath(new URL('dist', import.meta.url)));
