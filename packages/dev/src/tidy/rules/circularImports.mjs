// SPDX-License-Identifier: Apache-2.0
import { posix } from 'node:path';
import { findImports } from '../sourceText.mjs';

const SOURCE = /^(packages|bench|native)\/.*\.(tsx?|mjs|js|cjs)$/;

/** @type {import('../tidy.mjs').Rule} */
export const circularImports = {
  name: 'circular-imports',
  summary: 'no file imports itself by way of others (types aside)',
  check(repository) {
    const graph = buildGraph(repository);
    /** @type {Map<string, 'open' | 'done'>} */
    const states = new Map();
    /** @type {import('../tidy.mjs').Finding[]} */
    const findings = [];
    for (const path of graph.keys()) visit(path, graph, states, [], findings);
    return findings;
  },
};

/**
 * @typedef {Map<string, { target: string, line: number }[]>} Graph
 * @param {import('../repository.mjs').Repository} repository
 * @returns {Graph}
 */
function buildGraph(repository) {
  /** @type {Graph} */
  const graph = new Map();
  for (const path of repository.matching(SOURCE)) {
    const edges = [];
    for (const { specifier, line, typeOnly } of findImports(repository.code(path))) {
      if (typeOnly || !specifier.startsWith('.')) continue;
      edges.push({ target: posix.join(posix.dirname(path), specifier), line });
    }
    graph.set(path, edges);
  }
  return graph;
}

/**
 * Depth first; an edge back to a file still open closes a circle. Each circle is reported once, at
 * the import that closes it.
 * @param {string} path
 * @param {Graph} graph
 * @param {Map<string, 'open' | 'done'>} states
 * @param {string[]} trail
 * @param {import('../tidy.mjs').Finding[]} findings
 */
function visit(path, graph, states, trail, findings) {
  if (states.has(path)) return;
  states.set(path, 'open');
  const here = [...trail, path];
  for (const { target, line } of graph.get(path) ?? []) {
    if (states.get(target) === 'open') {
      const circle = [...here.slice(here.indexOf(target)), target].join(' → ');
      findings.push({ path, line, message: `circular import: ${circle}` });
    } else if (graph.has(target)) {
      visit(target, graph, states, here, findings);
    }
  }
  states.set(path, 'done');
}
