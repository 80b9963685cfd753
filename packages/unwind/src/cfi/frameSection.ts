// SPDX-License-Identifier: Apache-2.0
// Walks the entries of one .eh_frame or .debug_frame. What is damaged costs its own entry.
import type { Diagnostics } from '@otelkit/core';
import { UNWIND_LIMITS } from '../limits.ts';
import type { MachineRegisters } from '../table/layout.ts';
import { CFA } from '../table/layout.ts';
import type { RowColumns } from '../table/rowColumns.ts';
import { ByteReader } from './byteReader.ts';
import { type Cie, readCie } from './cie.ts';
import { CfaInterpreter } from './interpreter.ts';
import {
  DW_EH_PE,
  type PointerBases,
  readEncodedPointer,
  readEncodedValue,
} from './pointerEncoding.ts';
import type { RuleEncoder } from './ruleEncoder.ts';

export interface FrameSectionInput {
  readonly bytes: Uint8Array;
  readonly name: string;
  readonly isEhFrame: boolean;
  /** Where its bytes stand in the file; undefined when they were decompressed. */
  readonly fileOffset: number | undefined;
  readonly bases: PointerBases;
}

/** What rows are made for. */
export interface TableTarget {
  readonly registers: MachineRegisters;
  readonly encoder: RuleEncoder;
  readonly rows: RowColumns;
  readonly diagnostics: Diagnostics;
  /** vaddr from which rows count, and where the table ends. */
  readonly baseVaddr: number;
  readonly endVaddr: number;
}

const LONG_LENGTH = 0xffffffff;
const DEBUG_FRAME_CIE = 0xffffffff;

/** Reader of one section; see {@link walk} and {@link readEntryAt}. */
export class FrameSection {
  fdeCount = 0;
  damagedCount = 0;
  readonly #input: FrameSectionInput;
  readonly #target: TableTarget;
  readonly #reader: ByteReader;
  readonly #interpreter: CfaInterpreter;
  readonly #cies = new Map<number, Cie | undefined>();
  #nextAt = 0;
  #lastCieAt = -1;
  #lastCie: Cie | undefined;

  constructor(input: FrameSectionInput, target: TableTarget) {
    this.#input = input;
    this.#target = target;
    this.#reader = new ByteReader(input.bytes);
    this.#interpreter = new CfaInterpreter(
      this.#reader,
      target.registers,
      target.encoder,
      target.rows,
      input.bases,
    );
  }

  /** All entries in their order. A terminator ends it where the size is not known for sure. */
  walk(stopsAtTerminator: boolean): void {
    const { bytes } = this.#input;
    let at = 0;
    while (at + 4 <= bytes.length) {
      const kind = this.readEntryAt(at);
      if (kind === 'stop' || (kind === 'terminator' && stopsAtTerminator)) return;
      if (this.#target.rows.isFull) return;
      at = this.#nextAt;
    }
  }

  /** Adds the rows of the FDE at this place. `stop` when no further entry can be found. */
  readEntryAt(at: number): 'entry' | 'terminator' | 'stop' {
    const reader = this.#reader;
    const idAt = this.#openEntry(at);
    if (idAt < 0) return idAt === TERMINATOR ? 'terminator' : 'stop';
    const is64 = idAt - at === 12;
    const id = is64 && !this.#input.isEhFrame ? reader.u64() : reader.u32();
    if (this.#isCieId(id, is64)) return 'entry';
    this.fdeCount++;
    const cieAt = this.#input.isEhFrame ? idAt - id : id;
    const fieldsAt = reader.at;
    const end = reader.end;
    const cie = this.#cie(cieAt, at);
    if (cie === undefined) return 'entry';
    reader.at = fieldsAt;
    reader.end = end;
    reader.isCut = false;
    this.#readFde(cie, at, end);
    return 'entry';
  }

  /** Reads the length; the reader then stands at the CIE id and ends with the entry. */
  #openEntry(at: number): number {
    const reader = this.#reader;
    const { bytes } = this.#input;
    reader.at = at;
    reader.end = bytes.length;
    reader.isCut = false;
    let length = reader.u32();
    if (length === 0) {
      this.#nextAt = at + 4;
      return TERMINATOR;
    }
    if (length === LONG_LENGTH) length = reader.u64();
    const idAt = reader.at;
    if (!(length >= 4 && length <= bytes.length - idAt)) {
      this.#damaged(at, `its length ${length} does not fit the section; the rest is not read`);
      return STOP;
    }
    this.#nextAt = idAt + length;
    reader.end = idAt + length;
    return idAt;
  }

  #isCieId(id: number, is64: boolean): boolean {
    if (this.#input.isEhFrame) return id === 0;
    // All ones in 64 bits is no number that u64() gives.
    return is64 ? Number.isNaN(id) : id === DEBUG_FRAME_CIE;
  }

  #cie(cieAt: number, fdeAt: number): Cie | undefined {
    if (cieAt === this.#lastCieAt) return this.#lastCie;
    let cie = this.#cies.get(cieAt);
    if (cie === undefined && !this.#cies.has(cieAt)) {
      cie = this.#readCieAt(cieAt, fdeAt);
      if (this.#cies.size < UNWIND_LIMITS.cies) this.#cies.set(cieAt, cie);
    }
    this.#lastCieAt = cieAt;
    this.#lastCie = cie;
    return cie;
  }

  #readCieAt(cieAt: number, fdeAt: number): Cie | undefined {
    const { bytes, isEhFrame, bases } = this.#input;
    if (!(cieAt >= 0 && cieAt + 4 <= bytes.length)) {
      this.#damaged(fdeAt, 'its CIE lies outside the section');
      return undefined;
    }
    const keptNextAt = this.#nextAt;
    const idAt = this.#openEntry(cieAt);
    this.#nextAt = keptNextAt;
    if (idAt < 0) return undefined;
    const reader = this.#reader;
    const is64 = idAt - cieAt === 12;
    const id = is64 && !isEhFrame ? reader.u64() : reader.u32();
    if (!this.#isCieId(id, is64)) {
      this.#damaged(fdeAt, 'its CIE pointer leads to no CIE');
      return undefined;
    }
    const cie = readCie(reader, reader.end, isEhFrame, bases);
    if (typeof cie === 'string') {
      this.#damaged(cieAt, `CIE: ${cie}`);
      return undefined;
    }
    if (this.#interpreter.initialise(cie)) return cie;
    this.#damaged(cieAt, `CIE: ${this.#interpreter.problem}`);
    return undefined;
  }

  #readFde(cie: Cie, fdeAt: number, end: number): void {
    const reader = this.#reader;
    const { rows, baseVaddr, endVaddr } = this.#target;
    reader.skip(cie.segmentBytes);
    const encoding = cie.fdeEncoding;
    const vaddr = readEncodedPointer(reader, encoding, this.#input.bases);
    const sizeBytes = readEncodedValue(reader, encoding & ~DW_EH_PE.SIGNED & 0x0f);
    if (cie.hasAugmentationData) reader.skip(reader.uleb());
    if (reader.isCut) {
      this.#damaged(fdeAt, 'ends inside its header');
      return;
    }
    // Discarded sections leave FDEs of nothing, or of address 0, behind.
    if (!(sizeBytes > 0) || vaddr === 0) return;
    if (!(vaddr >= baseVaddr && vaddr + sizeBytes <= endVaddr)) {
      this.#damaged(fdeAt, 'its addresses lie outside the executable segments');
      return;
    }
    const start = vaddr - baseVaddr;
    if (cie.isSignal) {
      rows.addRange(Math.max(0, start - 1), start + sizeBytes, CFA.SIGNAL, 0);
      return;
    }
    rows.openRange(start, start + sizeBytes);
    if (this.#interpreter.runFde(cie, reader.at, end, start, start + sizeBytes, baseVaddr)) {
      rows.closeRange();
      return;
    }
    rows.dropRange();
    this.#damaged(fdeAt, this.#interpreter.problem ?? 'cannot be run');
  }

  #damaged(at: number, message: string): void {
    this.damagedCount++;
    const { fileOffset, name } = this.#input;
    const place = fileOffset === undefined ? undefined : fileOffset + at;
    this.#target.diagnostics.add('bad-value', `${name} entry 0x${at.toString(16)}`, message, place);
  }
}

const TERMINATOR = -1;
const STOP = -2;
