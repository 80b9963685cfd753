// SPDX-License-Identifier: Apache-2.0
// One name, searched as glibc (elf/dl-load.c, _dl_map_object) or musl (ldso/dynlink.c,
// load_library) searches it. What is loaded already is not looked at here.
import { Attempt, type Budget } from './attempt.ts';
import type { SearchedPlace } from './dependencyTypes.ts';
import type { LinkMap, Namespace } from './linkMap.ts';
import type { LoaderProfile } from './loaderProfile.ts';
import type { Resolver } from './resolver.ts';
import { joinPath } from './rootFs.ts';
import { expandTokens, type SearchList, systemSearchList } from './searchList.ts';
import type { SearchResult } from './searchResult.ts';
import { hasNodeflib } from './sharedObject.ts';

/** The searches of one tree. */
export class Searcher {
  readonly #resolver: Resolver;
  readonly #namespace: Namespace;
  readonly #profile: LoaderProfile;
  readonly #main: LinkMap;
  readonly #libraryPath: SearchList | undefined;
  readonly #plain: Map<string, SearchResult>;
  readonly #isGlibc: boolean;
  readonly budget: Budget;

  constructor(
    resolver: Resolver,
    namespace: Namespace,
    main: LinkMap,
    libraryPath: SearchList | undefined,
    budget: Budget,
  ) {
    const { profile } = namespace;
    this.#resolver = resolver;
    this.#namespace = namespace;
    this.#profile = profile;
    this.#main = main;
    this.#libraryPath = libraryPath;
    this.#isGlibc = profile.flavor !== 'musl';
    this.#plain = resolver.plainResults(profile);
    this.budget = budget;
  }

  // Made when the search gets there: with a cache it seldom does, and the list of a loader with
  // the old hardware capabilities asks for a hundred directories.
  get #defaults(): SearchList {
    const rule = this.#isGlibc ? 'default-path' : 'musl-path';
    const { systemDirectories, pathFile } = this.#profile;
    return this.#resolver.sharedList(this.#profile, rule, () =>
      systemSearchList(this.#namespace.fs, this.#profile, rule, pathFile, systemDirectories),
    );
  }

  get #conf(): SearchList | undefined {
    const { confDirectories: directories } = this.#profile;
    if (directories.length === 0) return undefined;
    const { fs } = this.#namespace;
    return this.#resolver.sharedList(this.#profile, 'ld.so.conf', () =>
      systemSearchList(fs, this.#profile, 'ld.so.conf', '/etc/ld.so.conf', directories),
    );
  }

  /** Searches `name` on behalf of `requester`. */
  find(name: string, requester: LinkMap): SearchResult {
    const isShared = requester.isPlain && this.#libraryPath === undefined && !name.includes('/');
    const known = isShared ? this.#plain.get(name) : undefined;
    if (known !== undefined) return known;
    const attempt = new Attempt(this.#resolver, this.#main, this.#isGlibc, this.budget, undefined);
    const result = this.#run(name, requester, attempt);
    if (isShared && this.budget.candidates > 0) this.#plain.set(name, result);
    return result;
  }

  /** The same search once more, to tell where it went: for names that were not found. */
  explain(name: string, requester: LinkMap): SearchedPlace[] {
    const places: SearchedPlace[] = [];
    const attempt = new Attempt(this.#resolver, this.#main, this.#isGlibc, this.budget, places);
    this.#run(name, requester, attempt);
    return places;
  }

  #run(name: string, requester: LinkMap, attempt: Attempt): SearchResult {
    if (name.includes('/')) this.#byPath(name, requester, attempt);
    else if (this.#isGlibc) this.#glibc(name, requester, attempt);
    else this.#musl(name, requester, attempt);
    return attempt.result();
  }

  #byPath(name: string, requester: LinkMap, attempt: Attempt): void {
    const { origin } = requester;
    const expanded = this.#isGlibc ? expandTokens(name, origin, this.#profile) : name;
    const base = this.#namespace.workingDirectory;
    if (expanded === undefined || (!expanded.startsWith('/') && base === undefined)) {
      attempt.note({ rule: 'path', entry: name, note: 'depends on the working directory' });
      return;
    }
    const path = expanded.startsWith('/') ? expanded : joinPath(base ?? '/', expanded);
    attempt.note({ rule: 'path', path });
    attempt.tryFile(path, () => (path === name ? { rule: 'path' } : { rule: 'path', entry: name }));
  }

  #glibc(name: string, requester: LinkMap, attempt: Attempt): void {
    const { strings } = requester.object;
    if (strings.runpath === undefined && this.#inheritedRpaths(name, requester, attempt)) return;
    if (attempt.tryList(this.#libraryPath, name)) return;
    if (attempt.tryList(requester.runpathList(this.#namespace), name)) return;
    const isNodeflib = hasNodeflib(strings);
    if (this.#cache(name, isNodeflib, attempt)) return;
    if (attempt.tryList(this.#conf, name)) return;
    if (isNodeflib) {
      attempt.note({ rule: 'default-path', note: `not searched: ${requester.path} has NODEFLIB` });
      return;
    }
    attempt.tryList(this.#defaults, name);
  }

  /** The requester's RPATH, that of whoever loaded it, and so on; at last the program's. */
  #inheritedRpaths(name: string, requester: LinkMap, attempt: Attempt): boolean {
    let didMain = false;
    for (let map: LinkMap | undefined = requester; map !== undefined; map = map.loader) {
      if (attempt.tryList(map.rpathList(this.#namespace), name)) return true;
      didMain ||= map === this.#main;
    }
    return !didMain && attempt.tryList(this.#main.rpathList(this.#namespace), name);
  }

  #cache(name: string, isNodeflib: boolean, attempt: Attempt): boolean {
    const { cache, cachePath, abi, capabilities, supportsLegacyHwcaps } = this.#profile;
    if (cache === undefined) return false;
    const reader = { cacheFlags: abi.cacheFlags, capabilities, supportsLegacyHwcaps };
    const entry = cache.lookup(name, reader);
    if (entry === undefined) {
      attempt.note({ rule: 'ld.so.cache', of: cachePath, note: 'has no such entry' });
      return false;
    }
    const isDefault = this.#profile.systemDirectories.some((d) => entry.path.startsWith(`${d}/`));
    if (isNodeflib && isDefault) {
      const note = `${entry.path} is not taken: NODEFLIB`;
      attempt.note({ rule: 'ld.so.cache', of: cachePath, note });
      return false;
    }
    const hwcap = entry.hwcapName;
    attempt.note({ rule: 'ld.so.cache', of: cachePath, path: entry.path });
    return attempt.tryFile(entry.path, () =>
      hwcap === undefined
        ? { rule: 'ld.so.cache', of: cachePath }
        : { rule: 'ld.so.cache', of: cachePath, hwcap: `glibc-hwcaps/${hwcap}` },
    );
  }

  /** LD_LIBRARY_PATH, then RPATH or RUNPATH of the whole chain alike, then the path file. */
  #musl(name: string, requester: LinkMap, attempt: Attempt): void {
    if (attempt.tryList(this.#libraryPath, name)) return;
    for (let map: LinkMap | undefined = requester; map !== undefined; map = map.loader) {
      const list = map.runpathList(this.#namespace) ?? map.rpathList(this.#namespace);
      if (attempt.tryList(list, name)) return;
    }
    attempt.tryList(this.#defaults, name);
  }
}
