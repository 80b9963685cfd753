// SPDX-License-Identifier: Apache-2.0
// What the library left in a running process. `/proc/PID/environ` shows what the process was
// started with; the library swaps the C library's `environ` to an array of its own, in front of
// which it writes a 32-byte state (native/injector/src/state.zig). So `environ` is followed through
// /proc/PID/mem. A program that calls setenv(3) moves the array; the record among its entries
// (OTEL_INJECTOR_APPLIED) then still tells.
import { closeSync, openSync, readSync } from 'node:fs';
import { type MappingTable, type ProcFs, toProcError } from '@otelkit/core';
import type { ByteText } from '../../config/byteText.ts';
import { APPLIED, parseApplied } from '../predict/applied.ts';
import {
  type InjectRuntime,
  type InjectVerdict,
  RUNTIMES,
  verdictOf,
} from '../predict/verdicts.ts';

const MAGIC = 'otelinject-state';
const STATE_BYTES = 32;
const STATE_VERSION = 1;
/** Entries of an environment looked at, and bytes of one. */
const MAX_ENTRIES = 65_536;
const FIRST_BYTES = 256;
const MAX_ENTRY_BYTES = 131_072;

/** The state as the library wrote it. */
export interface InjectorState {
  readonly version: number;
  readonly runtime: InjectRuntime | undefined;
  readonly verdict: InjectVerdict | undefined;
  /** Entries of the array when it was handed over. */
  readonly count: number;
}

export interface MemoryFindings {
  readonly state: InjectorState | undefined;
  /** Names that the record among the variables lists; undefined without a record. */
  readonly applied: readonly ByteText[] | undefined;
  /** Names in the environment as it is now. */
  readonly names: readonly ByteText[];
}

/** Reads memory of one process; close it. */
export class ProcessMemory {
  readonly #fd: number;
  readonly #path: string;

  /** @throws ProcError */
  constructor(fs: ProcFs, pid: number) {
    this.#path = fs.path(pid, 'mem');
    try {
      this.#fd = openSync(this.#path, 'r');
    } catch (error) {
      throw toProcError(error, this.#path);
    }
  }

  /** Up to `sizeBytes` bytes; empty where nothing is mapped. @throws ProcError */
  read(address: bigint, sizeBytes: number): Buffer {
    const bytes = Buffer.alloc(sizeBytes);
    // Beyond what pread takes: no address of a program.
    if (address <= 0n || address > 0x7fff_ffff_ffff_ffffn) return bytes.subarray(0, 0);
    try {
      return bytes.subarray(0, readSync(this.#fd, bytes, 0, sizeBytes, address));
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === 'EIO' || code === 'EFAULT') return bytes.subarray(0, 0);
      throw toProcError(error, this.#path);
    }
  }

  /** A zero-terminated string of at most `maxBytes` bytes. @throws ProcError */
  readString(address: bigint, maxBytes: number): ByteText {
    for (let size = Math.min(FIRST_BYTES, maxBytes); ; size = Math.min(size * 16, maxBytes)) {
      const bytes = this.#readTo(address, size);
      const end = bytes.indexOf(0);
      if (end >= 0) return bytes.toString('latin1', 0, end);
      if (bytes.length < size || size === maxBytes) return bytes.toString('latin1');
    }
  }

  /** A read that stops where the mapping ends. */
  #readTo(address: bigint, sizeBytes: number): Buffer {
    const bytes = this.read(address, sizeBytes);
    if (bytes.length > 0 || sizeBytes <= 1) return bytes;
    const toPageEnd = Number(4096n - (address % 4096n));
    return toPageEnd >= sizeBytes ? bytes : this.read(address, toPageEnd);
  }

  close(): void {
    closeSync(this.#fd);
  }
}

/** Where the C library's `environ` variable is: its file and address there. */
export interface EnvironSymbol {
  readonly path: string;
  readonly vaddr: bigint;
  /** Page-aligned address of the file's first PT_LOAD. */
  readonly firstVaddr: bigint;
}

/** Follows `environ`. Undefined where the file is not mapped or the variable is not set yet. */
export function readInjectorState(
  memory: ProcessMemory,
  maps: MappingTable,
  { path, vaddr, firstVaddr }: EnvironSymbol,
): MemoryFindings | undefined {
  const base = baseOf(maps, path);
  if (base === undefined) return undefined;
  const cell = memory.read(base - firstVaddr + vaddr, 8);
  if (cell.length < 8) return undefined;
  const array = cell.readBigUInt64LE();
  if (array === 0n) return undefined;
  const state = parseState(memory.read(array - BigInt(STATE_BYTES), STATE_BYTES));
  const names: ByteText[] = [];
  let applied: ByteText[] | undefined;
  for (const address of pointers(memory, array)) {
    const name = memory.readString(address, FIRST_BYTES).split('=')[0]!;
    names.push(name);
    if (name !== APPLIED || applied !== undefined) continue;
    const record = memory.readString(address, MAX_ENTRY_BYTES).slice(APPLIED.length + 1);
    applied = [...new Set(parseApplied(record).map((entry) => entry.name))];
  }
  return { state, applied, names };
}

/** Start of the lowest mapping of a file. */
function baseOf(maps: MappingTable, path: string): bigint | undefined {
  for (let i = 0; i < maps.count; i++) {
    if (maps.object(i).name === path && maps.fileOffset(i) === 0n) return maps.start(i);
  }
  return undefined;
}

function* pointers(memory: ProcessMemory, array: bigint): Generator<bigint> {
  const step = 512;
  for (let first = 0; first < MAX_ENTRIES; first += step) {
    let bytes = memory.read(array + BigInt(first * 8), step * 8);
    // The array may end shortly before its mapping does.
    if (bytes.length === 0) bytes = memory.read(array + BigInt(first * 8), 8);
    for (let at = 0; at + 8 <= bytes.length; at += 8) {
      const address = bytes.readBigUInt64LE(at);
      if (address === 0n) return;
      yield address;
    }
    if (bytes.length < step * 8) return;
  }
}

/** magic[16], u32 version, u8 runtime, u8 verdict, u16, u64 count; undefined for other bytes. */
export function parseState(bytes: Buffer): InjectorState | undefined {
  if (bytes.length < STATE_BYTES || bytes.toString('latin1', 0, 16) !== MAGIC) return undefined;
  const version = bytes.readUInt32LE(16);
  const isKnown = version === STATE_VERSION;
  return {
    version,
    runtime: isKnown ? RUNTIMES[bytes[20]!] : undefined,
    verdict: isKnown ? verdictOf(bytes[21]!) : undefined,
    count: Number(bytes.readBigUInt64LE(24)),
  };
}
