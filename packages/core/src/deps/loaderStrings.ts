// SPDX-License-Identifier: Apache-2.0
// The loader's own bytes say where it looks: the directories, the cache and the $LIB it was built
// with differ between Debian (multiarch), Fedora (lib64), Arch (/usr/lib) and NixOS (its store).

export type LoaderFlavor = 'glibc' | 'musl' | 'unknown';

/** What could be learned from the file; undefined where it does not say. */
export interface LoaderStrings {
  readonly flavor: LoaderFlavor;
  readonly version: string | undefined;
  /** Default directories, in the order searched, without a slash at the end. */
  readonly systemDirectories: readonly string[] | undefined;
  readonly cachePath: string | undefined;
  readonly hasGlibcHwcaps: boolean;
  /** The real loader behind gcompat's stub, which makes glibc programs start under musl. */
  readonly gcompatLoader: string | undefined;
}

const GLIBC_RELEASE = / release version (\d+\.\d+)/y;
const MUSL_LIBC = /musl libc \(/;
const GCOMPAT_LOADER = /\/[\x21-\x7e]{1,200}\/ld-musl-[a-z0-9_-]{1,40}\.so\.1/;
/** `/lib/x86_64-linux-gnu/\0/usr/lib/x86_64-linux-gnu/\0…`: gen-trusted-dirs.awk. */
const SYSTEM_DIRECTORIES = /(?:\/[\x21-\x7e]{0,200}lib[\x21-\x7e]{0,60}\/\0){1,16}/y;
const CACHE_PATH = /\/[\x21-\x7e]{0,200}\/ld\.so\.cache(?=\0)/y;
const MUSL_PATH = /(?:\/[\x21-\x39\x3b-\x7e]{1,200}:){1,16}\/[\x21-\x39\x3b-\x7e]{1,200}(?=\0)/y;

/** @param text the loader's bytes as latin1 */
export function readLoaderStrings(text: string): LoaderStrings {
  const release = glibcRelease(text);
  if (release !== undefined) return glibcStrings(text, release);
  const isMusl = MUSL_LIBC.test(text);
  const isGcompat = !isMusl && text.includes('gcompat');
  return {
    flavor: isMusl ? 'musl' : 'unknown',
    version: isMusl ? /\x00(1\.\d+\.\d+)(?=\x00|-git)/.exec(text)?.[1] : undefined,
    systemDirectories: isMusl ? firstPath(text, MUSL_PATH)?.split(':') : undefined,
    cachePath: undefined,
    hasGlibcHwcaps: false,
    gcompatLoader: isGcompat ? GCOMPAT_LOADER.exec(text)?.[0] : undefined,
  };
}

// A cold regular expression over the whole file would take a millisecond; indexOf takes none.
function glibcRelease(text: string): string | undefined {
  for (const word of ['stable', 'development']) {
    const phrase = `${word} release version `;
    for (let at = text.indexOf(phrase); at >= 0; at = text.indexOf(phrase, at + 1)) {
      GLIBC_RELEASE.lastIndex = at + word.length;
      const version = GLIBC_RELEASE.exec(text)?.[1];
      if (version !== undefined) return version;
    }
  }
  return undefined;
}

function glibcStrings(text: string, version: string): LoaderStrings {
  const directories = firstPathWith(text, '/\0', SYSTEM_DIRECTORIES)
    ?.split('\0')
    .filter((path) => path !== '');
  return {
    flavor: 'glibc',
    version,
    systemDirectories: directories?.map((path) => path.replace(/\/+$/, '')),
    cachePath: firstPathWith(text, '/ld.so.cache\0', CACHE_PATH),
    // The compiler may split the string into immediates: the version is the better witness.
    hasGlibcHwcaps: isAtLeast(version, 2, 33),
    gcompatLoader: undefined,
  };
}

/** The first match that is a string of its own: a search by native code, a pattern at each hit. */
function firstPath(text: string, sticky: RegExp): string | undefined {
  for (let at = text.indexOf('\0/'); at >= 0; at = text.indexOf('\0/', at + 1)) {
    sticky.lastIndex = at + 1;
    const found = sticky.exec(text)?.[0];
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The same for a string that ends, or whose first part ends, in `ending`: there are few of these. */
function firstPathWith(text: string, ending: string, sticky: RegExp): string | undefined {
  for (let at = text.indexOf(ending); at >= 0; at = text.indexOf(ending, at + 1)) {
    // A whole string begins behind a zero byte, which the file's first byte is not.
    const start = text.lastIndexOf('\0', at) + 1;
    if (start === 0) continue;
    sticky.lastIndex = start;
    const found = sticky.exec(text)?.[0];
    if (found !== undefined) return found;
  }
  return undefined;
}

/** True when `version` (`2.36`) is not older; false for one that is no number. */
export function isAtLeast(version: string, major: number, minor: number): boolean {
  const [a = Number.NaN, b = Number.NaN] = version.split('.').map(Number);
  return a > major || (a === major && b >= minor);
}
