// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { displayWidth, plainStyle } from '@otelkit/cli-kit';
import type { DependencyEdge, DependencyNode, DependencyTree } from '@otelkit/core';
import { renderPaths, renderTree } from '../../src/tree/render.ts';
import { matchingNodes, renderWhy } from '../../src/tree/renderWhy.ts';

const WHOLE = { depth: undefined, all: false };

function context(width: number) {
  return { style: plainStyle, width, isTty: false };
}

function edge(name: string, to: number, isCycle = false): DependencyEdge {
  return { kind: 'needed', name, to, via: 'search', isCycle };
}

function node(id: number, name: string, edges: DependencyEdge[], neededBy: number[]) {
  const path = `/lib/x86_64-linux-gnu/${name}`;
  const found = { rule: 'ld.so.cache', of: '/etc/ld.so.cache' } as const;
  const base = { id, status: 'found', name, path, found, depth: 1, neededBy, edges, rejected: [] };
  return base as DependencyNode;
}

/** app → liba ⇄ libb, app → libgone: one of everything that has a look of its own. */
const TREE: DependencyTree = {
  path: '/bin/app\u001b[31m',
  root: '/',
  nodes: [
    node(0, 'app', [edge('liba.so.1', 1), edge('libb.so.1', 2), edge('libgone.so', 3)], []),
    {
      ...node(1, 'liba.so.1', [edge('libb.so.1', 2, true)], [0, 2]),
      rejected: [{ path: '/32/liba.so.1', reason: 'is 32-bit, 64-bit is needed', isFatal: false }],
    },
    node(2, 'libb.so.1', [edge('liba.so.1', 1, true)], [0, 1]),
    {
      id: 3,
      status: 'missing',
      name: 'libgone.so',
      depth: 1,
      neededBy: [0],
      edges: [],
      rejected: [],
      searched: [{ rule: 'rpath', of: '/bin/app', entry: '$ORIGIN/x', path: '/bin/x', note: 'no' }],
    },
  ],
  loadOrder: [0, 1, 2],
  missing: [3],
  preload: [],
  dlopen: [{ from: 0, sonames: ['libz.so.1'], priority: 'suggested', feature: 'zlib' }],
  diagnostics: [],
};

describe('otel-elf tree, as text', () => {
  it('shows each library once, why it was found, and where a missing one was looked for', () => {
    assert.equal(
      renderTree(TREE, WHOLE, context(Number.POSITIVE_INFINITY)),
      [
        '/bin/app\\x1b[31m  no dynamic loader',
        '├─ liba.so.1 → /lib/x86_64-linux-gnu/liba.so.1  [ld.so.cache]',
        '│  skipped, is 32-bit, 64-bit is needed: /32/liba.so.1',
        '│  └─ libb.so.1 → /lib/x86_64-linux-gnu/libb.so.1  [ld.so.cache]',
        '│     └─ liba.so.1 (cycle)',
        '├─ libb.so.1',
        '├─ libgone.so  not found',
        '│  not in /bin/x  rpath: no',
        '└┄ libz.so.1  not found  dlopen suggested: zlib',
        'missing: libgone.so',
        '',
      ].join('\n'),
    );
  });

  it('fits its lines to the terminal', () => {
    for (const width of [30, 40, 60, 80]) {
      for (const line of renderTree(TREE, WHOLE, context(width)).split('\n')) {
        assert.ok(displayWidth(line) <= width, `${width}: ${line}`);
      }
    }
  });

  it('stops at the depth asked for, and repeats subtrees only with --all', () => {
    const shallow = renderTree(TREE, { depth: 1, all: false }, context(200));
    assert.equal(shallow.includes('cycle'), false);
    const all = renderTree(TREE, { depth: undefined, all: true }, context(200));
    assert.equal(all.match(/libb\.so\.1 →/g)?.length, 2);
  });

  it('lists files alone for scripts', () => {
    const paths = '/lib/x86_64-linux-gnu/liba.so.1\n/lib/x86_64-linux-gnu/libb.so.1\n';
    assert.equal(renderPaths(TREE), paths);
  });

  it('shows every chain to a library, shortest first, by any of its names', () => {
    for (const name of ['libb.so.1', 'libb', '/lib/x86_64-linux-gnu/libb.so.1']) {
      assert.deepEqual(
        matchingNodes(TREE, name).map(({ id }) => id),
        [2],
        name,
      );
    }
    assert.equal(
      renderWhy(TREE, 'libb', context(100)),
      'libb.so.1 → /lib/x86_64-linux-gnu/libb.so.1  [ld.so.cache]\n' +
        '  app → libb.so.1\n' +
        '  app → liba.so.1 → libb.so.1\n',
    );
    assert.match(renderWhy(TREE, 'libx', context(100)), /does not load libx/);
  });
});
