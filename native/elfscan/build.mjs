#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Compiles the C files here into the module that packages/core carries. See README.md.
// usage: node build.mjs [--print]   --print writes that source file to stdout instead.
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildModule } from '../wasm.mjs';

const here = dirname(fileURLToPath(import.meta.url));
buildModule({
  name: 'elfscan',
  sources: ['elfscan.c', 'file.c', 'dynamic.c', 'notes.c', 'sections.c', 'symbols.c'],
  directory: here,
  options: ['-O2', '-mbulk-memory', '-Wl,-z,stack-size=8192'],
  carrier: resolve(here, '../../packages/core/src/bulk/elfscanModule.ts'),
  constant: 'ELFSCAN_MODULE',
});
