// SPDX-License-Identifier: Apache-2.0
// The objects that the loader would map for a program, as the library's weak references and its
// walk over the loader's list see them.
import {
  buildDependencyTreeOf,
  ElfFile,
  type FileSource,
  findDynamicSymbol,
  InputError,
  openFile,
  PF,
  PT,
  type Resolver,
} from '@otelkit/core';
import { INJECT_LIMITS } from '../../config/limits.ts';
import type { ImageSymbols } from '../predict/subject.ts';

const EM_X86_64 = 62;
const EM_AARCH64 = 183;
const STT_TLS = 6;
const SHN_UNDEF = 0;

/** Open files of one program; close it. */
export class ProgramImage implements ImageSymbols {
  readonly main: ElfFile;
  readonly #open: ElfFile[];
  /** As they are mapped: links resolved, inside the resolver's root. */
  readonly #paths: string[];
  /** Undefined where no object defines it. */
  readonly #found = new Map<string, Definition | undefined>();

  /** @throws InputError when the program itself is no ELF file */
  constructor(source: FileSource, path: string, resolver: Resolver) {
    this.main = new ElfFile(source);
    this.#open = [this.main];
    this.#paths = [path];
    const tree = buildDependencyTreeOf(this.main, path, resolver);
    for (const id of tree.loadOrder) {
      const node = tree.nodes[id];
      if (id === 0 || node?.path === undefined) continue;
      const elf = openObject(resolver, node.path);
      if (elf === undefined) continue;
      this.#open.push(elf);
      this.#paths.push(node.realpath ?? node.path);
    }
  }

  get machine(): 'x86_64' | 'aarch64' | undefined {
    const { machine, class: bits } = this.main.header;
    if (bits !== 64) return undefined;
    return machine === EM_X86_64 ? 'x86_64' : machine === EM_AARCH64 ? 'aarch64' : undefined;
  }

  has = (name: string): boolean => this.#find(name) !== undefined;

  identity = (name: string): string | undefined => {
    const definition = this.#find(name);
    return definition && `${definition.object}:${definition.vaddr}`;
  };

  read = (name: string, sizeBytes: number): Buffer | undefined => {
    const definition = this.#find(name);
    if (definition === undefined) return undefined;
    const bytes = this.#open[definition.object]!.readVirtual(definition.vaddr, sizeBytes);
    return bytes.length < Math.min(sizeBytes, 4) ? undefined : Buffer.from(bytes);
  };

  /** The file that a symbol is in, its address there, and where that file's image begins. */
  locate = (name: string): LocatedSymbol | undefined => {
    const definition = this.#find(name);
    if (definition === undefined) return undefined;
    const { object, vaddr } = definition;
    const first = this.#open[object]!.loads.find((load) => load.fileOffset === 0);
    if (first === undefined) return undefined;
    return { path: this.#paths[object]!, vaddr, firstVaddr: first.vaddr };
  };

  /** Whether the writable data behind RELRO is as small as, and marked as, a .NET apphost's. */
  isApphost = (): boolean => {
    const relro = this.main.segments(PT.GNU_RELRO).at(-1);
    const relroEnd = relro === undefined ? 0n : relro.vaddr + BigInt(relro.memSizeBytes);
    for (const load of this.main.loads) {
      if ((load.flags & PF.W) === 0) continue;
      const end = load.vaddr + BigInt(load.fileSizeBytes);
      const limited = relroEnd < end ? relroEnd : end;
      const start = load.vaddr > limited ? load.vaddr : limited;
      const sizeBytes = Number(end - start);
      if (sizeBytes < APPHOST_LEAST_BYTES) return false;
      if (sizeBytes > INJECT_LIMITS.apphostDataBytes) return false;
      if (hasMarker(this.main.readVirtual(start, sizeBytes))) return true;
    }
    return false;
  };

  close(): void {
    for (const elf of this.#open) (elf.source as FileSource).close();
  }

  #find(name: string): Definition | undefined {
    if (this.#found.has(name)) return this.#found.get(name);
    const definition = this.#look(name);
    this.#found.set(name, definition);
    return definition;
  }

  #look(name: string): Definition | undefined {
    for (let object = 0; object < this.#open.length; object++) {
      const symbol = findDynamicSymbol(this.#open[object]!, name);
      if (symbol === undefined || symbol.shndx === SHN_UNDEF || symbol.value === 0n) continue;
      if ((symbol.info & 15) !== STT_TLS) return { object, vaddr: symbol.value };
    }
    return undefined;
  }
}

export interface LocatedSymbol {
  readonly path: string;
  readonly vaddr: bigint;
  readonly firstVaddr: bigint;
}

interface Definition {
  /** Index in the loader's order. */
  readonly object: number;
  readonly vaddr: bigint;
}

function openObject(resolver: Resolver, path: string): ElfFile | undefined {
  const located = resolver.fs.locate(path);
  if (typeof located === 'string') return undefined;
  let source: FileSource | undefined;
  try {
    source = openFile(located.hostPath);
    return new ElfFile(source);
  } catch (error) {
    source?.close();
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

// SHA-256 of ".net core bundle\n", which every apphost carries behind the offset of its bundle:
// eight zero bytes where it is a plain apphost.
const MARKER = Buffer.from(
  '8b1202b96a612038727b930214d7a03213f5b9e6efae3318ee3b2dce24b36aae',
  'hex',
);
const APPHOST_LEAST_BYTES = 1024 + 8 + MARKER.length;

function hasMarker(data: Buffer): boolean {
  for (let at = data.indexOf(MARKER, 8); at >= 8; at = data.indexOf(MARKER, at + 1)) {
    if (data.subarray(at - 8, at).every((byte) => byte === 0)) return true;
  }
  return false;
}
