// SPDX-License-Identifier: Apache-2.0
// What all trees of one run share: files already read, directories already looked for, loaders
// already understood. A name that depends on nobody's RPATH is searched once for all files.
import { readFileSync } from 'node:fs';
import { openFile } from '../bytes/fileSource.ts';
import { InputError } from '../diagnostics/diagnostic.ts';
import { ElfFile } from '../elf/elfFile.ts';
import { baselineCapabilities, type CpuCapabilities, capabilitiesOf } from './cpuCapabilities.ts';
import type { SearchRule } from './dependencyTypes.ts';
import { DEPS_LIMITS } from './depsLimits.ts';
import { chooseLoader, type LoaderChoice } from './loaderChoice.ts';
import { type LoaderProfile, readLoaderProfile } from './loaderProfile.ts';
import { errnoError, isAbsent, RootFs } from './rootFs.ts';
import type { SearchList } from './searchList.ts';
import type { SearchResult } from './searchResult.ts';
import { type LoaderFacts, loaderFacts, type ObjectOrigin, SharedObject } from './sharedObject.ts';

export interface ResolverOptions {
  /** Resolve as if this directory were `/`; default `/`. */
  readonly root?: string;
  /** What LD_LIBRARY_PATH is taken to be; default unset. The environment is never read. */
  readonly libraryPath?: string;
  /** Also read `.note.dlopen` of every file. */
  readonly wantsDlopen?: boolean;
  /** For relative entries of search paths; without it they are reported, not searched. */
  readonly workingDirectory?: string;
  /** Text of /proc/cpuinfo of the host that would run the files; default: this host's. */
  readonly cpuInfo?: string;
  /**
   * A faster way to the facts of ordinary files, given the path and the size of one; undefined for
   * any other. Of no use with `wantsDlopen`.
   */
  readonly readOrdinary?: (hostPath: string, sizeBytes: number) => LoaderFacts | undefined;
}

/** A file that was there: its facts, or why it is of no use to a loader. */
export interface Probe {
  readonly object?: SharedObject;
  readonly problem?: string;
  readonly error?: InputError;
  /** glibc goes on to the next directory (it could not open the file). */
  readonly isSkipped: boolean;
}

/** Machines by process.arch, for whose programs this host's processor is the one that counts. */
const HOST_MACHINES: Readonly<Record<string, readonly number[]>> = {
  x64: [62, 3],
  arm64: [183, 40],
  s390x: [22],
  ppc64: [21, 20],
};

/** See the file's comment. Holds no file open; forget it to see changes of the file system. */
export class Resolver {
  readonly options: ResolverOptions;
  readonly fs: RootFs;
  /** Names that lack nothing for files of one ABI and interpreter without paths of their own. */
  readonly completeNames: Map<string, Set<string>> = new Map();
  readonly #probes = new Map<string, Probe | undefined>();
  readonly #objects = new Map<string, Probe>();
  readonly #profiles = new Map<string, LoaderProfile>();
  readonly #plain = new Map<LoaderProfile, Map<string, SearchResult>>();
  readonly #lists = new Map<LoaderProfile, Map<SearchRule, SearchList>>();
  readonly #complete = new Map<LoaderProfile, Set<string>>();
  #absentCount = 0;

  constructor(options: ResolverOptions = {}) {
    this.options = options;
    this.fs = new RootFs(options.root);
  }

  /** The file at `path` inside the root, or undefined when there is none. */
  probe(path: string): Probe | undefined {
    const known = this.#probes.get(path);
    if (known !== undefined || this.#probes.has(path)) return known;
    const probe = this.#read(path);
    if (probe !== undefined) this.#probes.set(path, probe);
    else if (this.#absentCount++ < DEPS_LIMITS.rememberedAbsent) this.#probes.set(path, probe);
    return probe;
  }

  /**
   * Takes a file that is open already, so that it need not be read again.
   * @param identity `device:inode` where the file has them
   */
  adopt(elf: ElfFile, path: string, identity: string, mode: number): SharedObject {
    const known = this.#objects.get(identity)?.object;
    return known ?? this.adoptFacts(this.#factsOf(elf), path, identity, mode);
  }

  /** The same for a file whose facts are known. */
  adoptFacts(facts: LoaderFacts, path: string, identity: string, mode: number): SharedObject {
    const known = this.#objects.get(identity)?.object;
    if (known !== undefined) return known;
    const object = new SharedObject(facts, this.#origin(path, identity, mode));
    this.#objects.set(identity, { object, isSkipped: false });
    return object;
  }

  /** The loader of a main file, or undefined when nothing says that it is loaded at all. */
  loaderFor(
    object: SharedObject,
  ): (LoaderChoice & { readonly profile: LoaderProfile }) | undefined {
    const choice = chooseLoader(this.fs, object);
    if (choice === undefined) return undefined;
    const { class: elfClass, data, machine, flags } = object.header;
    const key = `${choice.path}\0${choice.flavor} ${elfClass} ${data} ${machine} ${flags}`;
    let profile = this.#profiles.get(key);
    if (profile === undefined) {
      const capabilities = this.#capabilities(machine);
      const { path, flavor } = choice;
      profile = readLoaderProfile(this.fs, path, flavor, object.header, capabilities);
      this.#profiles.set(key, profile);
    }
    return { ...choice, profile };
  }

  /** Results of searches that no RPATH, RUNPATH or flag of a file had a part in. */
  plainResults(profile: LoaderProfile): Map<string, SearchResult> {
    let results = this.#plain.get(profile);
    if (results === undefined) {
      results = new Map();
      this.#plain.set(profile, results);
    }
    return results;
  }

  /** A search list that depends on the loader alone. */
  sharedList(profile: LoaderProfile, rule: SearchRule, make: () => SearchList): SearchList {
    let lists = this.#lists.get(profile);
    if (lists === undefined) {
      lists = new Map();
      this.#lists.set(profile, lists);
    }
    let list = lists.get(rule);
    if (list === undefined) {
      list = make();
      lists.set(rule, list);
    }
    return list;
  }

  /** Identities of files that are known to lack nothing under this loader. */
  completeObjects(profile: LoaderProfile): Set<string> {
    let complete = this.#complete.get(profile);
    if (complete === undefined) {
      complete = new Set();
      this.#complete.set(profile, complete);
    }
    return complete;
  }

  #capabilities(machine: number): CpuCapabilities {
    if (this.options.cpuInfo !== undefined) return capabilitiesOf(machine, this.options.cpuInfo);
    const isHosts = HOST_MACHINES[process.arch]?.includes(machine) ?? false;
    if (!isHosts) return baselineCapabilities(machine);
    return new HostCapabilities(machine);
  }

  #read(path: string): Probe | undefined {
    if (path.length > DEPS_LIMITS.pathBytes) return undefined;
    const located = this.fs.locate(path);
    if (isAbsent(located)) return undefined;
    if (typeof located === 'string') {
      const error = errnoError(located, path);
      return { problem: error.message, error, isSkipped: located === 'EACCES' };
    }
    const { stats, hostPath } = located;
    const identity = `${stats.dev}:${stats.ino}`;
    const known = this.#objects.get(identity);
    if (known !== undefined) return known;
    if (!stats.isFile()) {
      const problem = stats.isDirectory() ? 'is a directory' : 'is not a regular file';
      const error = new InputError('not-regular', path, problem);
      return { problem, error, isSkipped: false };
    }
    const ordinary = this.options.readOrdinary?.(hostPath, stats.size);
    if (ordinary !== undefined) {
      return { object: this.adoptFacts(ordinary, path, identity, stats.mode), isSkipped: false };
    }
    const probe = this.#open(hostPath, path, identity, stats.mode);
    this.#objects.set(identity, probe);
    return probe;
  }

  #factsOf(elf: ElfFile): LoaderFacts {
    return loaderFacts(elf, this.options.wantsDlopen === true);
  }

  #origin(path: string, identity: string, mode: number): ObjectOrigin {
    return { identity, resolvePath: () => this.fs.realpath(path), mode };
  }

  #open(hostPath: string, path: string, identity: string, mode: number): Probe {
    try {
      const source = openFile(hostPath);
      try {
        const origin = this.#origin(path, identity, mode);
        return {
          object: new SharedObject(this.#factsOf(new ElfFile(source)), origin),
          isSkipped: false,
        };
      } finally {
        source.close();
      }
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      return { problem: error.message, error, isSkipped: error.errno === 'EACCES' };
    }
  }
}

/** Read when first asked for, which few searches do; the kernel takes its time for /proc/cpuinfo. */
class HostCapabilities implements CpuCapabilities {
  readonly #machine: number;
  #known: CpuCapabilities | undefined;

  constructor(machine: number) {
    this.#machine = machine;
  }

  get glibcHwcaps(): readonly string[] {
    return this.#capabilities.glibcHwcaps;
  }
  get legacy(): readonly string[] {
    return this.#capabilities.legacy;
  }
  get platform(): string {
    return this.#capabilities.platform;
  }

  get #capabilities(): CpuCapabilities {
    this.#known ??= capabilitiesOf(this.#machine, readCpuInfo());
    return this.#known;
  }
}

/** Only the first processor's lines: on mixed ones glibc looks at the one it starts on, too. */
function readCpuInfo(): string {
  try {
    return readFileSync('/proc/cpuinfo', 'latin1').slice(0, DEPS_LIMITS.cpuInfoBytes);
  } catch {
    return '';
  }
}
