// SPDX-License-Identifier: Apache-2.0

import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { InputError } from '../diagnostics/diagnostic.ts';
import type { ElfFile } from '../elf/elfFile.ts';
import type { Budget } from './attempt.ts';
import { isComplete } from './completeness.ts';
import { connectedComponents } from './cycles.ts';
import type {
  DependencyEdge,
  DependencyNode,
  DependencyTree,
  DlopenDependency,
  LoaderReport,
} from './dependencyTypes.ts';
import { DEPS_LIMITS } from './depsLimits.ts';
import { LinkMap, type Namespace } from './linkMap.ts';
import type { LoaderProfile } from './loaderProfile.ts';
import type { Resolver } from './resolver.ts';
import { joinPath } from './rootFs.ts';
import { Searcher } from './search.ts';
import { buildSearchList, type SearchList } from './searchList.ts';
import type { SharedObject } from './sharedObject.ts';
import { type GrowingNode, TreeBuilder } from './treeBuilder.ts';

/**
 * All that the loader of a file would load for it, and why each file would be the one. Nothing is
 * executed. Damage in libraries is reported in `diagnostics`.
 * @param path inside the resolver's root
 * @throws InputError when the file itself cannot be read
 */
export function buildDependencyTree(path: string, resolver: Resolver): DependencyTree {
  const absolute = absolutePath(path, resolver.options.workingDirectory);
  const probe = resolver.probe(absolute);
  if (probe?.object === undefined) {
    throw probe?.error ?? missingFile(path);
  }
  return treeOf(path, absolute, probe.object, resolver);
}

/**
 * The same for a file that is open already: standard input, the deleted executable of a process.
 * @param path where it would stand inside the root; `$ORIGIN` is its directory
 */
export function buildDependencyTreeOf(
  elf: ElfFile,
  path: string,
  resolver: Resolver,
): DependencyTree {
  const absolute = absolutePath(path, resolver.options.workingDirectory);
  const object = resolver.adopt(elf, absolute, `open:${absolute}`, 0);
  return treeOf(path, absolute, object, resolver);
}

const NO_NAMES: readonly string[] = [];

function absolutePath(path: string, workingDirectory: string | undefined): string {
  return path.startsWith('/') ? path : joinPath(workingDirectory ?? '/', path);
}

function missingFile(path: string): InputError {
  return new InputError('io', path, 'cannot open: no such file or directory', { errno: 'ENOENT' });
}

function treeOf(
  path: string,
  absolute: string,
  object: SharedObject,
  resolver: Resolver,
): DependencyTree {
  const root = resolver.fs.root;
  const loader = resolver.loaderFor(object);
  if (loader === undefined) {
    const node = lonelyNode(path, absolute, object);
    const rest = { missing: [], preload: [], dlopen: [], diagnostics: object.diagnostics };
    return { path, root, nodes: [node], loadOrder: [0], ...rest };
  }
  const { profile, assumed } = loader;
  const { builder, searcher } = growTree(path, absolute, object, profile, resolver);
  const dlopen = resolveDlopen(builder, searcher);
  return {
    path,
    root,
    loader: loaderReport(profile, assumed, object.isSetId),
    nodes: finishNodes(builder.nodes),
    loadOrder: builder.order.map((map) => map.id),
    missing: missingIds(builder),
    preload: builder.preload,
    dlopen,
    diagnostics: collectDiagnostics(builder, profile),
  };
}

/** Loads everything; what comes of it is only put into another form afterwards. */
function growTree(
  path: string,
  absolute: string,
  object: SharedObject,
  profile: LoaderProfile,
  resolver: Resolver,
): { readonly builder: TreeBuilder; readonly searcher: Searcher } {
  const { workingDirectory } = resolver.options;
  const isSecure = object.isSetId;
  const namespace: Namespace = { fs: resolver.fs, profile, workingDirectory, isSecure };
  const main = new LinkMap(0, object, absolute, undefined, profile.flavor);
  const libraryPath = libraryPathList(resolver, namespace, main);
  const budget: Budget = { candidates: DEPS_LIMITS.candidates };
  const searcher = new Searcher(resolver, namespace, main, libraryPath, budget);
  const interpreter = profile.path === undefined ? undefined : resolver.probe(profile.path)?.object;
  const builder = new TreeBuilder(profile, interpreter);
  builder.start(main, path);
  if (object.interpreter !== undefined) builder.requireInterpreter();
  builder.loadPreloads(searcher);
  builder.loadDependencies(searcher);
  return { builder, searcher };
}

/**
 * Names that keep a file from starting, in the order asked for; empty when all is there. Much
 * cheaper than the tree where nothing is missing: for looking at many files with one resolver.
 * @param path inside the resolver's root, absolute
 */
export function missingDependencies(
  object: SharedObject,
  path: string,
  resolver: Resolver,
): readonly string[] {
  const loader = resolver.loaderFor(object);
  if (loader === undefined) return NO_NAMES;
  if (isComplete(object, path, loader.profile, resolver)) return NO_NAMES;
  const { builder } = growTree(path, path, object, loader.profile, resolver);
  return missingIds(builder).map((id) => builder.nodes[id]!.name);
}

function libraryPathList(
  resolver: Resolver,
  namespace: Namespace,
  main: LinkMap,
): SearchList | undefined {
  const { libraryPath, workingDirectory } = resolver.options;
  if (libraryPath === undefined || libraryPath === '' || namespace.isSecure) return undefined;
  return buildSearchList(resolver.fs, namespace.profile, {
    rule: 'library-path',
    of: undefined,
    text: libraryPath,
    origin: main.origin,
    isTrustedOnly: false,
    workingDirectory,
  });
}

function resolveDlopen(builder: TreeBuilder, searcher: Searcher): DlopenDependency[] {
  const result: DlopenDependency[] = [];
  let names = 0;
  for (const map of builder.order) {
    for (const entry of map.object.dlopen) {
      let to: number | undefined;
      for (const name of entry.sonames) {
        if (names++ >= DEPS_LIMITS.dlopenNames) return result;
        const answer = builder.resolveDlopen(name, map, searcher);
        if (answer === undefined) continue;
        builder.addEdge(map.id, 'dlopen', name, answer);
        to = answer.to;
        break;
      }
      result.push({ from: map.id, ...entry, ...(to === undefined ? {} : { to }) });
    }
  }
  return result;
}

/** What keeps the file from starting: not the names that /etc/ld.so.preload alone asks for. */
function missingIds(builder: TreeBuilder): number[] {
  const ids: number[] = [];
  for (const { id, status, neededBy } of builder.nodes) {
    if (status !== 'missing' && status !== 'unusable') continue;
    if (isNeeded(builder, id, neededBy)) ids.push(id);
  }
  return ids;
}

/** glibc goes on without an auxiliary filtee. */
function isNeeded(builder: TreeBuilder, id: number, neededBy: ReadonlySet<number>): boolean {
  for (const from of neededBy) {
    for (const edge of builder.nodes[from]!.edges) {
      if (edge.to === id && edge.kind !== 'auxiliary' && edge.kind !== 'dlopen') return true;
    }
  }
  return false;
}

function finishNodes(nodes: readonly GrowingNode[]): DependencyNode[] {
  const targets = nodes.map(({ edges }) => edges.map((edge) => edge.to));
  const component = connectedComponents(targets);
  return nodes.map((node) => finishNode(node, component));
}

function finishNode(node: GrowingNode, component: Int32Array): DependencyNode {
  const { id, status, name, path, object, found, depth, rejected, searched, edges } = node;
  const own = component[id];
  const finished: { -readonly [K in keyof DependencyNode]: DependencyNode[K] } = {
    id,
    status,
    name,
    depth,
    neededBy: [...node.neededBy],
    edges: edges.some((edge) => component[edge.to] === own)
      ? markCycles(edges, component, own)
      : edges,
    rejected,
  };
  // Assigned, not spread: a scan makes some ten thousand of these.
  const realpath = object?.realpath;
  const soname = object?.strings.soname;
  if (path !== undefined) finished.path = path;
  if (realpath !== undefined && realpath !== path) finished.realpath = realpath;
  if (soname !== undefined) finished.soname = soname;
  if (found !== undefined) finished.found = found;
  if (searched !== undefined) finished.searched = searched;
  return finished;
}

function markCycles(
  edges: readonly DependencyEdge[],
  component: Int32Array,
  own: number | undefined,
): DependencyEdge[] {
  return edges.map((edge) => (component[edge.to] === own ? { ...edge, isCycle: true } : edge));
}

function lonelyNode(path: string, absolute: string, object: SharedObject): DependencyNode {
  const growing: GrowingNode = {
    id: 0,
    status: 'found',
    name: path,
    path: absolute,
    object,
    found: { rule: 'main' },
    depth: 0,
    neededBy: new Set(),
    edges: [],
    rejected: [],
    searched: undefined,
  };
  return finishNode(growing, Int32Array.of(0));
}

function loaderReport(
  profile: LoaderProfile,
  assumed: string | undefined,
  isSecure: boolean,
): LoaderReport {
  const { flavor, path, exists, version, systemDirectories, capabilities, lib } = profile;
  return {
    flavor,
    ...(path === undefined ? {} : { path }),
    exists,
    ...(version === undefined ? {} : { version }),
    ...(assumed === undefined ? {} : { assumed }),
    systemDirectories,
    hwcaps: flavor === 'glibc' ? capabilities.glibcHwcaps : [],
    lib,
    platform: capabilities.platform,
    isSecure,
    remarks: profile.remarks,
  };
}

/** Those of the loader's tables, of each file, and of our own limits. */
function collectDiagnostics(builder: TreeBuilder, profile: LoaderProfile): Diagnostic[] {
  const list: Diagnostic[] = [...profile.diagnostics.list];
  for (const { id, object, path } of builder.nodes) {
    for (const diagnostic of object?.diagnostics ?? []) {
      const field = id === 0 ? diagnostic.field : `${path}: ${diagnostic.field}`;
      list.push({ ...diagnostic, field });
    }
  }
  if (builder.isCut) {
    const message = 'the tree was cut: it has more files, names or places to search than allowed';
    list.push({ code: 'limit', field: 'dependencies', message });
  }
  return list;
}
