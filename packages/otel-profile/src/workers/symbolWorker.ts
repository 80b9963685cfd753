// SPDX-License-Identifier: Apache-2.0
// Bundled into dist/symbolWorker.cjs: the thread that reads symbol tables and debug information.
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import {
  Debuginfod,
  type DebuginfodOptions,
  findDwarfModule,
  readDemangler,
  serveSymbols,
} from '@otelkit/symbols';
import { collectAfterMessages, spareWasmTiering } from './collectGarbage.ts';

/** What the worker is started with. */
export interface SymbolWorkerData {
  /** Lines and inlined calls of native code too, where there is debug information. */
  readonly lines: boolean;
  /** Where frames are kept from one run to the next. */
  readonly frameFolder?: string | undefined;
  /** Servers that are asked for missing debug files. */
  readonly debuginfod?: DebuginfodOptions | undefined;
}

if (parentPort !== null) {
  spareWasmTiering();
  const { lines, frameFolder, debuginfod } = (workerData ?? { lines: true }) as SymbolWorkerData;
  // Beside the bundle, which is CommonJS.
  const demangler = readDemangler(join(__dirname, 'demangler.wasm'));
  const dwarf = lines ? findDwarfModule(__filename) : undefined;
  serveSymbols(parentPort, {
    ...(demangler !== undefined && { demangler }),
    ...(dwarf !== undefined && { dwarf }),
    ...(frameFolder !== undefined && { frameFolder }),
    ...(debuginfod !== undefined && { debuginfod: new Debuginfod(debuginfod) }),
  });
  collectAfterMessages(parentPort);
}
