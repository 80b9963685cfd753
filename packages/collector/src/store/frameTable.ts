// SPDX-License-Identifier: Apache-2.0
// Every frame that was ever received, once, and the function that a person takes it for: addresses
// and lines of one function are one box of a flame graph.
import { baseName, bytes, type GrowingColumn, SequenceTable, uints } from '@otelkit/profiles';
import { COLLECTOR_LIMITS } from '../limits.ts';
import type { ExecutableTable } from './executableTable.ts';
import { type FrameFacts, type FrameKey, frameOfKey, keyOfFrame } from './frameKey.ts';
import { PendingTable } from './pendingTable.ts';
import { TABLES } from './schema.ts';
import { Strings } from './strings.ts';

type Numbers = GrowingColumn<Uint32Array>;

interface FunctionColumns {
  readonly name: Numbers;
  readonly kind: Numbers;
  readonly file: Numbers;
  readonly line: Numbers;
  readonly module: Numbers;
  readonly inlined: GrowingColumn<Uint8Array>;
}

/** What is told of a frame later, by {@link FrameTable.rename}. */
const NO_NAMES = { functionName: '', systemName: '', file: '', line: 0, startLine: 0, column: 0 };

/** Kinds beyond are told apart no more when samples are chosen by kind. */
const KIND_BITS = 31;

export class FrameTable {
  readonly strings: Strings = new Strings();
  readonly pending: PendingTable = new PendingTable(TABLES.frames);
  readonly pendingKinds: PendingTable = new PendingTable(TABLES.kinds);
  readonly kinds: string[] = [];
  /** How often {@link functionOf} changed for a frame that was there. */
  renames = 0;
  /** By frame. */
  readonly #functionOf = uints();
  readonly #executableOf = uints();
  readonly #kindOf = bytes();
  /** 1: has a name, 2: has a line. */
  readonly #known = bytes();
  /** By function: numbers of strings. */
  readonly functions: FunctionColumns = {
    name: uints(),
    kind: uints(),
    file: uints(),
    line: uints(),
    module: uints(),
    inlined: bytes(),
  };
  readonly #functionAt = new Map<string, number>();
  /** What each frame came as. */
  readonly #facts = new SequenceTable(COLLECTOR_LIMITS.frames);
  readonly #executables: ExecutableTable;

  constructor(executables: ExecutableTable) {
    this.#executables = executables;
  }

  get count(): number {
    return this.#functionOf.length;
  }

  get functionCount(): number {
    return this.functions.name.length;
  }

  /** Function of each frame: a view, valid until the next frame comes. */
  get functionOf(): Uint32Array {
    return this.#functionOf.view();
  }

  get executableOf(): Uint32Array {
    return this.#executableOf.view();
  }

  /** Bits: 1 has a name, 2 has a line. */
  get known(): Uint8Array {
    return this.#known.view();
  }

  kindOf(frame: number): number {
    return this.#kindOf.at(frame);
  }

  /** The bit of a frame's kind in a stack's mask. */
  kindBit(frame: number): number {
    return 1 << Math.min(KIND_BITS, this.#kindOf.at(frame));
  }

  bitOfKind(kind: string): number {
    const index = this.kinds.indexOf(kind);
    return index < 0 ? 0 : 1 << Math.min(KIND_BITS, index);
  }

  /** The number of a frame; told to the store when it is new. */
  of(key: FrameKey): number {
    const number = this.#facts.of(key);
    if (number < this.count) return number;
    const frame = frameOfKey(key, this.strings);
    this.#take(frame);
    this.pending.push([
      number,
      frame.kind,
      frame.functionName,
      frame.systemName,
      frame.file,
      frame.line,
      frame.startLine,
      frame.column,
      frame.executable,
      frame.address,
      frame.isInlined ? 1 : 0,
      0,
    ]);
    return number;
  }

  /**
   * Takes a frame of the store under its number; numbers without a frame are left empty.
   * @param isRenamed it came without names: that is how it will come again
   */
  load(number: number, frame: FrameFacts, isRenamed: boolean): void {
    while (this.count < number) {
      this.#facts.add([]);
      this.#append(0, 0, 0, 0);
    }
    const first = isRenamed ? { ...frame, ...NO_NAMES } : frame;
    this.#facts.add(keyOfFrame(first, this.strings));
    this.#take(frame);
  }

  /** Forgets those that no stack has: they are new when they come again. @returns which */
  retain(isKept: (number: number) => boolean): Uint32Array {
    return this.#facts.retain(isKept);
  }

  #take(frame: FrameFacts): void {
    const fn = this.#functionFor(frame);
    this.#append(fn, frame.executable, this.#kindNumber(frame.kind), knownBits(frame));
  }

  /** The same frame has got a name. */
  rename(number: number, frame: FrameFacts): void {
    this.renames++;
    this.#functionOf.view()[number] = this.#functionFor(frame);
    this.#known.view()[number] = knownBits(frame);
  }

  #append(fn: number, executable: number, kind: number, known: number): void {
    this.#functionOf.push(fn);
    this.#executableOf.push(executable);
    this.#kindOf.push(kind);
    this.#known.push(known);
  }

  loadKind(name: string): void {
    this.kinds.push(name);
  }

  #kindNumber(kind: string): number {
    const text = kind || 'unknown';
    const known = this.kinds.indexOf(text);
    if (known >= 0) return known;
    if (this.kinds.length > 254) return 255;
    const number = this.kinds.push(text) - 1;
    this.pendingKinds.push([number, text]);
    return number;
  }

  #functionFor(frame: FrameFacts): number {
    const { strings, functions } = this;
    const file = baseName(this.#executables.pathOf(frame.executable));
    const isGo = frame.kind === 'go' && frame.functionName !== '';
    const module = isGo ? goPackage(frame.functionName) : file;
    const name = frame.functionName || placeText(file, frame);
    const kind = frame.kind || 'unknown';
    const key = `${name}\0${kind}\0${frame.file}\0${module}\0${frame.isInlined}`;
    const known = this.#functionAt.get(key);
    if (known !== undefined) {
      const line = functions.line.at(known);
      // Where the start of the function is not told: the first of its lines.
      const candidate = frame.startLine || frame.line;
      if (candidate > 0 && (line === 0 || candidate < line))
        functions.line.view()[known] = candidate;
      return known;
    }
    functions.name.push(strings.of(name));
    functions.kind.push(strings.of(kind));
    functions.file.push(strings.of(frame.file));
    functions.line.push(frame.startLine || frame.line);
    functions.module.push(strings.of(module));
    functions.inlined.push(frame.isInlined ? 1 : 0);
    const number = this.functionCount - 1;
    this.#functionAt.set(key, number);
    return number;
  }
}

function knownBits({ functionName, line }: FrameFacts): number {
  return (functionName === '' ? 0 : 1) + (line === 0 ? 0 : 2);
}

/** `libc.so.6+0x1234` */
function placeText(file: string, { address, kind }: FrameFacts): string {
  if (file === '' && address === 0n) return `[${kind || 'unknown'}]`;
  return `${file || `[${kind || 'unknown'}]`}+0x${address.toString(16)}`;
}

/** `net/http` of `net/http.(*conn).serve` */
export function goPackage(functionName: string): string {
  // Type parameters may hold paths themselves.
  const end = functionName.indexOf('[');
  const plain = end < 0 ? functionName : functionName.slice(0, end);
  const slash = plain.lastIndexOf('/');
  const dot = plain.indexOf('.', slash + 1);
  return dot < 0 ? plain : plain.slice(0, dot);
}
