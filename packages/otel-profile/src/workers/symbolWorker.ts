// SPDX-License-Identifier: Apache-2.0
// Bundled into dist/symbolWorker.cjs: the thread that reads symbol tables.
import { join } from 'node:path';
import { parentPort } from 'node:worker_threads';
import { readDemangler, serveSymbols } from '@otelkit/symbols';
import { collectAfterMessages } from './collectGarbage.ts';

if (parentPort !== null) {
  // Beside the bundle, which is CommonJS.
  const demangler = readDemangler(join(__dirname, 'demangler.wasm'));
  serveSymbols(parentPort, demangler === undefined ? {} : { demangler });
  collectAfterMessages(parentPort);
}
