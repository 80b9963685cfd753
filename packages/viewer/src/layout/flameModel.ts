// SPDX-License-Identifier: Apache-2.0
// A graph's answer made ready to draw.
import type { Graph, Loss } from '../contract.ts';
import { type Changes, changeSteps, changesOf, type Whole } from './difference.ts';
import { type Frames, type Functions, frameText, functionsOf, keysOf } from './functions.ts';
import { mergeSiblings, sandwich } from './merge.ts';
import { hashPaths, type PathHashes } from './pathHash.ts';
import { firstChildOf, layOut, type Rows } from './rows.ts';
import { type Tree, treeOfGraph } from './tree.ts';

/** What is drawn: the answer's tree, or a part of it as in a sandwich. */
export interface FlamePart {
  readonly frames: Frames;
  readonly functions: Functions;
  readonly tree: Tree;
  readonly rows: Rows;
  readonly whole: Whole;
  /** Only in a comparison. */
  readonly base: Whole | undefined;
  /** Colour of each node in a comparison. */
  readonly steps: Int8Array | undefined;
}

/** An answer made ready: everything that takes a look at all nodes is done once, beside the page. */
export interface FlameModel extends FlamePart {
  readonly hashes: PathHashes;
  readonly hottest: Hottest | undefined;
  /** Of the frames that are in the picture: the answer's table may hold more. */
  readonly kinds: readonly string[];
  readonly broken: readonly BrokenStacks[];
  readonly changes: Changes | undefined;
  readonly incomplete: readonly Loss[];
  readonly cutNodes: number;
  readonly problem: string;
}

export function modelOf(graph: Graph): FlameModel {
  const frames = framesOf(graph);
  const functions = functionsOf(frames);
  const { tree: raw, problem } = treeOfGraph(graph);
  const tree = mergeSiblings(raw, functions, frames.inlined);
  const { baseTotal } = tree;
  const whole = { weight: tree.total[0]!, samples: graph.sampleCount };
  const base = baseTotal && { weight: baseTotal[0]!, samples: graph.baseSampleCount ?? 0 };
  const part = { frames, functions, tree, rows: layOut(tree), whole, base };
  return {
    ...part,
    steps: base && changeSteps(tree, whole, base),
    hashes: hashPaths(tree, frames),
    hottest: hottestFunction(part),
    kinds: kindsOf(part),
    broken: brokenStacks(part),
    changes: base && changesOf(tree, functions, whole, base),
    incomplete: graph.incomplete,
    cutNodes: graph.cutNodes,
    problem,
  };
}

/** Columns that go from one thread to another without a copy. */
function framesOf({ frames }: Graph): Frames {
  const { name, kind, file, line, module, inlined } = frames;
  return {
    strings: frames.strings,
    name: new Int32Array(name),
    kind: new Int32Array(kind),
    file: new Int32Array(file),
    line: new Int32Array(line),
    module: new Int32Array(module),
    inlined: new Uint8Array(inlined),
  };
}

/** What a sandwich is made of: a part of a model that a worker is sent. */
export type SandwichInput = Pick<FlameModel, 'base' | 'functions' | 'tree' | 'whole'>;
/** One half of it, without what it shares with its model. */
export type Half = Pick<FlamePart, 'rows' | 'steps' | 'tree'>;

export interface SandwichParts {
  readonly occurrences: number;
  readonly callers: Half;
  readonly callees: Half;
}

/** Callers and callees of a function over all its occurrences, laid out. */
export function sandwichOf(input: SandwichInput, wanted: number): SandwichParts {
  const { base, functions, tree, whole } = input;
  const { callees, callers, occurrences } = sandwich(tree, functions, wanted);
  const half = (part: Tree): Half => ({
    tree: part,
    rows: layOut(part),
    steps: base && changeSteps(part, whole, base),
  });
  return { occurrences, callers: half(callers), callees: half(callees) };
}

type Drawn = Pick<FlamePart, 'frames' | 'functions' | 'rows' | 'tree'>;

export interface Hottest {
  readonly id: number;
  readonly share: number;
  /** Callers of the heaviest of its stacks, from the nearest. */
  readonly callers: readonly number[];
}

/** The function with most self weight: where the time goes. */
function hottestFunction(model: Drawn): Hottest | undefined {
  const { functions, tree } = model;
  if (functions.count === 0 || tree.total[0] === 0) return undefined;
  const keys = keysOf(tree.frame, functions);
  const self = new Float64Array(functions.count);
  for (let node = 1; node < keys.length; node++) {
    if (keys[node]! >= 0) self[keys[node]!]! += tree.self[node]!;
  }
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

function kindsOf({ frames, tree }: Drawn): string[] {
  const seen = new Uint8Array(frames.strings.length);
  for (const frame of tree.frame) if (frame >= 0) seen[frames.kind[frame]!] = 1;
  return frames.strings.filter((text, index) => seen[index] === 1 && text !== '');
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
function brokenStacks(model: Drawn): readonly BrokenStacks[] {
  const { frames, rows, tree } = model;
  const broken: BrokenStacks[] = [];
  const end = rows.first[2] ?? tree.parent.length;
  for (let node = 1; node < end; node++) {
    const name = /^\[\w+: (.*)\]$/s.exec(frameText(frames, tree.frame[node]!, 'name'));
    if (name !== null) broken.push({ reason: name[1] ?? '', weight: tree.total[node]! });
  }
  return broken;
}
