// SPDX-License-Identifier: Apache-2.0
// All sources of names behind one door: files, the kernel, code that processes make, the vDSO.
// Synchronous: it is what runs in the worker, and what a command uses that has nothing else to do.
import { InputError, ProcError, ProcFs } from '@otelkit/core';
import { FrameStore } from '../files/frameStore.ts';
import { type KeptFile, KeptFrames } from '../files/keptFrames.ts';
import {
  type CachedSymbols,
  SymbolCache,
  type SymbolCacheOptions,
  type SymbolFile,
} from '../files/symbolCache.ts';
import { type FileSymbols, NO_FRAMES, type SourceFrame } from '../frames.ts';
import { KallsymsStore } from '../kernel/kallsymsStore.ts';
import { KernelSymbols } from '../kernel/kernelSymbols.ts';
import { SYMBOL_LIMITS } from '../limits.ts';
import { GeneratedCode } from '../process/generatedCode.ts';
import { openVdsoSymbols, readVdso } from '../process/vdso.ts';
import { BatchWriter, emptyBatch, type ResolvedBatch } from './batch.ts';

/** Whose addresses are asked for. Plain data. */
export type SymbolTarget =
  | { readonly kind: 'file'; readonly file: SymbolFile }
  /** Addresses as {@link kernelAddress} gives them; a frame's file is its module. */
  | { readonly kind: 'kernel' }
  /**
   * Absolute addresses in memory without a file; none of them: its map will be needed. `key` tells
   * programs of one process number apart.
   */
  | { readonly kind: 'generated'; readonly pid: number; readonly key?: string }
  | { readonly kind: 'vdso' };

export interface SymbolizerOptions extends SymbolCacheOptions {
  /** Where frames of files are kept, and the kernel's functions; nowhere without. */
  readonly frameFolder?: string;
  readonly procFs?: ProcFs;
  readonly sysRoot?: string;
}

export class Symbolizer {
  readonly #fs: ProcFs;
  readonly #files: SymbolCache;
  readonly #kernel: KernelSymbols;
  /** Undefined where nothing is kept: costs time after a restart, and no names. */
  readonly #kept: KeptFrames | undefined;
  readonly #hasLines: boolean;
  /** Oldest use first. */
  readonly #generated = new Map<string, GeneratedCode>();
  #vdso: FileSymbols | undefined;
  #vdsoProblem: string | undefined;

  constructor(options: SymbolizerOptions = {}) {
    this.#fs = options.procFs ?? new ProcFs();
    this.#files = new SymbolCache(options);
    this.#hasLines = options.dwarf !== undefined;
    const { sysRoot, frameFolder } = options;
    const store = frameFolder === undefined ? '' : FrameStore.open(frameFolder);
    this.#kept = typeof store === 'string' ? undefined : new KeptFrames(store);
    const kernelStore = frameFolder === undefined ? '' : KallsymsStore.open(frameFolder);
    this.#kernel = new KernelSymbols({
      procFs: this.#fs,
      ...(typeof kernelStore !== 'string' && { store: kernelStore }),
      ...(sysRoot !== undefined && { sysRoot }),
    });
  }

  /** Memory held by symbol tables, about. */
  get sizeBytes(): number {
    let sum = this.#files.sizeBytes + this.#files.lineBytes + this.#kernel.sizeBytes;
    for (const code of this.#generated.values()) sum += code.sizeBytes;
    return sum;
  }

  /** The frames of all addresses; those without a name have none. */
  resolve(target: SymbolTarget, addresses: Float64Array): ResolvedBatch {
    if (addresses.length > SYMBOL_LIMITS.addressesPerRequest) {
      return emptyBatch(addresses.length, `${addresses.length} addresses are too many at once`);
    }
    try {
      const { prepare, frameAt, problem } = this.#namerOf(target);
      prepare?.(addresses);
      const writer = new BatchWriter(addresses.length);
      for (const address of addresses) writer.add(frameAt(address));
      return writer.finish(problem());
    } catch (error) {
      // The file went away or its disk fails while it is read.
      if (!(error instanceof InputError) && !(error instanceof ProcError)) throw error;
      return emptyBatch(addresses.length, error.message);
    } finally {
      this.#files.releaseLines();
    }
  }

  /** Writes down, now and then, what was found; to be called when the answer is out. */
  save(): void {
    this.#kept?.save(false);
  }

  /** Gives back the memory of debug information: nothing was asked for a while. */
  releaseLines(): void {
    this.#files.releaseLines(0);
  }

  /** Closes all files. */
  close(): void {
    this.#kept?.release();
    this.#files.clear();
    for (const code of this.#generated.values()) code.close();
    this.#generated.clear();
    this.#vdso?.close();
    this.#vdso = undefined;
  }

  #namerOf(target: SymbolTarget): Namer {
    if (target.kind === 'file') return this.#fileNamer(target.file);
    if (target.kind === 'kernel') {
      const kernel = this.#kernel;
      return { frameAt: (address) => kernelFrames(kernel, address), problem: () => kernel.problem };
    }
    if (target.kind === 'generated') {
      const code = this.#generatedBy(target);
      code.expect();
      return {
        frameAt: (address) => oneFrame(code.nameAt(address)),
        problem: () => code.problem,
      };
    }
    const vdso = this.#openVdso();
    return {
      frameAt: (vaddr) => vdso?.resolve(vaddr) ?? NO_FRAMES,
      problem: () => this.#vdsoProblem,
    };
  }

  /** Opens the file when something is asked for that is not known. */
  #fileNamer(file: SymbolFile): Namer {
    const kept = this.#keptOf(file);
    let opened: CachedSymbols | undefined;
    const open = (): CachedSymbols => {
      opened ??= this.#files.get(file);
      return opened;
    };
    const problem = (): string | undefined => opened?.problem ?? opened?.symbols?.problem;
    return {
      prepare: (vaddrs) => {
        const missing = kept === undefined ? vaddrs : vaddrs.filter((v) => !kept.frames.has(v));
        if (missing.length > 0) open().symbols?.prepare(missing);
      },
      frameAt: (vaddr) => {
        const known = kept?.frames.get(vaddr);
        if (known !== undefined) return known;
        const { symbols } = open();
        const frames = symbols?.resolve(vaddr) ?? NO_FRAMES;
        const mayKeep = kept !== undefined && kept.frames.size < SYMBOL_LIMITS.storedAddresses;
        if (mayKeep && symbols?.isPartial === false && problem() === undefined) {
          kept.frames.add(vaddr, frames);
          kept.newCount++;
          kept.isFinal = symbols.isFinal;
        }
        return frames;
      },
      problem,
    };
  }

  #keptOf({ content, lines, debugDirectories }: SymbolFile): KeptFile | undefined {
    if (content === undefined) return undefined;
    const kind = this.#hasLines && lines !== false ? 'lines' : 'functions';
    // Who asks servers finds more.
    const where = debugDirectories === undefined ? '' : '-elsewhere';
    return this.#kept?.of(`${content}-${kind}${where}`);
  }

  #generatedBy({ pid, key = `${pid}` }: { pid: number; key?: string }): GeneratedCode {
    const code = this.#generated.get(key) ?? new GeneratedCode(pid, { procFs: this.#fs });
    this.#generated.delete(key);
    this.#generated.set(key, code);
    let sizeBytes = 0;
    for (const one of this.#generated.values()) sizeBytes += one.sizeBytes;
    for (const [oldest, one] of this.#generated) {
      const isFull =
        this.#generated.size > SYMBOL_LIMITS.generatedCodeProcesses ||
        sizeBytes > SYMBOL_LIMITS.generatedCodeBytes;
      if (!isFull || oldest === key) break;
      this.#generated.delete(oldest);
      sizeBytes -= one.sizeBytes;
      one.close();
    }
    return code;
  }

  #openVdso(): FileSymbols | undefined {
    if (this.#vdso !== undefined || this.#vdsoProblem !== undefined) return this.#vdso;
    const bytes = readVdso(this.#fs);
    if (bytes === undefined) this.#vdsoProblem = 'this kernel gives processes no vDSO';
    else this.#vdso = openVdsoSymbols(bytes);
    return this.#vdso;
  }
}

interface Namer {
  readonly prepare?: (addresses: Float64Array) => void;
  readonly frameAt: (address: number) => readonly SourceFrame[];
  /** To be asked when all addresses are done. */
  readonly problem: () => string | undefined;
}

function oneFrame(functionName: string | undefined): readonly SourceFrame[] {
  return functionName === undefined ? NO_FRAMES : [{ functionName, isInlined: false }];
}

function kernelFrames(kernel: KernelSymbols, address: number): readonly SourceFrame[] {
  const found = kernel.resolve(address);
  if (found === undefined) return NO_FRAMES;
  return [{ functionName: found.functionName, file: found.module, isInlined: false }];
}
