// SPDX-License-Identifier: Apache-2.0
import type { FoundBy, Rejected, SearchedPlace, SearchRule } from './dependencyTypes.ts';
import { DEPS_LIMITS } from './depsLimits.ts';
import type { LinkMap } from './linkMap.ts';
import type { Probe, Resolver } from './resolver.ts';
import type { SearchList } from './searchList.ts';
import { NOT_FOUND, NOTHING_REJECTED, type SearchResult } from './searchResult.ts';
import { whyUnsuitable } from './sharedObject.ts';

/** Counts files tried for one tree; below zero nothing more is looked for. */
export interface Budget {
  candidates: number;
}

/** One search in progress: ends with the first file the loader takes or fails on. */
export class Attempt {
  readonly #resolver: Resolver;
  readonly #main: LinkMap;
  readonly #isGlibc: boolean;
  readonly #budget: Budget;
  readonly #places: SearchedPlace[] | undefined;
  #rejected: Rejected[] | undefined;
  #taken: Pick<SearchResult, 'path' | 'object' | 'found'> | undefined;

  constructor(
    resolver: Resolver,
    main: LinkMap,
    isGlibc: boolean,
    budget: Budget,
    places: SearchedPlace[] | undefined,
  ) {
    this.#resolver = resolver;
    this.#main = main;
    this.#isGlibc = isGlibc;
    this.#budget = budget;
    this.#places = places;
  }

  result(): SearchResult {
    const rejected = this.#rejected ?? NOTHING_REJECTED;
    if (this.#taken !== undefined) return { ...this.#taken, rejected };
    return rejected.length === 0 ? NOT_FOUND : { ...NOT_FOUND, rejected };
  }

  note(place: SearchedPlace): void {
    if (this.#places === undefined) return;
    if (this.#places.length < DEPS_LIMITS.searchedPlaces) this.#places.push(place);
  }

  /** True when the search is over. */
  tryList(list: SearchList | undefined, name: string): boolean {
    if (list === undefined) return false;
    if (this.#places !== undefined) {
      this.#noteDirectories(list);
      return false;
    }
    const { prefixes } = list;
    for (let i = 0; i < prefixes.length; i++) {
      if (this.tryFile(prefixes[i] + name, () => foundInList(list, i))) return true;
    }
    return false;
  }

  /** True when the search is over: the file is taken, or the loader fails on it. */
  tryFile(path: string, foundBy: () => FoundBy): boolean {
    // Nothing was found the first time: to explain that, no file need be touched again.
    if (this.#places !== undefined) return false;
    if (this.#budget.candidates-- <= 0) return true;
    const probe = this.#resolver.probe(path);
    if (probe === undefined) return false;
    const problem = this.#problemOf(probe);
    if (problem === undefined) {
      this.#taken = { path, object: probe.object, found: foundBy() };
      return true;
    }
    this.#rejected ??= [];
    this.#rejected.push({ path, ...problem });
    return problem.isFatal;
  }

  #problemOf(probe: Probe): { reason: string; isFatal: boolean } | undefined {
    if (probe.object === undefined) {
      return { reason: probe.problem ?? 'cannot be read', isFatal: !probe.isSkipped };
    }
    const unsuitable = whyUnsuitable(this.#main.object.header, probe.object.header);
    if (unsuitable === undefined) return undefined;
    // musl takes the first file that opens and fails on what it then finds.
    return { reason: unsuitable.reason, isFatal: !(this.#isGlibc && unsuitable.skipped) };
  }

  #noteDirectories(list: SearchList): void {
    const present = new Set(list.owners);
    list.directories.forEach((directory, owner) => {
      const { path, entry } = directory;
      const isThere = present.has(owner);
      const note = directory.note ?? (isThere ? undefined : 'does not exist');
      this.note({
        rule: list.rule,
        ...(list.of === undefined ? {} : { of: list.of }),
        ...(entry === path || `${entry}/` === path ? {} : { entry }),
        ...(path === undefined ? {} : { path: path.length > 1 ? path.slice(0, -1) : path }),
        ...(note === undefined ? {} : { note }),
      });
    });
  }
}

function foundInList(list: SearchList, index: number): FoundBy {
  const owner = list.directories[list.owners[index]!]!;
  const hwcap = list.hwcaps[index]!;
  const rule: SearchRule = list.rule;
  return {
    rule,
    ...(list.of === undefined ? {} : { of: list.of }),
    ...(rule === 'default-path' ? {} : { entry: owner.entry }),
    ...(hwcap === '' ? {} : { hwcap }),
  };
}
