// SPDX-License-Identifier: Apache-2.0

export * from './background/backgroundSymbolizer.ts';
export * from './background/batch.ts';
export * from './background/symbolizer.ts';
export * from './background/symbolWorker.ts';
export { Debuginfod, type DebuginfodOptions } from './debuginfod/debuginfod.ts';
export { Demangler } from './demangle/demangler.ts';
export { readDemangler } from './demangle/readDemangler.ts';
export { DwarfModule, findDwarfModule, readDwarfModule } from './dwarf/dwarfModule.ts';
export * from './files/fileSymbols.ts';
export * from './files/symbolCache.ts';
export * from './frames.ts';
export * from './kernel/kernelAddress.ts';
export * from './kernel/kernelModules.ts';
export * from './kernel/kernelSymbols.ts';
export { SYMBOL_LIMITS } from './limits.ts';
export type { DebugFilePlace } from './native/debugFile.ts';
export * from './process/generatedCode.ts';
export { type PerfMap, parsePerfMap } from './process/perfMap.ts';
export * from './process/vdso.ts';
