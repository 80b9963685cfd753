// SPDX-License-Identifier: Apache-2.0
// A search path, expanded once: ld.so(8), "Dynamic string tokens"; glibc elf/dl-load.c,
// fillin_rpath; musl ldso/dynlink.c, fixup_rpath.

import type { SearchRule } from './dependencyTypes.ts';
import { DEPS_LIMITS } from './depsLimits.ts';
import type { LoaderProfile } from './loaderProfile.ts';
import type { RootFs } from './rootFs.ts';

export interface SearchDirectory {
  /** Ends with a slash; undefined where it cannot be told. */
  readonly path: string | undefined;
  /** As written. */
  readonly entry: string;
  readonly note: string | undefined;
}

/** `prefixes[i]` is an existing directory, with its slash, to which a name is appended. */
export interface SearchList {
  readonly rule: SearchRule;
  readonly of: string | undefined;
  readonly directories: readonly SearchDirectory[];
  readonly prefixes: readonly string[];
  /** Index in `directories`, and hwcap subdirectory, of each prefix. */
  readonly owners: readonly number[];
  readonly hwcaps: readonly string[];
}

export interface ListSource {
  readonly rule: SearchRule;
  /** Whose list it is, for the report. */
  readonly of: string | undefined;
  readonly text: string;
  /** Value of `$ORIGIN`; undefined where it may not be used. */
  readonly origin: string | undefined;
  /** Secure mode: what `$ORIGIN` gives must lie in a system directory. */
  readonly isTrustedOnly: boolean;
  readonly workingDirectory: string | undefined;
}

const TOKEN = /\$(?:(ORIGIN|LIB|PLATFORM)|\{(ORIGIN|LIB|PLATFORM)\})/g;
const MUSL_FOREIGN_TOKEN = /\$(?!ORIGIN|\{ORIGIN\})/;

/** Replaces glibc's tokens; undefined when `$ORIGIN` is used and not known. */
export function expandTokens(
  text: string,
  origin: string | undefined,
  profile: LoaderProfile,
): string | undefined {
  if (!text.includes('$')) return text;
  let isUnknown = false;
  const expanded = text.replace(TOKEN, (_, bare?: string, braced?: string) => {
    const token = bare ?? braced;
    if (token === 'LIB') return profile.lib;
    if (token === 'PLATFORM') return profile.capabilities.platform;
    if (origin === undefined) isUnknown = true;
    return origin ?? '';
  });
  return isUnknown ? undefined : expanded;
}

/** Expands a colon-separated list and looks which of its directories are there. */
export function buildSearchList(
  fs: RootFs,
  profile: LoaderProfile,
  source: ListSource,
): SearchList {
  const text = source.text.slice(0, DEPS_LIMITS.searchPathBytes);
  const isMusl = profile.flavor === 'musl';
  // musl drops the whole list for one token that it does not know.
  if (isMusl && source.rule !== 'library-path' && MUSL_FOREIGN_TOKEN.test(text)) {
    const note = 'ignored: musl knows no token but $ORIGIN';
    return finishList(fs, profile, source, [{ path: undefined, entry: text, note }]);
  }
  // In LD_LIBRARY_PATH glibc takes semicolons too (ld.so(8)); musl takes line ends.
  const separator = isMusl ? /[:\n]/ : source.rule === 'library-path' ? /[:;]/ : /:/;
  const seen = new Set<string>();
  const directories: SearchDirectory[] = [];
  if (text !== '') {
    for (const entry of text.split(separator)) {
      if (directories.length >= DEPS_LIMITS.searchDirectories) break;
      if (isMusl && entry === '') continue;
      const directory = expandEntry(profile, source, entry);
      if (directory.path !== undefined && seen.has(directory.path)) continue;
      if (directory.path !== undefined) seen.add(directory.path);
      directories.push(directory);
    }
  }
  return finishList(fs, profile, source, directories);
}

/** A list of absolute directories that need no expansion. */
export function systemSearchList(
  fs: RootFs,
  profile: LoaderProfile,
  rule: SearchRule,
  of: string | undefined,
  paths: readonly string[],
): SearchList {
  const directories = paths.map((path) => ({
    path: path.endsWith('/') ? path : `${path}/`,
    entry: path,
    note: undefined,
  }));
  return finishList(fs, profile, { rule, of }, directories);
}

function expandEntry(profile: LoaderProfile, source: ListSource, entry: string): SearchDirectory {
  const isMuslLibraryPath = profile.flavor === 'musl' && source.rule === 'library-path';
  const expanded = isMuslLibraryPath ? entry : expandTokens(entry, source.origin, profile);
  if (expanded === undefined) {
    return { path: undefined, entry, note: '$ORIGIN is not known' };
  }
  if (expanded.length > DEPS_LIMITS.pathBytes) {
    return { path: undefined, entry, note: `longer than ${DEPS_LIMITS.pathBytes} bytes` };
  }
  if (source.isTrustedOnly && /\$\{?ORIGIN/.test(entry) && !isTrusted(profile, expanded)) {
    const note = 'ignored in a set-user-ID program: not a system directory';
    return { path: undefined, entry, note };
  }
  if (expanded.startsWith('/')) return { path: withSlash(expanded), entry, note: undefined };
  if (source.workingDirectory === undefined) {
    return { path: undefined, entry, note: 'depends on the working directory' };
  }
  return { path: withSlash(`${source.workingDirectory}/${expanded}`), entry, note: undefined };
}

function withSlash(path: string): string {
  return `${path.replace(/\/+$/, '')}/`;
}

function isTrusted(profile: LoaderProfile, path: string): boolean {
  const normal: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') normal.pop();
    else if (part !== '' && part !== '.') normal.push(part);
  }
  const absolute = `/${normal.join('/')}/`;
  return profile.systemDirectories.some((directory) => absolute.startsWith(`${directory}/`));
}

function finishList(
  fs: RootFs,
  profile: LoaderProfile,
  source: Pick<ListSource, 'rule' | 'of'>,
  directories: readonly SearchDirectory[],
): SearchList {
  const prefixes: string[] = [];
  const owners: number[] = [];
  const hwcaps: string[] = [];
  directories.forEach(({ path }, owner) => {
    if (path === undefined || !fs.isDirectory(path)) return;
    for (const hwcap of profile.hwcapSubdirectories) {
      if (hwcap !== '' && !fs.isDirectory(path + hwcap)) continue;
      prefixes.push(path + hwcap);
      owners.push(owner);
      hwcaps.push(hwcap.slice(0, -1));
    }
  });
  return { rule: source.rule, of: source.of, directories, prefixes, owners, hwcaps };
}
