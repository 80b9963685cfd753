// SPDX-License-Identifier: Apache-2.0
// Runs a program over a text as a deterministic automaton that is built as it is needed. Time is
// linear in the text; memory is bounded: a full table of states is thrown away and begun anew.
import { compile, type Program } from './program.ts';
import { parsePattern } from './syntax.ts';

const MOST_CACHED_STATES = 2_000;
const ASCII = 128;
const UNKNOWN = -1;
const DEAD = -2;
const MATCHED = -3;

/** A set of program states, and where each ASCII character leads. */
interface Subset {
  readonly members: readonly number[];
  readonly next: Int32Array;
  /** True when the text may end here. */
  readonly acceptsAtEnd: boolean;
}

/** A regular expression whose time to match is linear, whatever pattern and text are. */
export class LinearPattern {
  readonly #program: Program;
  #subsets: Subset[] = [];
  #indexes = new Map<string, number>();

  /** @throws PatternError for syntax that is not supported. */
  constructor(pattern: string) {
    this.#program = compile(parsePattern(pattern));
  }

  /** True when some part of the text matches. */
  test(text: string): boolean {
    let current = this.#startSubset();
    if (current === MATCHED) return true;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      const subset = this.#subsets[current]!;
      let next = unit < ASCII ? subset.next[unit]! : UNKNOWN;
      if (next === UNKNOWN) {
        next = this.#step(subset, unit);
        if (unit < ASCII) subset.next[unit] = next;
      }
      if (next === MATCHED) return true;
      if (next === DEAD) return false;
      current = next;
    }
    return this.#subsets[current]!.acceptsAtEnd;
  }

  #startSubset(): number {
    // The table may have been thrown away, but the start is always rebuilt first, as index 0.
    if (this.#subsets.length > 0) return 0;
    return this.#intern(this.#closure([this.#program.first], true));
  }

  #step(subset: Subset, unit: number): number {
    const { states } = this.#program;
    // A search begins anew at each position, where only `^` no longer holds.
    const entries: number[] = [];
    for (const member of subset.members) {
      const state = states[member]!;
      if (state.kind === 'set' && contains(state.set, unit)) entries.push(state.next);
    }
    const closure = this.#closure(entries, false);
    for (const member of this.#restart()) closure.add(member);
    return this.#intern(closure);
  }

  #restartMembers: ReadonlySet<number> | undefined;

  #restart(): ReadonlySet<number> {
    this.#restartMembers ??= this.#closure([this.#program.first], false);
    return this.#restartMembers;
  }

  /** All states reachable without a character. `end` states stay, to be tried at the end. */
  #closure(entries: readonly number[], isAtStart: boolean): Set<number> {
    const { states } = this.#program;
    const members = new Set<number>();
    const pending = [...entries];
    for (let index = pending.pop(); index !== undefined; index = pending.pop()) {
      if (members.has(index)) continue;
      const state = states[index]!;
      if (state.kind === 'start' && !isAtStart) continue;
      members.add(index);
      if (state.kind === 'split') pending.push(state.next, state.other);
      else if (state.kind === 'start') pending.push(state.next);
    }
    return members;
  }

  #intern(members: ReadonlySet<number>): number {
    const { states } = this.#program;
    const kept: number[] = [];
    for (const member of members) {
      const { kind } = states[member]!;
      if (kind === 'accept') return MATCHED;
      if (kind === 'set' || kind === 'end') kept.push(member);
    }
    if (kept.length === 0) return this.#canRestart() ? this.#store(kept) : DEAD;
    return this.#store(kept.sort((a, b) => a - b));
  }

  #canRestart(): boolean {
    return this.#restart().size > 0;
  }

  #store(kept: readonly number[]): number {
    const key = kept.join();
    const known = this.#indexes.get(key);
    if (known !== undefined) return known;
    if (this.#subsets.length >= MOST_CACHED_STATES) this.#forget();
    this.#subsets.push({
      members: kept,
      next: new Int32Array(ASCII).fill(UNKNOWN),
      acceptsAtEnd: this.#acceptsAtEnd(kept),
    });
    this.#indexes.set(key, this.#subsets.length - 1);
    return this.#subsets.length - 1;
  }

  #forget(): void {
    this.#subsets = [];
    this.#indexes = new Map();
    this.#startSubset();
  }

  /** Follows `$` to the accepting state. */
  #acceptsAtEnd(members: readonly number[]): boolean {
    const { states } = this.#program;
    const pending = members.filter((member) => states[member]!.kind === 'end');
    const seen = new Set<number>();
    for (let index = pending.pop(); index !== undefined; index = pending.pop()) {
      if (seen.has(index)) continue;
      seen.add(index);
      const state = states[index]!;
      if (state.kind === 'accept') return true;
      if (state.kind === 'split') pending.push(state.next, state.other);
      else if (state.kind === 'end') pending.push(state.next);
    }
    return false;
  }
}

function contains(set: readonly number[], unit: number): boolean {
  for (let i = 0; i < set.length; i += 2) {
    if (unit < set[i]!) return false;
    if (unit <= set[i + 1]!) return true;
  }
  return false;
}
