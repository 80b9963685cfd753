// SPDX-License-Identifier: Apache-2.0
import { DEPS_LIMITS } from './depsLimits.ts';
import { LinkMap, type Namespace } from './linkMap.ts';
import type { LoaderProfile } from './loaderProfile.ts';
import type { Resolver } from './resolver.ts';
import { Searcher } from './search.ts';
import { hasNodeflib, isSetIdMode, type LoaderFacts, type SharedObject } from './sharedObject.ts';

/**
 * Whether a file certainly lacks nothing: a short cut for the many that do not. It does not know
 * which library is loaded already, which can only turn a missing one into a found one; so "no"
 * means that the tree has to be built. Without an inherited RPATH, what a library needs does not
 * depend on who needs the library, and is asked once for all files.
 */
export function isComplete(
  object: SharedObject,
  path: string,
  profile: LoaderProfile,
  resolver: Resolver,
): boolean {
  const { libraryPath, workingDirectory } = resolver.options;
  if (libraryPath !== undefined || profile.flavor !== 'glibc') return false;
  if (!profile.exists || object.isSetId) return false;
  const complete = resolver.completeObjects(profile);
  // Many programs need the very same libraries: the answer for one is the answer for all.
  const shared = sharedKey(object);
  if (shared !== undefined && complete.has(shared)) return true;
  const namespace: Namespace = { fs: resolver.fs, profile, workingDirectory, isSecure: false };
  const main = new LinkMap(0, object, path, undefined, profile.flavor);
  const budget = { candidates: DEPS_LIMITS.candidates };
  const searcher = new Searcher(resolver, namespace, main, undefined, budget);
  const visited = new Set<string>([object.identity]);
  const pending = [main];
  for (let map = pending.pop(); map !== undefined; map = pending.pop()) {
    const { rpath, needed, filter } = map.object.strings;
    if (rpath !== undefined || filter.length > 0 || visited.size > DEPS_LIMITS.nodes) return false;
    for (const name of needed) {
      const found = searcher.find(name, map);
      if (found.object === undefined || found.path === undefined) return false;
      const { identity } = found.object;
      if (visited.has(identity) || complete.has(identity)) continue;
      visited.add(identity);
      pending.push(new LinkMap(0, found.object, found.path, undefined, profile.flavor));
    }
  }
  // Only now: within a cycle nobody is complete before all are.
  for (const identity of visited) complete.add(identity);
  if (shared !== undefined) {
    complete.add(shared);
    addNames(object, resolver.completeNames);
  }
  return true;
}

function addNames(object: SharedObject, known: Map<string, Set<string>>): void {
  const key = namesKey(object);
  const names = known.get(key) ?? new Set();
  for (const name of object.strings.needed) names.add(name);
  known.set(key, names);
}

/**
 * Whether {@link isComplete} has said so already of each library that the file asks for, on behalf
 * of files with the same loader. False says nothing.
 */
export function isKnownComplete(facts: LoaderFacts, mode: number, resolver: Resolver): boolean {
  const { rpath, runpath, filter, needed } = facts.strings;
  if (rpath !== undefined || runpath !== undefined || filter.length > 0) return false;
  if (!facts.hasDynamic || isSetIdMode(mode) || hasNodeflib(facts.strings)) return false;
  const names = resolver.completeNames.get(namesKey(facts));
  if (names === undefined || needed.length === 0) return false;
  for (const name of needed) {
    // By that name alone a library could be musl's, which is searched for elsewhere.
    if (!names.has(name) || name === 'libc.so') return false;
  }
  return true;
}

function namesKey({ header, interpreter }: LoaderFacts): string {
  const { class: elfClass, data, machine, flags } = header;
  return `${interpreter} ${elfClass} ${data} ${machine} ${flags}`;
}

/** What the search depends on where no path or flag of the file itself has a part in it. */
function sharedKey({ strings }: SharedObject): string | undefined {
  const { rpath, runpath, filter, needed } = strings;
  if (rpath !== undefined || runpath !== undefined || filter.length > 0) return undefined;
  return hasNodeflib(strings) ? undefined : `needed ${needed.join('\0')}`;
}
