// SPDX-License-Identifier: Apache-2.0
// Call frame instructions (DWARF 5 section 6.4.2) → rows. Nothing is allocated for an FDE.
import { UNWIND_LIMITS } from '../limits.ts';
import type { MachineRegisters } from '../table/layout.ts';
import type { RowColumns } from '../table/rowColumns.ts';
import type { ByteReader } from './byteReader.ts';
import type { Cie } from './cie.ts';
import { cfaExpression, placeExpression } from './expressions.ts';
import { CFA_OP } from './opcodes.ts';
import { type PointerBases, readEncodedPointer } from './pointerEncoding.ts';
import { RememberedStates } from './rememberedStates.ts';
import type { RuleEncoder } from './ruleEncoder.ts';
import { CFA_FROM, SAVED, STATE, STATE_WORDS } from './state.ts';

const UNTRACKED = -1;
/** First byte of a LEB128 number of several. */
const LONG = 0x80;

export class CfaInterpreter {
  readonly state: Int32Array = new Int32Array(STATE_WORDS);
  readonly #reader: ByteReader;
  readonly #registers: MachineRegisters;
  readonly #encoder: RuleEncoder;
  readonly #rows: RowColumns;
  readonly #bases: PointerBases;
  readonly #remembered = new RememberedStates();
  #at = 0;
  #end = 0;
  #tableBase = 0;
  /** .eh_frame_hdr could name one FDE a million times. */
  #budgetBytes: number;
  #cie: Cie | undefined;
  /** What is wrong with the entry just run. */
  problem: string | undefined;

  constructor(
    reader: ByteReader,
    registers: MachineRegisters,
    encoder: RuleEncoder,
    rows: RowColumns,
    bases: PointerBases,
  ) {
    this.#reader = reader;
    this.#registers = registers;
    this.#encoder = encoder;
    this.#rows = rows;
    this.#bases = bases;
    this.#budgetBytes = UNWIND_LIMITS.repeatedInstructions * (reader.bytes.length + 1);
  }

  /** Runs the instructions of a CIE and keeps the state in it. False when they are damaged. */
  initialise(cie: Cie): boolean {
    this.state.fill(0);
    this.state[STATE.cfaKind] = CFA_FROM.UNKNOWN;
    this.#cie = cie;
    this.#end = 0; // No rows.
    this.#at = 0;
    this.#run(cie.instructionsAt, cie.end);
    cie.initial.set(this.state);
    return this.problem === undefined;
  }

  /**
   * Adds the rows of an FDE to the open range of `rows`. Addresses count from `tableBase`.
   * False when its instructions are damaged: the rows so far may be wrong.
   */
  runFde(
    cie: Cie,
    at: number,
    end: number,
    start: number,
    stop: number,
    tableBase: number,
  ): boolean {
    const { initial } = cie;
    for (let i = 0; i < STATE_WORDS; i++) this.state[i] = initial[i]!;
    this.#cie = cie;
    this.#at = start;
    this.#end = stop;
    this.#tableBase = tableBase;
    this.#run(at, end);
    if (this.problem !== undefined) return false;
    this.#addRow();
    return true;
  }

  #addRow(): void {
    if (this.#at >= this.#end) return;
    const encoder = this.#encoder;
    encoder.encode(this.state, this.#cie!.raRegister);
    this.#rows.addRow(this.#at, encoder.head, encoder.offsets);
  }

  /** The instructions that make up nearly all of every file are done here, the others in #rare. */
  #run(start: number, end: number): void {
    const { state } = this;
    const { bytes } = this.#reader;
    const { codeAlign, dataAlign, raRegister } = this.#cie!;
    const { fp, sp, kept } = this.#registers;
    this.#remembered.clear();
    this.problem = undefined;
    this.#budgetBytes -= end - start;
    if (this.#budgetBytes < 0) this.problem = 'more instructions than the section has bytes';
    let at = start;
    while (at < end && this.problem === undefined) {
      const op = bytes[at++]!;
      // Most operands are LEB128 numbers of one byte.
      const next = at < end ? bytes[at]! : LONG;
      if ((op & 0xc0) === CFA_OP.advance_loc) {
        this.#advance((op & 0x3f) * codeAlign);
      } else if (op >= CFA_OP.offset && op < CFA_OP.restore && next < LONG) {
        at++;
        const register = op & 0x3f;
        if (register === fp || register === raRegister || register === sp || register === kept) {
          this.#save(this.#wordOf(register), SAVED.AT_CFA, next * dataAlign);
        }
      } else if (op === CFA_OP.def_cfa_offset && next < LONG) {
        at++;
        state[STATE.cfaOffset] = next;
      } else if (op === CFA_OP.advance_loc1 && at < end) {
        at++;
        this.#advance(next * codeAlign);
      } else if (op !== CFA_OP.nop) {
        at = this.#rare(op, at, end, dataAlign, codeAlign);
      }
    }
  }

  /** Returns where the next instruction begins. */
  #rare(op: number, at: number, end: number, dataAlign: number, codeAlign: number): number {
    const reader = this.#reader;
    reader.at = at;
    reader.end = end;
    reader.isCut = false;
    if (op >= CFA_OP.restore) this.#restore(op & 0x3f);
    else if (op >= CFA_OP.offset) {
      const offset = reader.uleb() * dataAlign;
      const word = this.#wordOf(op & 0x3f);
      if (word !== UNTRACKED) this.#save(word, SAVED.AT_CFA, offset);
    } else if (op >= CFA_OP.offset_extended) {
      this.#extended(op, reader, this.state, dataAlign);
    } else this.#advanceBy(op, reader, codeAlign);
    if (reader.isCut) this.problem = 'its instructions end inside an operand';
    return reader.at;
  }

  #advanceBy(op: number, reader: ByteReader, codeAlign: number): void {
    if (op === CFA_OP.advance_loc1) this.#advance(reader.u8() * codeAlign);
    else if (op === CFA_OP.advance_loc2) this.#advance(reader.u16() * codeAlign);
    else if (op === CFA_OP.advance_loc4) this.#advance(reader.u32() * codeAlign);
    else {
      const vaddr = readEncodedPointer(reader, this.#cie!.fdeEncoding, this.#bases);
      this.#advance(vaddr - this.#tableBase - this.#at);
    }
  }

  #advance(byBytes: number): void {
    if (!(byBytes >= 0)) {
      this.problem = 'DW_CFA_set_loc goes back';
      return;
    }
    if (byBytes === 0) return;
    this.#addRow();
    this.#at += byBytes;
  }

  #wordOf(register: number): number {
    const { fp, sp, kept } = this.#registers;
    if (register === fp) return STATE.fp;
    if (register === kept) return STATE.kept;
    if (register === this.#cie!.raRegister) return STATE.ra;
    return register === sp ? STATE.sp : UNTRACKED;
  }

  #save(word: number, saved: number, first: number): void {
    this.state[word] = (first | 0) === first ? saved : SAVED.UNKNOWN;
    this.state[word + 1] = first;
  }

  #restore(register: number): void {
    const word = this.#wordOf(register);
    if (word === UNTRACKED) return;
    const { initial } = this.#cie!;
    for (let i = 0; i < 3; i++) this.state[word + i] = initial[word + i]!;
  }

  #extended(op: number, reader: ByteReader, state: Int32Array, dataAlign: number): void {
    switch (op) {
      case CFA_OP.def_cfa:
        this.#cfaRegister(reader.uleb());
        this.#cfaOffset(reader.uleb());
        return;
      case CFA_OP.def_cfa_offset:
        this.#cfaOffset(reader.uleb());
        return;
      case CFA_OP.def_cfa_register:
        this.#cfaRegister(reader.uleb());
        return;
      case CFA_OP.remember_state:
        if (!this.#remembered.push(state)) {
          this.problem = `more than ${UNWIND_LIMITS.rememberedStates} remembered states`;
        }
        return;
      case CFA_OP.restore_state:
        if (!this.#remembered.pop(state)) {
          this.problem = 'DW_CFA_restore_state without a remembered state';
        }
        return;
      case CFA_OP.def_cfa_sf:
        this.#cfaRegister(reader.uleb());
        this.#cfaOffset(reader.sleb() * dataAlign);
        return;
      case CFA_OP.def_cfa_offset_sf:
        this.#cfaOffset(reader.sleb() * dataAlign);
        return;
      case CFA_OP.def_cfa_expression:
        cfaExpression(reader, state);
        return;
      case CFA_OP.gnu_args_size:
        reader.uleb();
        return;
      case CFA_OP.aarch64_set_ra_state:
        reader.uleb();
        reader.sleb();
        return;
      case CFA_OP.aarch64_negate_ra_state:
      case CFA_OP.aarch64_negate_ra_state_with_pc:
        // Signed return addresses are stripped wherever they are read.
        return;
      default:
        this.#registerRule(op, reader, dataAlign);
    }
  }

  #registerRule(op: number, reader: ByteReader, dataAlign: number): void {
    const register = reader.uleb();
    const word = this.#wordOf(register);
    let saved: number = SAVED.UNKNOWN;
    let first = 0;
    switch (op) {
      case CFA_OP.offset_extended:
        saved = SAVED.AT_CFA;
        first = reader.uleb() * dataAlign;
        break;
      case CFA_OP.offset_extended_sf:
        saved = SAVED.AT_CFA;
        first = reader.sleb() * dataAlign;
        break;
      case CFA_OP.gnu_negative_offset_extended:
        saved = SAVED.AT_CFA;
        first = -reader.uleb() * dataAlign;
        break;
      case CFA_OP.restore_extended:
        this.#restore(register);
        return;
      case CFA_OP.undefined:
        saved = SAVED.UNDEFINED;
        break;
      case CFA_OP.same_value:
        saved = SAVED.SAME;
        break;
      case CFA_OP.register:
        saved = SAVED.REGISTER;
        first = reader.uleb();
        break;
      case CFA_OP.val_offset:
        saved = SAVED.IS_CFA;
        first = reader.uleb() * dataAlign;
        break;
      case CFA_OP.val_offset_sf:
        saved = SAVED.IS_CFA;
        first = reader.sleb() * dataAlign;
        break;
      case CFA_OP.expression:
        if (word !== UNTRACKED) {
          placeExpression(reader, this.state, word);
          return;
        }
        reader.skip(reader.uleb());
        return;
      case CFA_OP.val_expression:
        reader.skip(reader.uleb());
        break;
      default:
        this.problem = `instruction 0x${op.toString(16)} is unknown`;
        return;
    }
    if (word !== UNTRACKED) this.#save(word, saved, first);
  }

  #cfaRegister(register: number): void {
    this.state[STATE.cfaKind] = register < 256 ? CFA_FROM.REGISTER : CFA_FROM.UNKNOWN;
    this.state[STATE.cfaRegister] = register;
  }

  #cfaOffset(offset: number): void {
    if ((offset | 0) !== offset) this.state[STATE.cfaKind] = CFA_FROM.UNKNOWN;
    this.state[STATE.cfaOffset] = offset;
  }
}
