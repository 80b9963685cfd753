// SPDX-License-Identifier: Apache-2.0
// Bundles the tool into dist/. Why so: docs/decisions/0001-one-command-registry.md
import { fileURLToPath } from 'node:url';
import { bundleTool } from '@otelkit/cli-kit/bundle';

await bundleTool(fileURLToPath(new URL('.', import.meta.url)), {
  bin: 'otel-elf',
  commands: ['inspect', 'tree', 'libc', 'id', 'go', 'symbols', 'scan', 'explain', 'doctor'],
  patient: ['scan'],
});
