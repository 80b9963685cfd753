// SPDX-License-Identifier: Apache-2.0
// Loads objects breadth first into a list, as the loaders do (glibc elf/dl-deps.c,
// _dl_map_object_deps; musl ldso/dynlink.c, load_deps), and notes who asked for what.

import type {
  DependencyEdge,
  EdgeKind,
  FoundBy,
  NodeStatus,
  Rejected,
  SearchedPlace,
} from './dependencyTypes.ts';
import { DEPS_LIMITS } from './depsLimits.ts';
import { LinkMap } from './linkMap.ts';
import type { LoaderProfile } from './loaderProfile.ts';
import type { Searcher } from './search.ts';
import type { SearchResult } from './searchResult.ts';
import type { SharedObject } from './sharedObject.ts';

export interface GrowingNode {
  readonly id: number;
  status: NodeStatus;
  readonly name: string;
  readonly path: string | undefined;
  readonly object: SharedObject | undefined;
  readonly found: FoundBy | undefined;
  readonly depth: number;
  readonly neededBy: Set<number>;
  readonly edges: DependencyEdge[];
  readonly rejected: readonly Rejected[];
  searched: SearchedPlace[] | undefined;
}

type Via = DependencyEdge['via'];
type Answer = { readonly to: number; readonly via: Via };

/** musl, ldso/dynlink.c: `lib` + one of these + `.` is the loader itself. */
const MUSL_OWN_NAMES = /^lib(?:c|pthread|rt|m|dl|util|xnet)\./;

/** The list of loaded objects of one tree while it grows. */
export class TreeBuilder {
  readonly nodes: GrowingNode[] = [];
  /** Loaded objects in the loader's order; grows while it is walked. */
  readonly order: LinkMap[] = [];
  readonly preload: DependencyEdge[] = [];
  edgeCount = 0;
  isCut = false;
  readonly #profile: LoaderProfile;
  readonly #interpreter: SharedObject | undefined;
  readonly #byName = new Map<string, Answer>();
  readonly #byIdentity = new Map<string, number>();
  readonly #missing = new Map<string, number>();
  #interpreterId: number | undefined;

  constructor(profile: LoaderProfile, interpreter: SharedObject | undefined) {
    this.#profile = profile;
    this.#interpreter = interpreter;
  }

  /** The main file: node 0. */
  start(main: LinkMap, name: string): void {
    this.#addNode('found', name, main.path, main.object, { rule: 'main' }, 0, []);
    this.order.push(main);
    this.#byIdentity.set(main.object.identity, 0);
    if (this.#profile.flavor === 'musl') return;
    this.#learn('', 0, 'name');
    this.#learn(main.path, 0, 'name');
    if (main.object.strings.soname !== undefined) {
      this.#learn(main.object.strings.soname, 0, 'soname');
    }
  }

  /** A program whose PT_INTERP is not there does not even get as far as its libraries. */
  requireInterpreter(): void {
    const { path, exists } = this.#profile;
    if (path === undefined || exists) return;
    const id = this.#addNode('missing', path, undefined, undefined, undefined, 1, []);
    this.nodes[id]!.searched = [{ rule: 'interpreter', path }];
    this.nodes[id]!.neededBy.add(0);
    this.nodes[0]!.edges.push(edgeTo('interpreter', path, id, 'search'));
  }

  /** Loads what /etc/ld.so.preload names: after the program, before its libraries. */
  loadPreloads(searcher: Searcher): void {
    const main = this.order[0]!;
    for (const name of this.#profile.preload) {
      const answer = this.#request(name, main, searcher);
      this.preload.push(edgeTo('preload', name, answer.to, answer.via));
    }
  }

  /** Follows NEEDED, DT_FILTER and DT_AUXILIARY of everything loaded so far and on the way. */
  loadDependencies(searcher: Searcher): void {
    for (let i = 0; i < this.order.length && !this.isCut; i++) {
      const map = this.order[i]!;
      const { needed, filter, auxiliary } = map.object.strings;
      for (const name of needed) this.#follow('needed', name, map, searcher);
      if (this.#profile.flavor === 'musl') continue;
      for (const name of filter) this.#follow('filter', name, map, searcher);
      for (const name of auxiliary) this.#follow('auxiliary', name, map, searcher);
    }
  }

  /** A library that may be loaded later: resolved, but neither loaded nor followed. */
  resolveDlopen(name: string, from: LinkMap, searcher: Searcher): Answer | undefined {
    const known = this.#known(name);
    if (known !== undefined) return known;
    const result = searcher.find(name, from);
    if (result.object === undefined || result.path === undefined) return undefined;
    const same = this.#byIdentity.get(result.object.identity);
    if (same !== undefined) return { to: same, via: 'same-file' };
    if (this.nodes.length >= DEPS_LIMITS.nodes) return undefined;
    const to = this.#addFound(name, result, from.depth + 1);
    return { to, via: 'search' };
  }

  addEdge(from: number, kind: EdgeKind, name: string, answer: Answer): void {
    this.edgeCount++;
    this.nodes[from]!.edges.push(edgeTo(kind, name, answer.to, answer.via));
    this.nodes[answer.to]!.neededBy.add(from);
  }

  #follow(kind: EdgeKind, name: string, map: LinkMap, searcher: Searcher): void {
    if (this.edgeCount >= DEPS_LIMITS.edges || this.nodes.length >= DEPS_LIMITS.nodes) {
      this.isCut = true;
      return;
    }
    this.addEdge(map.id, kind, name, this.#request(name, map, searcher));
  }

  #request(name: string, map: LinkMap, searcher: Searcher): Answer {
    const known = this.#known(name);
    if (known !== undefined) return known;
    const result = searcher.find(name, map);
    if (result.object === undefined) {
      return { to: this.#addMissing(name, map, result, searcher), via: 'search' };
    }
    const { identity } = result.object;
    const same = this.#byIdentity.get(identity) ?? this.#interpreterByIdentity(identity);
    if (same !== undefined) {
      this.#learn(name, same, 'name');
      return { to: same, via: 'same-file' };
    }
    const to = this.#addFound(name, result, map.depth + 1);
    const loaded = new LinkMap(to, result.object, result.path!, map, this.#profile.flavor);
    this.order.push(loaded);
    this.#learnNames(name, to, result);
    return { to, via: 'search' };
  }

  /** What is loaded already under this name. */
  #known(name: string): Answer | undefined {
    if (this.#profile.flavor === 'musl') {
      const { path } = this.#profile;
      if (MUSL_OWN_NAMES.test(name) || name === path) return this.#interpreterAnswer('name');
      return name.includes('/') ? undefined : this.#byName.get(name);
    }
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    if (name === this.#profile.path) return this.#interpreterAnswer('name');
    const soname = this.#interpreter?.strings.soname;
    return name === soname ? this.#interpreterAnswer('soname') : undefined;
  }

  #learnNames(name: string, id: number, { object, path }: SearchResult): void {
    if (this.#profile.flavor === 'musl') {
      // musl knows a library by the file name that was searched, not by its soname.
      if (!name.includes('/')) this.#learn(name, id, 'name');
      return;
    }
    this.#learn(name, id, 'name');
    if (path !== undefined) this.#learn(path, id, 'name');
    const soname = object?.strings.soname;
    if (soname !== undefined) this.#learn(soname, id, 'soname');
  }

  /** The first object of a name keeps it. */
  #learn(name: string, id: number, via: Via): void {
    if (!this.#byName.has(name)) this.#byName.set(name, { to: id, via });
  }

  #interpreterByIdentity(identity: string): number | undefined {
    if (identity !== this.#interpreter?.identity) return undefined;
    return this.#interpreterAnswer('same-file').to;
  }

  #interpreterAnswer(via: Via): Answer {
    this.#interpreterId ??= this.#addInterpreter();
    return { to: this.#interpreterId, via };
  }

  #addInterpreter(): number {
    const { path, exists, flavor } = this.#profile;
    const rule = flavor === 'musl' ? 'loader-itself' : 'interpreter';
    const status = exists ? 'found' : 'missing';
    const id = this.#addNode(status, path ?? '', path, this.#interpreter, { rule }, 1, []);
    if (this.#interpreter !== undefined) this.#byIdentity.set(this.#interpreter.identity, id);
    return id;
  }

  #addFound(name: string, result: SearchResult, depth: number): number {
    const { path, object, found, rejected } = result;
    const id = this.#addNode('found', name, path, object, found, depth, rejected);
    this.#byIdentity.set(object!.identity, id);
    return id;
  }

  #addMissing(name: string, map: LinkMap, result: SearchResult, searcher: Searcher): number {
    const isCut = searcher.budget.candidates < 0;
    if (isCut) this.isCut = true;
    const known = this.#missing.get(name);
    if (known !== undefined) return known;
    const status = isCut ? 'not-searched' : result.rejected.length > 0 ? 'unusable' : 'missing';
    const depth = map.depth + 1;
    const { rejected } = result;
    const id = this.#addNode(status, name, undefined, undefined, undefined, depth, rejected);
    if (!rejected.some((candidate) => candidate.isFatal) && !isCut) {
      this.nodes[id]!.status = 'missing';
      if (this.#missing.size < DEPS_LIMITS.explained) {
        this.nodes[id]!.searched = searcher.explain(name, map);
      }
    }
    this.#missing.set(name, id);
    return id;
  }

  #addNode(
    status: NodeStatus,
    name: string,
    path: string | undefined,
    object: SharedObject | undefined,
    found: FoundBy | undefined,
    depth: number,
    rejected: readonly Rejected[],
  ): number {
    const id = this.nodes.length;
    const neededBy = new Set<number>();
    const node = { id, status, name, path, object, found, depth, neededBy, edges: [], rejected };
    this.nodes.push({ ...node, searched: undefined });
    return id;
  }
}

function edgeTo(kind: EdgeKind, name: string, to: number, via: Via): DependencyEdge {
  return { kind, name, to, via, isCycle: false };
}
