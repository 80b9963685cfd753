// SPDX-License-Identifier: Apache-2.0
// What the worker thread runs. `workerData.demanglerModule`: the bytes of the demangler, if any.
import { parentPort, workerData } from 'node:worker_threads';
import { Demangler } from '../demangle/demangler.ts';
import { serveSymbols } from './symbolWorker.ts';

const { demanglerModule } = (workerData ?? {}) as { demanglerModule?: Uint8Array };

if (parentPort !== null) {
  const hasDemangler = demanglerModule instanceof Uint8Array;
  serveSymbols(parentPort, hasDemangler ? { demangler: new Demangler(demanglerModule) } : {});
}
