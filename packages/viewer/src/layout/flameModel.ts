// SPDX-License-Identifier: Apache-2.0
// A graph's answer made ready to draw.
import type { FrameTable, Graph } from '../contract.ts';
import type { Whole } from './difference.ts';
import { type Functions, frameText, functionsOf, functionWeights, keysOf } from './functions.ts';
import { mergeSiblings } from './merge.ts';
import { hashPaths, type PathHashes } from './pathHash.ts';
import { firstChildOf, layOut, type Rows } from './rows.ts';
import { type Tree, treeOfGraph } from './tree.ts';

export interface FlameModel {
  readonly frames: FrameTable;
  readonly functions: Functions;
  readonly tree: Tree;
  readonly rows: Rows;
  readonly hashes: PathHashes;
  readonly whole: Whole;
  /** Only in a comparison. */
  readonly base: Whole | undefined;
  readonly problem: string;
}

export function modelOf(graph: Graph): FlameModel {
  const functions = functionsOf(graph.frames);
  const { tree: raw, problem } = treeOfGraph(graph);
  const tree = mergeSiblings(raw, functions, graph.frames.inlined);
  const { baseTotal } = tree;
  return {
    frames: graph.frames,
    functions,
    tree,
    rows: layOut(tree),
    hashes: hashPaths(tree, graph.frames),
    whole: { weight: tree.total[0]!, samples: graph.sampleCount },
    base: baseTotal && { weight: baseTotal[0]!, samples: graph.baseSampleCount ?? 0 },
    problem,
  };
}

/** The same frames with another tree, as for a sandwich. */
export function withTree(model: FlameModel, tree: Tree): FlameModel {
  return { ...model, tree, rows: layOut(tree), hashes: hashPaths(tree, model.frames) };
}

export interface Hottest {
  readonly id: number;
  readonly share: number;
  /** Callers of the heaviest of its stacks, from the nearest. */
  readonly callers: readonly number[];
}

/** The function with most self weight: where the time goes. */
export function hottestFunction(model: FlameModel): Hottest | undefined {
  const { functions, tree } = model;
  if (functions.count === 0 || tree.total[0] === 0) return undefined;
  const keys = keysOf(tree.frame, functions);
  const { self } = functionWeights(tree.parent, keys, tree.self, tree.total, functions.count);
  let id = 0;
  for (let at = 1; at < self.length; at++) if (self[at]! > self[id]!) id = at;
  let heaviest = -1;
  for (let node = 1; node < keys.length; node++) {
    if (keys[node] !== id) continue;
    if (heaviest === -1 || tree.self[node]! > tree.self[heaviest]!) heaviest = node;
  }
  const callers: number[] = [];
  for (let node = heaviest; node > 0 && callers.length < 3; node = tree.parent[node]!) {
    const above = keys[tree.parent[node]!]!;
    if (above >= 0 && above !== id) callers.push(above);
  }
  return { id, share: self[id]! / tree.total[0]!, callers };
}

/**
 * The heaviest nodes of a subtree, in the order that the picture is read: a frame, then what is below
 * it. Looks at twice as many nodes as it returns: siblings stand from the heaviest, and none is
 * heavier than its parent.
 */
export function heaviestNodes(rows: Rows, top: number, limit: number): number[] {
  const { parent } = rows.tree;
  const chosen = new Set<number>([top]);
  const candidates: number[] = [];
  const offer = (node: number) => {
    if (node >= 0) candidates.push(node);
  };
  offer(firstChildOf(rows, top));
  while (chosen.size < limit && candidates.length > 0) {
    let heaviest = 0;
    for (let at = 1; at < candidates.length; at++) {
      if (rows.width[candidates[at]!]! > rows.width[candidates[heaviest]!]!) heaviest = at;
    }
    const [node] = candidates.splice(heaviest, 1) as [number];
    chosen.add(node);
    offer(firstChildOf(rows, node));
    if (parent[node + 1] === parent[node]) offer(node + 1);
  }
  return inReadingOrder(rows.tree, top, chosen);
}

function inReadingOrder(tree: Tree, top: number, chosen: ReadonlySet<number>): number[] {
  const below = new Map<number, number[]>();
  for (const node of [...chosen].sort((left, right) => left - right)) {
    if (node === top) continue;
    const above = tree.parent[node]!;
    const list = below.get(above);
    if (list === undefined) below.set(above, [node]);
    else list.push(node);
  }
  const order: number[] = [];
  const open = [top];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    order.push(node);
    open.push(...(below.get(node) ?? []).reverse());
  }
  return order;
}

export interface BrokenStacks {
  /** What the agent says instead of the outermost function, without its brackets. */
  readonly reason: string;
  readonly weight: number;
}

/** Files keep why a stack ends early as its outermost frame, `[reason: in words]`. */
export function brokenStacks(model: FlameModel): readonly BrokenStacks[] {
  const { frames, rows, tree } = model;
  const broken: BrokenStacks[] = [];
  const end = rows.first[2] ?? tree.parent.length;
  for (let node = 1; node < end; node++) {
    const name = /^\[\w+: (.*)\]$/s.exec(frameText(frames, tree.frame[node]!, 'name'));
    if (name !== null) broken.push({ reason: name[1] ?? '', weight: tree.total[node]! });
  }
  return broken;
}
