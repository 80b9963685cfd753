#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Compiles sha256.c into the module that packages/core carries. usage: node build.mjs [--print]
// --print writes that source file to stdout instead. Exit code 2: there is no zig.
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildModule } from '../wasm.mjs';

const here = dirname(fileURLToPath(import.meta.url));
buildModule({
  name: 'sha256',
  sources: ['sha256.c'],
  directory: here,
  options: ['-Os', '-Wl,-z,stack-size=512'],
  carrier: resolve(here, '../../packages/core/src/ids/sha256Module.ts'),
  constant: 'SHA256_MODULE',
});
