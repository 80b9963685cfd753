// SPDX-License-Identifier: Apache-2.0
// Names for kernel addresses. Modules and BPF programs come and go: what is loaded is compared now
// and then, and kallsyms read again where it changed or an address has no name.
import { ProcError, ProcFs } from '@otelkit/core';
import { SYMBOL_LIMITS } from '../limits.ts';
import type { KallsymsStore } from './kallsymsStore.ts';
import { identify, type KernelModule, type LoadedModule, readModules } from './kernelModules.ts';
import { type KernelFunctions, kernelNameAt } from './parseKallsyms.ts';
import { readKallsyms } from './readKallsyms.ts';

const KERNEL = 'vmlinux';
/** Pseudo-modules of kallsyms: nothing is loaded under these names. */
const BPF = 'bpf';
const GAP = 0xffffffff;

export interface KernelSymbolOptions {
  readonly procFs?: ProcFs;
  /** Where sysfs is mounted. */
  readonly sysRoot?: string;
  /** Where functions are kept while this kernel runs. */
  readonly store?: KallsymsStore;
  /** A clock that does not jump, in milliseconds. */
  readonly now?: () => number;
}

/** A function of the kernel. */
export interface KernelFrame {
  readonly functionName: string;
  /** `vmlinux`, a module's name, `bpf`, or another group as kallsyms words it. */
  readonly module: string;
  /** From the start of the function. */
  readonly offsetBytes: number;
}

/** `hidden`: addresses are zero for this user. `unreadable`: no kallsyms in this kernel. */
export type KernelSymbolState = 'available' | 'hidden' | 'unreadable';

/** See {@link KernelSymbols.resolve}. Nothing is read before the first look-up. */
export class KernelSymbols {
  readonly #fs: ProcFs;
  readonly #sysRoot: string;
  readonly #now: () => number;
  readonly #store: KallsymsStore | undefined;
  #functions: KernelFunctions | undefined;
  #loaded: readonly LoadedModule[] = [];
  #loadedKey = '';
  #modules: readonly KernelModule[] | undefined;
  #state: KernelSymbolState = 'unreadable';
  #readAtMs = Number.NEGATIVE_INFINITY;
  #checkedAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: KernelSymbolOptions = {}) {
    this.#fs = options.procFs ?? new ProcFs();
    this.#sysRoot = options.sysRoot ?? '/sys';
    this.#store = options.store;
    this.#now = options.now ?? (() => performance.now());
  }

  get state(): KernelSymbolState {
    this.#refresh(false);
    return this.#state;
  }

  /** Why there are no names, and what gives them; undefined when there are. */
  get problem(): string | undefined {
    const { state } = this;
    if (state === 'hidden') {
      return (
        'kernel functions have no names: addresses in /proc/kallsyms are hidden from this user; ' +
        'run as root, or with CAP_SYSLOG and kernel.kptr_restrict at most 1'
      );
    }
    return state === 'unreadable'
      ? 'kernel functions have no names: /proc/kallsyms cannot be read'
      : undefined;
  }

  /** Memory it holds, about. */
  get sizeBytes(): number {
    const functions = this.#functions;
    if (functions === undefined) return 0;
    const { starts, names, owners, nameBytes } = functions;
    return starts.byteLength + names.byteLength + owners.byteLength + nameBytes.length;
  }

  /** Modules that are loaded, the kernel itself first, with their build IDs. */
  get modules(): readonly KernelModule[] {
    this.#refresh(false);
    this.#modules ??= this.#identify();
    return this.#modules;
  }

  /** The function at an address ({@link kernelAddress}); undefined where none is known. */
  resolve(address: number): KernelFrame | undefined {
    this.#refresh(false);
    const frame = this.#find(address);
    if (frame !== undefined || this.#state !== 'available') return frame;
    // Perhaps a BPF program that was loaded since.
    return this.#refresh(true) ? this.#find(address) : undefined;
  }

  #find(address: number): KernelFrame | undefined {
    const functions = this.#functions;
    if (functions === undefined) return undefined;
    const i = lastAtOrBelow(functions.starts, address);
    if (i < 0 || functions.names[i] === GAP) return undefined;
    const offsetBytes = address - functions.starts[i]!;
    if (offsetBytes >= SYMBOL_LIMITS.kernelFunctionBytes) return undefined;
    const owner = functions.modules[functions.owners[i]!]!;
    if (owner !== '' && owner !== BPF && this.#isBehind(owner, address)) return undefined;
    const functionName = kernelNameAt(functions.nameBytes, functions.names[i]!);
    return { functionName, module: owner === '' ? KERNEL : owner, offsetBytes };
  }

  /** True past the end of a module: the last function of it would reach to the next module. */
  #isBehind(name: string, address: number): boolean {
    const module = this.#loaded.find((one) => one.name === name);
    return module !== undefined && address >= module.end && address > module.start;
  }

  /** Reads again what may have changed; true when it did. */
  #refresh(isMiss: boolean): boolean {
    const now = this.#now();
    if (now - this.#checkedAtMs >= SYMBOL_LIMITS.kernelCheckMs) {
      this.#checkedAtMs = now;
      const loaded = readModules(this.#fs);
      const key = loaded.map(({ name, start }) => `${name}@${start}`).join();
      if (key !== this.#loadedKey || this.#functions === undefined) {
        this.#loaded = loaded;
        this.#loadedKey = key;
        return this.#load() || this.#read(now);
      }
    }
    if (!isMiss || now - this.#readAtMs < SYMBOL_LIMITS.kernelRereadMs) return false;
    return this.#read(now);
  }

  /** What was kept of this run of the kernel with these modules. */
  #load(): boolean {
    const key = this.#storeKey();
    const functions = key === undefined ? undefined : this.#store?.load(key);
    if (functions === undefined) return false;
    this.#functions = functions;
    this.#modules = undefined;
    this.#state = 'available';
    return true;
  }

  #save(functions: KernelFunctions): void {
    const { isHidden, isTruncated } = functions;
    const key = isHidden || isTruncated ? undefined : this.#storeKey();
    if (key === undefined) return;
    this.#store?.save(key, functions, new Set(this.#loaded.map(({ name }) => name)));
  }

  #storeKey(): string | undefined {
    if (this.#store === undefined) return undefined;
    try {
      const { bytes } = this.#fs.readHost('sys/kernel/random/boot_id');
      return `${bytes.toString('latin1').trim()} ${this.#loadedKey}`;
    } catch (error) {
      if (!(error instanceof ProcError)) throw error;
      return undefined;
    }
  }

  #read(now: number): boolean {
    this.#readAtMs = now;
    this.#modules = undefined;
    try {
      this.#functions = readKallsyms(this.#fs);
      this.#state = this.#functions.isHidden ? 'hidden' : 'available';
      this.#save(this.#functions);
    } catch (error) {
      if (!(error instanceof ProcError)) throw error;
      this.#state = 'unreadable';
      this.#functions = undefined;
    }
    return true;
  }

  #identify(): KernelModule[] {
    const modules = this.#loaded.map((one) => identify(this.#fs, this.#sysRoot, one));
    const range = this.#kernelRange();
    if (range === undefined) return modules;
    return [identify(this.#fs, this.#sysRoot, { name: KERNEL, ...range }), ...modules];
  }

  /** From the first to the last function of the kernel itself. */
  #kernelRange(): { start: number; end: number } | undefined {
    const functions = this.#functions;
    if (functions === undefined) return undefined;
    const { starts, names, owners } = functions;
    let first = 0;
    while (first < starts.length && (owners[first] !== 0 || names[first] === GAP)) first++;
    let last = starts.length - 1;
    while (last >= 0 && (owners[last] !== 0 || names[last] === GAP)) last--;
    if (first >= last) return undefined;
    return { start: starts[first]!, end: starts[last]! + 1 };
  }
}

function lastAtOrBelow(starts: Float64Array, address: number): number {
  let first = 0;
  let end = starts.length;
  while (first < end) {
    const middle = (first + end) >>> 1;
    if (starts[middle]! <= address) first = middle + 1;
    else end = middle;
  }
  return first - 1;
}
