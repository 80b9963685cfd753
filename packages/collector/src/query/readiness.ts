// SPDX-License-Identifier: Apache-2.0
// What the first question after a start, or after hours without any, would wait for, is made before it
// comes: sums of hours, paths of stacks, and machine code for what a question runs.
import { setImmediate } from 'node:timers/promises';
import { jsonBytes } from '../api/json.ts';
import { COLLECTOR_LIMITS } from '../limits.ts';
import type { Store } from '../store/store.ts';
import { addPaths } from './callTree.ts';
import { graphOf } from './graph.ts';
import { hourSumsOf } from './hourSums.ts';
import { conditionOf } from './selection.ts';

/** Between two looks at what else wants to be done: some ten milliseconds. */
const STACKS_AT_ONCE = 1_000;
/** Rehearsed with the last seconds of the data: enough to be compiled. */
const REHEARSED_MS = 20_000;

export class Readiness {
  readonly #store: Store;
  #nextStack = 0;
  #isBusy = false;
  #isRehearsed = false;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Sums of hours that are over; call it now and then. */
  prepareHours(): void {
    const { tables } = this.#store;
    hourSumsOf(this.#store).prepare(conditionOf({}, tables));
  }

  /** Call it after writes. Never throws: a question does by itself what is not done here. */
  async prepare(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    try {
      await this.#addPaths();
      if (!this.#isRehearsed) await this.#rehearse();
    } catch {
      // The store was closed, or is asked too much.
    } finally {
      this.#isBusy = false;
    }
  }

  async #addPaths(): Promise<void> {
    const { tables } = this.#store;
    while (this.#nextStack < tables.stacks.count && !this.#store.isClosed) {
      const end = Math.min(tables.stacks.count, this.#nextStack + STACKS_AT_ONCE);
      // A full tree leaves no room for what is asked for.
      const most = COLLECTOR_LIMITS.graphBuildNodes / 2;
      if (!addPaths(tables, this.#nextStack, end, most)) return;
      this.#nextStack = end;
      await setImmediate();
    }
  }

  async #rehearse(): Promise<void> {
    const { firstUs, endUs } = this.#store.writes;
    if (endUs - firstUs < REHEARSED_MS * 1_000 || this.#store.isClosed) return;
    this.#isRehearsed = true;
    const selection = { from: endUs / 1_000 - REHEARSED_MS, to: endUs / 1_000 };
    const nodes = COLLECTOR_LIMITS.graphNodes;
    jsonBytes(await graphOf(this.#store, { selection, base: undefined, nodes, inlined: true }));
  }
}
