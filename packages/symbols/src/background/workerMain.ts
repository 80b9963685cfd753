// SPDX-License-Identifier: Apache-2.0
// What the worker thread runs. `workerData.demanglerModule`, `workerData.dwarfModule`: the bytes of
// the demangler and of native/dwarf, if any; `workerData.debuginfod`: servers to ask.
import { parentPort, workerData } from 'node:worker_threads';
import { Debuginfod, type DebuginfodOptions } from '../debuginfod/debuginfod.ts';
import { Demangler } from '../demangle/demangler.ts';
import { DwarfModule } from '../dwarf/dwarfModule.ts';
import { serveSymbols } from './symbolWorker.ts';

interface Modules {
  readonly demanglerModule?: Uint8Array;
  readonly dwarfModule?: Uint8Array;
  readonly debuginfod?: DebuginfodOptions;
}

const { demanglerModule, dwarfModule, debuginfod } = (workerData ?? {}) as Modules;

if (parentPort !== null) {
  serveSymbols(parentPort, {
    ...(demanglerModule instanceof Uint8Array && { demangler: new Demangler(demanglerModule) }),
    ...(debuginfod !== undefined && { debuginfod: new Debuginfod(debuginfod) }),
    ...(dwarfModule instanceof Uint8Array && { dwarf: new DwarfModule(dwarfModule) }),
  });
}
