// SPDX-License-Identifier: Apache-2.0
// Which loader would load a file, and all that it knows before it searches.
import { decodeBytes } from '../bytes/surrogateEscape.ts';
import { Diagnostics } from '../diagnostics/diagnostic.ts';
import {
  baselineCapabilities,
  type CpuCapabilities,
  hwcapSubdirectories,
} from './cpuCapabilities.ts';
import { DEPS_LIMITS } from './depsLimits.ts';
import type { LdCache } from './ldCache.ts';
import { readLdConf } from './ldConf.ts';
import { isAtLeast, type LoaderFlavor, readLoaderStrings } from './loaderStrings.ts';
import { type AbiHeader, type MachineAbi, machineAbi } from './machineAbi.ts';
import { parseLdCache } from './parseLdCache.ts';
import { directoryOf, type RootFs } from './rootFs.ts';

const GLIBC_CACHE = '/etc/ld.so.cache';
const GLIBC_CONF = '/etc/ld.so.conf';
const NO_CACHE =
  'there is no usable %: the directories of ld.so.conf, from which ldconfig makes it, were ' +
  'searched instead; the loader itself would not search them';
const MUSL_DEFAULT = ['/lib', '/usr/local/lib', '/usr/lib'];

/** A loader, its search paths and its tables; shared by all files that it loads. */
export interface LoaderProfile {
  readonly flavor: LoaderFlavor;
  /** As PT_INTERP or the ABI names it; undefined where none is known. */
  readonly path: string | undefined;
  /** The file was there and has been read. */
  readonly exists: boolean;
  readonly version: string | undefined;
  readonly header: AbiHeader;
  readonly abi: MachineAbi;
  /** Default directories (glibc), or those of the path file or the built-in path (musl). */
  readonly systemDirectories: readonly string[];
  /** Where `systemDirectories` comes from: the musl path file. */
  readonly pathFile: string | undefined;
  /** What `$LIB` stands for. */
  readonly lib: string;
  readonly capabilities: CpuCapabilities;
  readonly hwcapSubdirectories: readonly string[];
  readonly supportsLegacyHwcaps: boolean;
  readonly cachePath: string;
  readonly cache: LdCache | undefined;
  /** Directories of ld.so.conf, only where there is no usable cache. */
  readonly confDirectories: readonly string[];
  /** Names of /etc/ld.so.preload (glibc only), or what gcompat preloads. */
  readonly preload: readonly string[];
  readonly remarks: readonly string[];
  readonly diagnostics: Diagnostics;
}

/** Reads what the loader at `path` would. `flavorHint` counts where the file is not there. */
export function readLoaderProfile(
  fs: RootFs,
  path: string | undefined,
  flavorHint: LoaderFlavor,
  header: AbiHeader,
  capabilities: CpuCapabilities = baselineCapabilities(header.machine),
): LoaderProfile {
  const diagnostics = new Diagnostics();
  const text = path === undefined ? undefined : readLoader(fs, path, diagnostics);
  const strings = text === undefined ? undefined : readLoaderStrings(text);
  const abi = machineAbi(header);
  if (path !== undefined && strings?.gcompatLoader !== undefined) {
    const real = readLoaderProfile(fs, strings.gcompatLoader, 'musl', header, capabilities);
    return { ...real, path, preload: ['libgcompat.so.0'] };
  }
  const known = strings !== undefined && strings.flavor !== 'unknown';
  const flavor = known ? strings.flavor : (flavorOfName(path) ?? flavorHint);
  const common = {
    flavor,
    path,
    exists: text !== undefined,
    version: strings?.version,
    header,
    abi,
    capabilities,
    diagnostics,
  };
  const directories = strings?.systemDirectories;
  if (flavor === 'musl') return { ...common, ...muslPart(fs, path, directories, abi, diagnostics) };
  const systemDirectories = directories ?? assumedDirectories(fs, abi);
  const supportsLegacyHwcaps = !isAtLeast(strings?.version ?? '2.37', 2, 37);
  const glibcHwcaps = strings?.hasGlibcHwcaps ?? true;
  const cachePath = strings?.cachePath ?? GLIBC_CACHE;
  const cache = readCache(fs, cachePath, header.data, diagnostics);
  return {
    ...common,
    systemDirectories,
    pathFile: undefined,
    lib: libToken(systemDirectories, abi),
    get hwcapSubdirectories() {
      return hwcapSubdirectories(capabilities, { glibcHwcaps, legacy: supportsLegacyHwcaps });
    },
    supportsLegacyHwcaps,
    cachePath,
    cache,
    confDirectories: cache === undefined ? readLdConf(fs, GLIBC_CONF, diagnostics) : [],
    preload: readPreload(fs, diagnostics),
    remarks: [
      ...(flavor === 'unknown'
        ? [`${path} is an unknown loader: the rules of glibc were taken`]
        : []),
      ...(cache === undefined ? [NO_CACHE.replace('%', cachePath)] : []),
    ],
  };
}

/** By the file name alone, as distributions name loaders. */
export function flavorOfName(path: string | undefined): LoaderFlavor | undefined {
  const name = path?.slice(path.lastIndexOf('/') + 1);
  if (name === undefined) return undefined;
  if (name.startsWith('ld-musl-')) return 'musl';
  if (/^ld-linux.*\.so\.\d+$|^ld64\.so\.\d+$|^ld\.so\.1$/.test(name)) return 'glibc';
  return undefined;
}

function readLoader(fs: RootFs, path: string, diagnostics: Diagnostics): string | undefined {
  return unlessUnreadable(path, diagnostics, () => fs.readLatin1(path, DEPS_LIMITS.loaderBytes));
}

function readOptional(
  fs: RootFs,
  path: string,
  limitBytes: number,
  diagnostics: Diagnostics,
): Buffer | undefined {
  return unlessUnreadable(path, diagnostics, () => fs.readFile(path, limitBytes));
}

function unlessUnreadable<T>(
  path: string,
  diagnostics: Diagnostics,
  read: () => T | undefined,
): T | undefined {
  try {
    return read();
  } catch (error) {
    diagnostics.add('unreadable', path, error instanceof Error ? error.message : String(error));
    return undefined;
  }
}

function readCache(
  fs: RootFs,
  path: string,
  data: 'LE' | 'BE',
  diagnostics: Diagnostics,
): LdCache | undefined {
  const bytes = readOptional(fs, path, DEPS_LIMITS.cacheBytes, diagnostics);
  const cache = bytes === undefined ? undefined : parseLdCache(bytes, data, diagnostics);
  return cache;
}

/** ld.so(8), FILES: names separated by white space or colons. */
function readPreload(fs: RootFs, diagnostics: Diagnostics): string[] {
  const bytes = readOptional(fs, '/etc/ld.so.preload', DEPS_LIMITS.confFileBytes, diagnostics);
  if (bytes === undefined) return [];
  const text = decodeBytes(bytes).replace(/#.*$/gm, '');
  const names = text.split(/[\s:]+/).filter((name) => name !== '');
  return names.slice(0, DEPS_LIMITS.preload);
}

/** For a loader that is not there: what its distribution most likely built into it. */
function assumedDirectories(fs: RootFs, abi: MachineAbi): string[] {
  const hasMultiarch =
    abi.multiarch !== '' &&
    (fs.isDirectory(`/lib/${abi.multiarch}`) || fs.isDirectory(`/usr/lib/${abi.multiarch}`));
  if (hasMultiarch) {
    return [`/lib/${abi.multiarch}`, `/usr/lib/${abi.multiarch}`, '/lib', '/usr/lib'];
  }
  const plain = [`/${abi.libDirectory}`, `/usr/${abi.libDirectory}`];
  return abi.libDirectory === 'lib' ? plain : [...plain, '/lib', '/usr/lib'];
}

/** DL_DST_LIB: `lib/x86_64-linux-gnu` where Debian patched it, else the directory's name. */
function libToken(systemDirectories: readonly string[], abi: MachineAbi): string {
  const first = systemDirectories[0];
  if (first === undefined) return abi.libDirectory;
  const underLib = /^(?:\/usr)?\/(lib[^/]*\/.+)$/.exec(first)?.[1];
  return underLib ?? first.slice(first.lastIndexOf('/') + 1);
}

/** musl, ldso/dynlink.c, load_library: `PREFIX/etc/ld-musl-ARCH.path` beside the loader. */
function muslPart(
  fs: RootFs,
  path: string | undefined,
  builtIn: readonly string[] | undefined,
  abi: MachineAbi,
  diagnostics: Diagnostics,
): Omit<
  LoaderProfile,
  'flavor' | 'path' | 'exists' | 'version' | 'header' | 'abi' | 'capabilities' | 'diagnostics'
> {
  const loader = path ?? `/lib/ld-musl-${abi.muslName}.so.1`;
  const name = /\/ld-musl-([^/]+)\.so\.1$/.exec(loader)?.[1] ?? abi.muslName;
  const prefix = directoryOf(directoryOf(loader)).replace(/\/$/, '');
  const pathFile = `${prefix}/etc/ld-musl-${name}.path`;
  const bytes = readOptional(fs, pathFile, DEPS_LIMITS.searchPathBytes, diagnostics);
  const listed = bytes === undefined ? undefined : decodeBytes(bytes).split(/[:\n]+/);
  return {
    systemDirectories: listed?.filter((entry) => entry !== '') ?? builtIn ?? MUSL_DEFAULT,
    pathFile: listed === undefined ? undefined : pathFile,
    lib: 'lib',
    hwcapSubdirectories: [''],
    supportsLegacyHwcaps: false,
    cachePath: '',
    cache: undefined,
    confDirectories: [],
    preload: [],
    remarks: [],
  };
}
