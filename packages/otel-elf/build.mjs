// SPDX-License-Identifier: Apache-2.0
// Bundles the tool: dist/main.cjs is all that an ordinary run loads, dist/oclif.cjs is for help and
// mistakes. Why so: docs/decisions/0001-one-command-registry.md
import { fileURLToPath } from 'node:url';
import { bundleTool } from '@otelkit/cli-kit/bundle';

await bundleTool(fileURLToPath(new URL('.', import.meta.url)));
