// SPDX-License-Identifier: Apache-2.0
// C++ (Itanium ABI) and Rust names by gecko-profiler-demangle, which is cpp_demangle and
// rustc-demangle as WebAssembly. A mangled name of 230 bytes can stand for 140 MB of text, so the
// module's memory is bounded; when it gives up, the name stays mangled and the module is replaced.
import { SYMBOL_LIMITS } from '../limits.ts';
import { withMostMemory } from './boundedMemory.ts';
import { type WasmMemory, type WasmModule, type WasmTable, webAssembly } from './webAssembly.ts';

/** What wasm-bindgen gives such a module. */
interface Exports {
  readonly memory: WasmMemory;
  readonly __wbindgen_export_0: WasmTable;
  readonly __wbindgen_malloc: (sizeBytes: number, alignment: number) => number;
  readonly __wbindgen_free: (at: number, sizeBytes: number, alignment: number) => void;
  readonly __wbindgen_start: () => void;
  readonly demangle_any: (at: number, sizeBytes: number) => readonly [number, number];
}

const MANGLED = /^(?:_?_Z|_R[A-Z])/;
const PLT = '@plt';
const ELLIPSIS = '…';

/** Demangles names. Not for several threads at once: each makes its own. */
export class Demangler {
  readonly #api: ReturnType<typeof webAssembly>;
  readonly #read: () => Uint8Array;
  #module: WasmModule | undefined;
  #exports: Exports | undefined;
  /** Names that were too much for the memory. Each costs some 50 ms. */
  failureCount = 0;

  /**
   * @param module the bytes of `gecko-profiler-demangle/index_bg.wasm`, or what reads them: then when
   * the first name needs them, and names stay mangled where they cannot be read
   * @throws Error when given bytes are no such module
   */
  constructor(module: Uint8Array | (() => Uint8Array)) {
    this.#api = webAssembly();
    this.#read = module instanceof Uint8Array ? () => module : module;
    if (module instanceof Uint8Array) this.#exports = this.#start();
  }

  /** The name as its source has it; itself when it is not mangled, or cannot be demangled. */
  demangle(name: string): string {
    if (!MANGLED.test(name) || this.failureCount >= SYMBOL_LIMITS.demanglerFailures) return name;
    const isStub = name.endsWith(PLT);
    const mangled = isStub ? name.slice(0, -PLT.length) : name;
    const plain = this.#call(mangled);
    // It takes one underscore off what it cannot demangle, as macOS has one more.
    if (plain === undefined || plain === '' || mangled.endsWith(plain)) return name;
    const isLong = plain.length > SYMBOL_LIMITS.nameBytes;
    const short = isLong ? plain.slice(0, SYMBOL_LIMITS.nameBytes) + ELLIPSIS : plain;
    return isStub ? short + PLT : short;
  }

  #call(name: string): string | undefined {
    const bytes = Buffer.from(name, 'utf8');
    if (bytes.length > SYMBOL_LIMITS.nameBytes) return undefined;
    try {
      this.#exports ??= this.#startLate();
      if (this.#exports === undefined) return undefined;
      const wasm = this.#exports;
      const at = wasm.__wbindgen_malloc(bytes.length, 1) >>> 0;
      new Uint8Array(wasm.memory.buffer).set(bytes, at);
      const [resultAt, resultBytes] = wasm.demangle_any(at, bytes.length);
      const start = resultAt >>> 0;
      const text = Buffer.from(wasm.memory.buffer).toString('utf8', start, start + resultBytes);
      wasm.__wbindgen_free(resultAt, resultBytes, 1);
      return text;
    } catch (error) {
      const isTrap = error instanceof this.#api.RuntimeError || error instanceof RangeError;
      if (!isTrap) throw error;
      // After a trap the module's own state is not to be trusted.
      this.#exports = undefined;
      this.failureCount++;
      return undefined;
    }
  }

  /** Undefined where there is no module that can be run: then no name is tried any more. */
  #startLate(): Exports | undefined {
    try {
      return this.#start();
    } catch {
      this.failureCount = SYMBOL_LIMITS.demanglerFailures;
      return undefined;
    }
  }

  #start(): Exports {
    this.#module ??= new this.#api.Module(
      withMostMemory(this.#read(), SYMBOL_LIMITS.demanglerPages),
    );
    let exports: Exports | undefined;
    const initTable = (): void => {
      const table = exports!.__wbindgen_export_0;
      const offset = table.grow(4);
      table.set(0, undefined);
      for (const [i, value] of [undefined, null, true, false].entries()) {
        table.set(offset + i, value);
      }
    };
    const imports = { './index_bg.js': { __wbindgen_init_externref_table: initTable } };
    const instance = new this.#api.Instance(this.#module, imports);
    exports = instance.exports as unknown as Exports;
    exports.__wbindgen_start();
    return exports;
  }
}
