// SPDX-License-Identifier: Apache-2.0
// Lines and inlined calls of one program. Its debug information is read when an address is asked for
// that is not known yet, and may be given back at any time: it is found again for the next one.
import type { ElfFile } from '@otelkit/core';
import type { DebugFilePlace } from '../native/debugFile.ts';
import { type OpenDwarfFiles, openDwarfFiles } from './dwarfFiles.ts';
import { type DwarfFrame, DwarfInstance } from './dwarfInstance.ts';
import type { DwarfModule } from './dwarfModule.ts';

const NO_FRAMES: readonly DwarfFrame[] = [];

/** See the file's head. The program itself stays its owner's. */
export class DwarfLines {
  readonly #module: DwarfModule;
  readonly #elf: ElfFile;
  readonly #place: DebugFilePlace;
  #files: OpenDwarfFiles | undefined;
  #instance: DwarfInstance | undefined;
  #isSearched = false;
  /** Why there are no lines though there is debug information. */
  problem: string | undefined;
  /** What is wrong with a part of it; the rest is there. */
  damage: string | undefined;

  constructor(module: DwarfModule, elf: ElfFile, place: DebugFilePlace) {
    this.#module = module;
    this.#elf = elf;
    this.#place = place;
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
    const instance = this.#open();
    if (instance === undefined) return NO_FRAMES;
    const frames = instance.framesAt(vaddr);
    this.problem ??= instance.problem;
    return frames;
  }

  /** Parts of what was read are missing: another time there may be more. */
  get isPartial(): boolean {
    return this.#files?.isPartial === true || this.#instance?.isPartial === true;
  }

  /** Why a file that was read is no longer it, or undefined. */
  changed(): string | undefined {
    return this.#files?.changed();
  }

  /** Gives the memory back until lines are asked for again. */
  release(): void {
    this.#instance?.close();
    this.#instance = undefined;
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
    this.#instance = new DwarfInstance(this.#module, files);
    this.problem = this.#instance.problem;
    this.damage = this.#instance.damage;
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
