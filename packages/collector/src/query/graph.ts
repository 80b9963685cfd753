// SPDX-License-Identifier: Apache-2.0
import type { Graph, Loss, Selection } from '@otelkit/viewer/contract';
import { COLLECTOR_LIMITS } from '../limits.ts';
import type { Store } from '../store/store.ts';
import { arrangeCallTree, buildCallTree } from './callTree.ts';
import { FrameTableAnswer } from './frameTableAnswer.ts';
import { type CountedStacks, stackWeights } from './weights.ts';

/** How frames call the place at which an unwinder gave up. */
const ABORT = 'abort-marker';

export interface GraphQuestion {
  readonly selection: Selection;
  readonly base: Selection | undefined;
  readonly nodes: number;
  readonly inlined: boolean;
}

/** Columns as typed arrays where the contract has arrays of numbers: JSON is the same. */
export async function graphOf(store: Store, question: GraphQuestion): Promise<Graph> {
  const { selection, base, inlined } = question;
  const main = await stackWeights(store, selection);
  const other = base === undefined ? undefined : await stackWeights(store, base);
  const options = { inlined, mostNodes: COLLECTOR_LIMITS.graphBuildNodes };
  const tree = buildCallTree(store.tables, main, other, options);
  const nodes = Math.max(1, Math.min(question.nodes, COLLECTOR_LIMITS.graphNodes));
  const arranged = arrangeCallTree(tree, nodes);
  const frames = new FrameTableAnswer(store.tables);
  const frame = arranged.fn.map((fn) => frames.numberOf(fn));
  return {
    frames: frames.finish(),
    parent: numbers(arranged.parent),
    frame: numbers(frame),
    self: numbers(arranged.self),
    total: numbers(arranged.total),
    ...(other !== undefined && {
      baseSelf: numbers(arranged.baseSelf!),
      baseTotal: numbers(arranged.baseTotal!),
      baseSampleCount: other.sampleCount,
    }),
    sampleCount: main.sampleCount,
    stackCount: main.stacks.length,
    cutNodes: arranged.cutNodes,
    incomplete: incompleteOf(store, main),
  };
}

/** A typed array is written to JSON as an array (api/json.ts). */
export function numbers(values: Int32Array | Float64Array): readonly number[] {
  return values as unknown as readonly number[];
}

/** Stacks that end at a mark of the unwinder, by what the mark says. */
function incompleteOf(store: Store, main: CountedStacks): Loss[] {
  const { frames, stacks } = store.tables;
  const abort = frames.strings.find(ABORT);
  if (abort < 0) return [];
  const { kind, name } = frames.functions;
  const [kinds, names] = [kind.view(), name.view()];
  const counts = new Map<number, number>();
  for (let i = 0; i < main.stacks.length; i++) {
    const stack = main.stacks[i]!;
    const [first, end] = [stacks.offsets[stack]!, stacks.offsets[stack + 1]!];
    for (let at = end - 1; at >= first; at--) {
      const fn = frames.functionOf[stacks.frames[at]!]!;
      if (kinds[fn] !== abort) continue;
      counts.set(names[fn]!, (counts.get(names[fn]!) ?? 0) + main.counts[i]!);
      break;
    }
  }
  return [...counts].map(([text, count]) => {
    const reason = frames.strings.list[text]!;
    return { reason, count, text: `${count} stacks end early: ${reason}` };
  });
}
