// SPDX-License-Identifier: Apache-2.0
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { DlopenEntry } from './dlopenEntries.ts';
import type { LoaderFlavor } from './loaderStrings.ts';

/** The rule by which a file was found, in the loaders' own terms. */
export type SearchRule =
  | 'main'
  | 'interpreter'
  | 'preload'
  /** DT_RPATH of the requester or of whoever loaded it. */
  | 'rpath'
  /** LD_LIBRARY_PATH, as the caller gave it. */
  | 'library-path'
  | 'runpath'
  | 'ld.so.cache'
  /** The configuration of which the cache would be made, where there is no cache. */
  | 'ld.so.conf'
  | 'default-path'
  /** `/etc/ld-musl-ARCH.path` or musl's built-in path. */
  | 'musl-path'
  /** The name holds a slash: no search. */
  | 'path'
  /** A name that musl's loader serves itself: `libc.so`, `libpthread.so.0`. */
  | 'loader-itself';

export interface FoundBy {
  readonly rule: SearchRule;
  /** Whose RPATH or RUNPATH it was; the cache, configuration or path file. */
  readonly of?: string;
  /** The directory as it is written there, `$ORIGIN` included. */
  readonly entry?: string;
  /** The glibc-hwcaps or legacy subdirectory: `glibc-hwcaps/x86-64-v3`. */
  readonly hwcap?: string;
}

/** A file that was there but could not be used. */
export interface Rejected {
  readonly path: string;
  readonly reason: string;
  /** The loader stops here with an error; otherwise it goes on searching. */
  readonly isFatal: boolean;
}

/** One place where a missing library was looked for. */
export interface SearchedPlace extends FoundBy {
  /** The directory or file; absent where it could not be told. */
  readonly path?: string;
  /** Why it was not searched: does not exist, depends on the working directory. */
  readonly note?: string;
}

export type NodeStatus =
  | 'found'
  /** Nothing by that name is on the search path. */
  | 'missing'
  /** A file is there and the loader fails on it. */
  | 'unusable'
  /** The limit of files tried for one tree was reached before this name. */
  | 'not-searched';

export type EdgeKind = 'needed' | 'filter' | 'auxiliary' | 'preload' | 'interpreter' | 'dlopen';

export interface DependencyEdge {
  readonly kind: EdgeKind;
  /** The name as the requester writes it. */
  readonly name: string;
  /** Index in {@link DependencyTree.nodes}. */
  readonly to: number;
  /**
   * How it was answered: by a search, or by what was loaded already: under this name, this soname,
   * or as the same file (device and inode).
   */
  readonly via: 'search' | 'name' | 'soname' | 'same-file';
  /** Part of a cycle: following the edges from `to` leads back here. */
  readonly isCycle: boolean;
}

/** One file, or one name without a file. */
export interface DependencyNode {
  readonly id: number;
  readonly status: NodeStatus;
  /** The name by which it was first asked for; for the main file its path. */
  readonly name: string;
  /** As the loader opens it, inside the root. Absent when missing. */
  readonly path?: string;
  /** With symbolic links resolved, where that differs from `path`. */
  readonly realpath?: string;
  readonly soname?: string;
  readonly found?: FoundBy;
  /** Shortest number of steps from the main file. */
  readonly depth: number;
  /** Ids of the nodes that ask for it, each once. */
  readonly neededBy: readonly number[];
  readonly edges: readonly DependencyEdge[];
  readonly rejected: readonly Rejected[];
  /** Every place, in order, for a missing one. */
  readonly searched?: readonly SearchedPlace[];
}

/** An entry of `.note.dlopen` (UAPI group, "ELF dlopen() Metadata"). Weak: nothing fails by it. */
export interface DlopenDependency extends DlopenEntry {
  readonly from: number;
  /** The first of `sonames` that is there. */
  readonly to?: number;
}

export interface LoaderReport {
  readonly flavor: LoaderFlavor;
  readonly path?: string;
  readonly exists: boolean;
  readonly version?: string;
  /** Why this loader, where the file itself names none. */
  readonly assumed?: string;
  readonly systemDirectories: readonly string[];
  /** Levels below `glibc-hwcaps/` that the processor reaches, best first. */
  readonly hwcaps: readonly string[];
  /** Value of `$LIB` and `$PLATFORM`. */
  readonly lib: string;
  readonly platform: string;
  /** Set-user-ID or set-group-ID: LD_LIBRARY_PATH does not count, `$ORIGIN` hardly. */
  readonly isSecure: boolean;
  /** What the reader should know about how the answer was found; sentences. */
  readonly remarks: readonly string[];
}

/** What a loader would load for one file, without loading anything. */
export interface DependencyTree {
  /** As the caller named it. */
  readonly path: string;
  readonly root: string;
  /** Absent for a file that no dynamic loader loads. */
  readonly loader?: LoaderReport;
  /** Node 0 is the file itself. */
  readonly nodes: readonly DependencyNode[];
  /** Ids in the order in which the loader maps them; what is missing and dlopen left out. */
  readonly loadOrder: readonly number[];
  /** Ids of missing and unusable nodes that keep the file from starting. */
  readonly missing: readonly number[];
  readonly preload: readonly DependencyEdge[];
  readonly dlopen: readonly DlopenDependency[];
  readonly diagnostics: readonly Diagnostic[];
}
