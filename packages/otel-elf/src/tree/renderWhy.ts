// SPDX-License-Identifier: Apache-2.0
import { displayWidth, printable, type TextContext, wrap } from '@otelkit/cli-kit';
import type { DependencyNode, DependencyTree } from '@otelkit/core';
import { whyText } from './render.ts';

const CHAINS_MAX = 32;
/** Steps of the search for chains: a dense graph has more of them than anybody could read. */
const STEPS_MAX = 100_000;

/** Nodes that answer to `lib`: name, soname, file name; else what begins so, as `libz` does. */
export function matchingNodes(tree: DependencyTree, lib: string): DependencyNode[] {
  const others = tree.nodes.slice(1);
  const exact = others.filter((node) => namesOf(node).includes(lib));
  if (exact.length > 0) return exact;
  return others.filter((node) => namesOf(node).some((name) => name.startsWith(`${lib}.so`)));
}

function namesOf({ name, soname, path, realpath }: DependencyNode): string[] {
  const whole = [name, soname, path, realpath].filter((text) => text !== undefined);
  return [...whole, ...whole.map((text) => text.slice(text.lastIndexOf('/') + 1))];
}

/** Every chain from the file down to `lib`, shortest first. */
export function renderWhy(tree: DependencyTree, lib: string, context: TextContext): string {
  const { style, width } = context;
  const nodes = matchingNodes(tree, lib);
  if (nodes.length === 0) {
    return `${style.subject(printable(tree.path))} does not load ${printable(lib)}\n`;
  }
  let text = '';
  for (const node of nodes) {
    const from = tree.nodes[node.neededBy[0] ?? 0]!;
    const why = whyText(node.found, from);
    const name = printable(node.name);
    const where = node.path === undefined ? 'not found' : printable(node.path);
    const isFitting = displayWidth(`${name} → ${where}  [${why}]`) <= width;
    const painted = node.path === undefined ? style.bad(where) : where;
    text += `${style.subject(name)} →${isFitting ? ' ' : '\n  '}${painted}`;
    text += why === '' ? '\n' : `${isFitting ? '  ' : '\n  '}${style.faint(`[${why}]`)}\n`;
    const { chains, isCut } = chainsTo(tree, node.id);
    for (const chain of chains) {
      const names = chain.map((id) => printable(shortName(tree.nodes[id]!)));
      text += `  ${wrap(names.join(' → '), width - 2, '    ')}\n`;
    }
    if (isCut) text += `  ${style.faint('… and longer chains')}\n`;
    if (chains.length === 0) text += `  ${style.faint('asked for by no other file')}\n`;
  }
  return text;
}

function shortName({ name }: DependencyNode): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

/** Breadth first upwards, so that the shortest chains come first; no file twice in one chain. */
function chainsTo(
  tree: DependencyTree,
  target: number,
): { readonly chains: readonly number[][]; readonly isCut: boolean } {
  const chains: number[][] = [];
  const queue: number[][] = [[target]];
  let steps = 0;
  for (let i = 0; i < queue.length; i++) {
    const chain = queue[i]!;
    if (chain[0] === 0) {
      if (chains.length >= CHAINS_MAX) return { chains, isCut: true };
      chains.push(chain);
      continue;
    }
    for (const from of tree.nodes[chain[0]!]!.neededBy) {
      if (chain.includes(from)) continue;
      if (steps++ >= STEPS_MAX) return { chains, isCut: true };
      queue.push([from, ...chain]);
    }
  }
  return { chains, isCut: false };
}
