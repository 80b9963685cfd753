// SPDX-License-Identifier: Apache-2.0
// Call frame instructions (DWARF 5 section 6.4.2) → rows. One object for a whole section: nothing
// is allocated for an FDE.
import { UNWIND_LIMITS } from '../limits.ts';
import type { MachineRegisters } from '../table/layout.ts';
import type { RowColumns } from '../table/rowColumns.ts';
import type { ByteReader } from './byteReader.ts';
import type { Cie } from './cie.ts';
import { cfaExpression, placeExpression } from './expressions.ts';
import { CFA_OP } from './opcodes.ts';
import { type PointerBases, readEncodedPointer } from './pointerEncoding.ts';
import type { RuleEncoder } from './ruleEncoder.ts';
import { CFA_FROM, SAVED, STATE, STATE_WORDS } from './state.ts';

const UNTRACKED = -1;

export class CfaInterpreter {
  readonly state: Int32Array = new Int32Array(STATE_WORDS);
  readonly #reader: ByteReader;
  readonly #registers: MachineRegisters;
  readonly #encoder: RuleEncoder;
  readonly #rows: RowColumns;
  readonly #bases: PointerBases;
  readonly #remembered = new Int32Array(STATE_WORDS * UNWIND_LIMITS.rememberedStates);
  #depth = 0;
  #at = 0;
  #end = 0;
  #tableBase = 0;
  #cie: Cie | undefined;
  /** What is wrong with the entry just run, or undefined. */
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
  }

  /** Runs the instructions of a CIE and keeps the state in it. False when they are damaged. */
  initialise(cie: Cie): boolean {
    this.state.fill(0);
    this.state[STATE.cfaKind] = CFA_FROM.UNKNOWN;
    this.#cie = cie;
    this.#end = Number.POSITIVE_INFINITY;
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
    this.state.set(cie.initial);
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

  #run(at: number, end: number): void {
    const reader = this.#reader;
    const { state } = this;
    const { codeAlign, dataAlign } = this.#cie!;
    this.#depth = 0;
    this.problem = undefined;
    reader.at = at;
    reader.end = end;
    reader.isCut = false;
    let left: number = UNWIND_LIMITS.instructions;
    while (reader.at < end && this.problem === undefined) {
      if (--left < 0) this.problem = `more than ${UNWIND_LIMITS.instructions} instructions`;
      const op = reader.u8();
      const operand = op & 0x3f;
      switch (op & 0xc0) {
        case CFA_OP.advance_loc:
          this.#advance(operand * codeAlign);
          break;
        case CFA_OP.offset: {
          const offset = reader.uleb() * dataAlign;
          const word = this.#wordOf(operand);
          if (word !== UNTRACKED) this.#save(word, SAVED.AT_CFA, offset);
          break;
        }
        case CFA_OP.restore:
          this.#restore(operand);
          break;
        default:
          if (op >= CFA_OP.offset_extended) this.#extended(op, reader, state, dataAlign);
          else if (op !== CFA_OP.nop) this.#advanceBy(op, reader, codeAlign);
      }
    }
    if (reader.isCut) this.problem = 'its instructions end inside an operand';
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
    const { fp, sp } = this.#registers;
    if (register === fp) return STATE.fp;
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
        this.#remember();
        return;
      case CFA_OP.restore_state:
        this.#recall();
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

  #remember(): void {
    if (this.#depth >= UNWIND_LIMITS.rememberedStates) {
      this.problem = `more than ${UNWIND_LIMITS.rememberedStates} remembered states`;
      return;
    }
    this.#remembered.set(this.state, this.#depth * STATE_WORDS);
    this.#depth++;
  }

  #recall(): void {
    if (this.#depth === 0) {
      this.problem = 'DW_CFA_restore_state without a remembered state';
      return;
    }
    this.#depth--;
    const at = this.#depth * STATE_WORDS;
    for (let i = 0; i < STATE_WORDS; i++) this.state[i] = this.#remembered[at + i]!;
  }
}
