// SPDX-License-Identifier: Apache-2.0
// Thompson's construction: a pattern becomes a graph of states that is walked without backtracking.
import { type CharSet, type Node, PatternError } from './syntax.ts';

/** A pattern of a few hundred letters has some hundred states; counted repeats multiply. */
const MOST_STATES = 5_000;

/** One state: consumes a character of `set` and goes on, or splits, or asserts, or accepts. */
export type State =
  | { readonly kind: 'set'; readonly set: CharSet; next: number }
  | { readonly kind: 'split'; next: number; other: number }
  | { readonly kind: 'start' | 'end'; next: number }
  | { readonly kind: 'accept' };

export interface Program {
  readonly states: readonly State[];
  readonly first: number;
}

/** @throws PatternError when the pattern is too large. */
export function compile(node: Node): Program {
  const builder = new Builder();
  const accept = builder.add({ kind: 'accept' });
  const first = builder.build(node, accept);
  return { states: builder.states, first };
}

class Builder {
  readonly states: State[] = [];

  add(state: State): number {
    if (this.states.length >= MOST_STATES) throw new PatternError('pattern is too large', 0);
    return this.states.push(state) - 1;
  }

  /** Adds states that match `node` and then go on at `next`; the entry state. */
  build(node: Node, next: number): number {
    switch (node.kind) {
      case 'set':
        return this.add({ kind: 'set', set: node.set, next });
      case 'start':
      case 'end':
        return this.add({ kind: node.kind, next });
      case 'sequence': {
        let entry = next;
        for (const part of node.parts.toReversed()) entry = this.build(part, entry);
        return entry;
      }
      case 'choice': {
        const entries = node.options.map((option) => this.build(option, next));
        return entries.reduce((other, entry) => this.add({ kind: 'split', next: entry, other }));
      }
      case 'repeat':
        return this.#repeat(node.of, node.min, node.max, next);
    }
  }

  #repeat(of: Node, min: number, max: number, next: number): number {
    let entry = next;
    if (max === Number.POSITIVE_INFINITY) {
      const loop: State = { kind: 'split', next: 0, other: next };
      entry = this.add(loop);
      loop.next = this.build(of, entry);
    } else {
      for (let i = min; i < max; i++) {
        entry = this.add({ kind: 'split', next: this.build(of, entry), other: next });
      }
    }
    for (let i = 0; i < min; i++) entry = this.build(of, entry);
    return entry;
  }
}
