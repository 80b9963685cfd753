// SPDX-License-Identifier: Apache-2.0
// Lines and inlined calls of one program. Its debug information is read when an address is asked for
// that is not known yet, and may be given back at any time: it is found again for the next one.
import { type ElfFile, gnuBuildId } from '@otelkit/core';
import { SYMBOL_LIMITS } from '../limits.ts';
import type { DebugFilePlace } from '../native/debugFile.ts';
import { type OpenDwarfFiles, openDwarfFiles } from './dwarfFiles.ts';
import { type DwarfFrame, DwarfInstance } from './dwarfInstance.ts';
import type { DwarfModule } from './dwarfModule.ts';
import type { FrameStore, KnownFrames } from './frameStore.ts';

const NO_FRAMES: readonly DwarfFrame[] = [];

/** Who reads debug information, and where frames are kept. */
export interface DwarfReader {
  readonly module: DwarfModule;
  readonly store?: FrameStore | undefined;
}

/** See the file's head. The program itself stays its owner's. */
export class DwarfLines {
  readonly #reader: DwarfReader;
  readonly #elf: ElfFile;
  readonly #place: DebugFilePlace;
  /** The store's key; '' where nothing tells this program from others. */
  readonly #key: string;
  #known: KnownFrames | undefined;
  #newCount = 0;
  #savedAtMs = Number.NEGATIVE_INFINITY;
  #files: OpenDwarfFiles | undefined;
  #instance: DwarfInstance | undefined;
  #isSearched = false;
  /** Why there are no lines though there is debug information. */
  problem: string | undefined;

  constructor(reader: DwarfReader, elf: ElfFile, place: DebugFilePlace) {
    this.#reader = reader;
    this.#elf = elf;
    this.#place = place;
    this.#key = reader.store === undefined ? '' : (gnuBuildId(elf) ?? '');
  }

  /** Memory held, about. */
  get sizeBytes(): number {
    return this.#instance?.sizeBytes ?? 0;
  }

  /** Debug information was found. */
  get isThere(): boolean {
    return this.#findFiles() !== undefined;
  }

  /** The frames at an address, innermost first; none where nothing is known. */
  framesAt(vaddr: number): readonly DwarfFrame[] {
    if (this.#findFiles() === undefined) return NO_FRAMES;
    this.#known ??= this.#reader.store?.load(this.#key) ?? new Map();
    const known = this.#known.get(vaddr);
    if (known !== undefined) return known;
    const instance = this.#open();
    if (instance === undefined) return NO_FRAMES;
    const frames = instance.framesAt(vaddr);
    this.problem ??= instance.problem;
    if (this.problem === undefined && this.#known.size < SYMBOL_LIMITS.storedAddresses) {
      this.#known.set(vaddr, frames);
      this.#newCount++;
    }
    return frames;
  }

  /** Why a file that was read is no longer it, or undefined. */
  changed(): string | undefined {
    return this.#files?.changed();
  }

  /** Writes down what is new, now and then, or at once. */
  save(isLast: boolean): void {
    const isDue = performance.now() - this.#savedAtMs >= SYMBOL_LIMITS.storeEveryMs;
    const isPartial = this.#files?.isPartial !== false || this.#instance?.isPartial !== false;
    if (this.#newCount === 0 || this.#key === '' || isPartial || !(isDue || isLast)) return;
    this.#reader.store?.save(this.#key, this.#known!);
    this.#savedAtMs = performance.now();
    this.#newCount = 0;
  }

  /** Gives the memory back until lines are asked for again. */
  release(): void {
    this.save(true);
    this.#instance?.close();
    this.#instance = undefined;
    this.#known = undefined;
  }

  close(): void {
    this.release();
    this.#files?.close();
    this.#files = undefined;
  }

  #open(): DwarfInstance | undefined {
    if (this.#instance !== undefined) return this.#instance;
    if (this.problem !== undefined) return undefined;
    const files = this.#findFiles();
    if (files === undefined) return undefined;
    this.#instance = new DwarfInstance(this.#reader.module, files);
    this.problem = this.#instance.problem;
    return this.#instance;
  }

  #findFiles(): OpenDwarfFiles | undefined {
    if (!this.#isSearched) {
      this.#isSearched = true;
      this.#files = openDwarfFiles(this.#elf, this.#place);
    }
    return this.#files;
  }
}
