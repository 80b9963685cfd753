// SPDX-License-Identifier: Apache-2.0
// What of WebAssembly is used here; its types come with those of browsers only.

export interface WasmMemory {
  readonly buffer: ArrayBuffer;
}

export interface WasmTable {
  /** The length before. */
  grow(by: number): number;
  set(index: number, value: unknown): void;
}

export type WasmModule = object;

interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => WasmModule;
  readonly Instance: new (module: WasmModule, imports: object) => { readonly exports: object };
  readonly RuntimeError: new () => Error;
}

/** @throws Error where there is none (`node --jitless`) */
export function webAssembly(): WebAssemblyApi {
  const { WebAssembly: api } = globalThis as { WebAssembly?: WebAssemblyApi };
  if (api === undefined) throw new Error('this Node has no WebAssembly');
  return api;
}
