// SPDX-License-Identifier: Apache-2.0

/**
 * For each node the number of its strongly connected component (Tarjan, without recursion: a
 * chain of a thousand libraries must not use up the stack). Edges within one component are those
 * of cycles.
 */
export function connectedComponents(edges: readonly (readonly number[])[]): Int32Array {
  const count = edges.length;
  const state = {
    edges,
    component: new Int32Array(count).fill(-1),
    index: new Int32Array(count).fill(-1),
    low: new Int32Array(count),
    nextEdge: new Int32Array(count),
    open: [] as number[],
    nextIndex: 0,
    nextComponent: 0,
  };
  for (let node = 0; node < count; node++) {
    if (state.index[node] === -1) visit(state, node);
  }
  return state.component;
}

interface State {
  readonly edges: readonly (readonly number[])[];
  readonly component: Int32Array;
  readonly index: Int32Array;
  readonly low: Int32Array;
  readonly nextEdge: Int32Array;
  readonly open: number[];
  nextIndex: number;
  nextComponent: number;
}

function visit(state: State, start: number): void {
  const path = [start];
  enter(state, start);
  while (path.length > 0) {
    const node = path[path.length - 1]!;
    const to = state.edges[node]![state.nextEdge[node]!];
    if (to === undefined) {
      path.pop();
      leave(state, node);
      const parent = path[path.length - 1];
      if (parent !== undefined) state.low[parent] = Math.min(state.low[parent]!, state.low[node]!);
      continue;
    }
    state.nextEdge[node]!++;
    if (state.index[to] === -1) {
      enter(state, to);
      path.push(to);
    } else if (state.component[to] === -1) {
      state.low[node] = Math.min(state.low[node]!, state.index[to]!);
    }
  }
}

function enter(state: State, node: number): void {
  state.index[node] = state.nextIndex;
  state.low[node] = state.nextIndex;
  state.nextIndex++;
  state.open.push(node);
}

/** Closes a component when `node` is its root. */
function leave(state: State, node: number): void {
  if (state.low[node] !== state.index[node]) return;
  for (;;) {
    const member = state.open.pop()!;
    state.component[member] = state.nextComponent;
    if (member === node) break;
  }
  state.nextComponent++;
}
