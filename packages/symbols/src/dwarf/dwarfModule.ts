// SPDX-License-Identifier: Apache-2.0
// The WebAssembly module of native/dwarf: what it exports, where it is, and how it is started.
import { readFileSync, realpathSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { withMostMemory } from '../demangle/boundedMemory.ts';
import { type WasmMemory, type WasmModule, webAssembly } from '../demangle/webAssembly.ts';
import { DWARF_LIMITS } from './limits.ts';

const FILE = 'otel-dwarf.wasm';

/** See native/dwarf/README.md. */
export interface DwarfExports {
  readonly memory: WasmMemory;
  readonly allocate: (sizeBytes: number) => number;
  readonly set_section: (file: number, kind: number, at: number, sizeBytes: number) => void;
  readonly open: (fuel: number) => number;
  readonly resolve: (addresses: number, count: number, fuel: number) => number;
  readonly records: () => number;
  readonly out_of_fuel: () => number;
  readonly message: () => number;
  readonly message_bytes: () => number;
}

/** Gives 1 when the file was put into memory. */
export type LoadDwo = (
  path: number,
  pathBytes: number,
  folder: number,
  folderBytes: number,
) => number;

/** The compiled module; each file gets an instance of its own. */
export class DwarfModule {
  readonly #api: ReturnType<typeof webAssembly>;
  readonly #module: WasmModule;

  /**
   * @param module the bytes of otel-dwarf.wasm
   * @throws Error when they are no such module
   */
  constructor(module: Uint8Array) {
    this.#api = webAssembly();
    this.#module = new this.#api.Module(withMostMemory(module, DWARF_LIMITS.memoryPages));
  }

  start(loadDwo: LoadDwo): DwarfExports {
    const imports = { env: { load_dwo: loadDwo } };
    return new this.#api.Instance(this.#module, imports).exports as unknown as DwarfExports;
  }

  /** True for what WebAssembly throws by itself, as opposed to a defect of the caller. */
  isTrap(error: unknown): boolean {
    return error instanceof this.#api.RuntimeError || error instanceof RangeError;
  }
}

/**
 * The module of the platform package beside a tool, or of a checkout's build; undefined where it is
 * in neither: names come from symbol tables then.
 * @param from a file of the tool; the folders above it are searched
 */
export function findDwarfModule(
  from: string,
  arch: string = process.arch,
): DwarfModule | undefined {
  let folder = dirname(realOf(resolve(from)));
  for (let i = 0; i < DWARF_LIMITS.ancestors; i++) {
    for (const place of [
      join(folder, `node_modules/@otelkit/native-linux-${arch}/lib`, FILE),
      join(folder, 'native/dwarf/wasm-out', FILE),
    ]) {
      const module = readDwarfModule(place);
      if (module !== undefined) return module;
    }
    folder = dirname(folder);
  }
  return undefined;
}

/** The module of this file; undefined where it is not there or this Node cannot run it. */
export function readDwarfModule(path: string): DwarfModule | undefined {
  try {
    return new DwarfModule(readFileSync(path));
  } catch {
    return undefined;
  }
}

function realOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
