// SPDX-License-Identifier: Apache-2.0
// One file's debug information in one instance of the module. Whatever is wrong with it ends the
// instance and is a sentence: function names of symbol tables stay.
import { decodeBytes, type ElfFile, InputError } from '@otelkit/core';
import type { DwarfExports, DwarfModule } from './dwarfModule.ts';
import { DWARF_LIMITS } from './limits.ts';
import { DWARF_FILE, loadSections } from './sections.ts';

const FRAME_WORDS = 6;
/** What `open` gives. */
const OPENED = 1;
const OPENED_IN_PART = 2;
const F64_BYTES = 8;
const MICROS_PER_MS = 1_000;
const NO_FRAMES: readonly DwarfFrame[] = [];

/** A function of the source at an address; innermost first, all but the last one are inlined. */
export interface DwarfFrame {
  /** The linker's name where it has one, as in the source otherwise; '' where it is not known. */
  readonly name: string;
  /** '' where it is not known. */
  readonly file: string;
  /** From 1; 0 where it is not known. */
  readonly line: number;
  /** From 1; 0 where it is not known. */
  readonly column: number;
}

/** Where split debug information is. */
export interface SplitFiles {
  /** The .dwp of the program. */
  readonly package: ElfFile | undefined;
  /** A .dwo by what its skeleton says. The caller of this closes it. */
  openDwo(path: string, folder: string): ElfFile | undefined;
}

export interface DwarfFiles {
  /** The program or its debug file: what has .debug_info. */
  readonly main: ElfFile;
  /** What dwz moved out of it. */
  readonly supplement: ElfFile | undefined;
  readonly split: SplitFiles;
}

/** See the file's head. */
export class DwarfInstance {
  readonly #module: DwarfModule;
  readonly #files: DwarfFiles;
  readonly #strings = new Map<number, string>();
  #wasm: DwarfExports | undefined;
  #addressAt = 0;
  #loadedBytes = 0;
  #dwoCount = 0;
  #usedMs = 0;
  #resolvedCount = 0;
  /** A .dwo was not there: another time more may be known. */
  isPartial = false;
  /** Why there is nothing, or nothing any more. */
  problem: string | undefined;
  /** What is wrong with a part of it; the rest is there. */
  damage: string | undefined;

  constructor(module: DwarfModule, files: DwarfFiles) {
    this.#module = module;
    this.#files = files;
    this.#guarded(() => this.#open());
  }

  /** Memory of the instance. */
  get sizeBytes(): number {
    return this.#wasm?.memory.buffer.byteLength ?? 0;
  }

  /** The frames at an address; none where nothing is known. */
  framesAt(vaddr: number): readonly DwarfFrame[] {
    if (this.#wasm === undefined) return NO_FRAMES;
    return this.#guarded(() => this.#resolve(vaddr)) ?? NO_FRAMES;
  }

  close(): void {
    this.#wasm = undefined;
    this.#strings.clear();
  }

  /** Runs what may trap, and counts its time. */
  #guarded<T>(work: () => T): T | undefined {
    const startMs = performance.now();
    const startCpu = process.cpuUsage();
    try {
      return work();
    } catch (error) {
      if (!this.#module.isTrap(error)) throw error;
      const isEndless = this.#wasm?.out_of_fuel() === 1;
      this.#giveUp(isEndless ? 'it stands for endless work' : 'it is damaged or too large');
      return undefined;
    } finally {
      // Neither what others do in this process nor what keeps it waiting counts.
      const { user, system } = process.cpuUsage(startCpu);
      this.#usedMs += Math.min(performance.now() - startMs, (user + system) / MICROS_PER_MS);
      const mostMs = DWARF_LIMITS.fileMs + this.#resolvedCount * DWARF_LIMITS.addressMs;
      if (this.#usedMs > mostMs) this.#giveUp(`it took more than ${mostMs} ms`);
    }
  }

  #giveUp(why: string): void {
    this.problem ??= `no lines from DWARF: ${why}`;
    this.close();
  }

  #open(): void {
    const wasm = this.#module.start((...place) => this.#loadDwo(...place));
    this.#wasm = wasm;
    const { main, supplement, split } = this.#files;
    this.#load(main, DWARF_FILE.main);
    if (supplement !== undefined) this.#load(supplement, DWARF_FILE.supplement);
    if (split.package !== undefined) this.#load(split.package, DWARF_FILE.package);
    if (this.#wasm === undefined) return;
    this.#addressAt = wasm.allocate(F64_BYTES);
    if (this.#addressAt === 0) this.#giveUp('it is too large');
    else this.#takeOpened(wasm, wasm.open(this.#fuel()));
  }

  #takeOpened(wasm: DwarfExports, result: number): void {
    if (result === OPENED) return;
    const message = decodeBytes(this.#bytes(wasm.message(), wasm.message_bytes()));
    if (result === OPENED_IN_PART) this.damage = `lines from DWARF are missing: ${message}`;
    else this.#giveUp(message);
  }

  #load(elf: ElfFile, file: number): void {
    if (this.#wasm === undefined) return;
    const most = DWARF_LIMITS.sectionBytes - this.#loadedBytes;
    const size = loadSections(this.#wasm, elf, file, most);
    if (typeof size === 'number') this.#loadedBytes += size;
    else this.#giveUp(size);
  }

  #fuel(): number {
    return DWARF_LIMITS.fuel + DWARF_LIMITS.fuelPerByte * this.#loadedBytes;
  }

  #resolve(vaddr: number): DwarfFrame[] {
    const wasm = this.#wasm!;
    this.#resolvedCount++;
    new Float64Array(wasm.memory.buffer, this.#addressAt, 1)[0] = vaddr;
    wasm.resolve(this.#addressAt, 1, this.#fuel());
    const words = new Uint32Array(wasm.memory.buffer);
    let at = (wasm.records() >>> 0) / Uint32Array.BYTES_PER_ELEMENT;
    const count = words[at++]!;
    const frames: DwarfFrame[] = [];
    for (let i = 0; i < count; i++, at += FRAME_WORDS) {
      frames.push({
        name: this.#string(words[at]!, words[at + 1]!),
        file: this.#string(words[at + 2]!, words[at + 3]!),
        line: words[at + 4]!,
        column: words[at + 5]!,
      });
    }
    return frames;
  }

  /** Names and paths stay where they are as long as the instance: one place is one text. */
  #string(at: number, sizeBytes: number): string {
    if (sizeBytes === 0) return '';
    let text = this.#strings.get(at);
    if (text === undefined) {
      text = decodeBytes(this.#bytes(at, Math.min(sizeBytes, DWARF_LIMITS.stringBytes)));
      if (this.#strings.size < DWARF_LIMITS.strings) this.#strings.set(at, text);
    }
    return text;
  }

  #bytes(at: number, sizeBytes: number): Buffer {
    return Buffer.from(this.#wasm!.memory.buffer, at >>> 0, sizeBytes);
  }

  /** Called by the module while it resolves. */
  #loadDwo(path: number, pathBytes: number, folder: number, folderBytes: number): number {
    const isLoaded = this.#tryDwo(path, pathBytes, folder, folderBytes);
    if (!isLoaded) this.isPartial = true;
    return isLoaded ? 1 : 0;
  }

  #tryDwo(path: number, pathBytes: number, folder: number, folderBytes: number): boolean {
    const isTooLong = Math.max(pathBytes, folderBytes) > DWARF_LIMITS.pathBytes;
    if (isTooLong || this.#dwoCount >= DWARF_LIMITS.dwoFiles) return false;
    this.#dwoCount++;
    const elf = this.#files.split.openDwo(
      decodeBytes(this.#bytes(path, pathBytes)),
      decodeBytes(this.#bytes(folder, folderBytes)),
    );
    if (elf === undefined) return false;
    try {
      const rest = DWARF_LIMITS.sectionBytes - this.#loadedBytes;
      const most = Math.min(DWARF_LIMITS.dwoBytes, rest);
      const size = loadSections(this.#wasm!, elf, DWARF_FILE.dwo, most);
      if (typeof size === 'string') return false;
      this.#loadedBytes += size;
      return true;
    } catch (error) {
      // Nothing may be thrown through the module's own frames.
      if (!(error instanceof InputError)) throw error;
      return false;
    } finally {
      elf.source.close();
    }
  }
}
