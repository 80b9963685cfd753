// SPDX-License-Identifier: Apache-2.0
// What glibc's loader puts in place of `$LIB` in a preload list (ld.so(8), "Dynamic string tokens"):
// a word that was compiled into it, `lib64` on Fedora, `lib/x86_64-linux-gnu` on Debian. With it one
// entry names a different file for 64-bit and for 32-bit programs, so that the latter start silently.
import { RootFs } from '@otelkit/core';

/** The folders below the library's directory that `$LIB` can mean. */
export interface LibFolders {
  readonly folder64: string;
  readonly folder32: string;
}

const LOADERS: Readonly<Record<string, { readonly own: string[]; readonly compat: string[] }>> = {
  x64: { own: ['/lib64/ld-linux-x86-64.so.2'], compat: ['/lib/ld-linux.so.2'] },
  arm64: {
    own: ['/lib/ld-linux-aarch64.so.1', '/lib64/ld-linux-aarch64.so.1'],
    compat: ['/lib/ld-linux-armhf.so.3', '/lib/ld-linux.so.3'],
  },
};

/**
 * Values that distributions compile in, with the one that their 32-bit packages have. The longer
 * ones first: `lib` is short enough to be in a loader for another reason.
 */
const KNOWN: readonly (readonly [string, string])[] = [
  ['lib/x86_64-linux-gnu', 'lib/i386-linux-gnu'],
  ['lib/aarch64-linux-gnu', 'lib/arm-linux-gnueabihf'],
  ['lib64', 'lib'],
  ['lib', 'lib32'],
];
const KNOWN_COMPAT = ['lib/i386-linux-gnu', 'lib/arm-linux-gnueabihf', 'lib32', 'lib'];
/** The largest loader seen is under 300 KB. */
const LOADER_BYTES = 8 << 20;

/** Undefined where `$LIB` cannot be relied on: no glibc, or a loader that does not tell. */
export function libFolders(root: string, arch: string = process.arch): LibFolders | undefined {
  const loaders = LOADERS[arch];
  if (loaders === undefined) return undefined;
  const fs = new RootFs(root);
  const own = firstLoader(fs, loaders.own);
  const known = KNOWN.find(([folder]) => own !== undefined && holdsWord(own, folder));
  if (known === undefined) return undefined;
  const [folder64, usual] = known;
  const compat = firstLoader(fs, loaders.compat);
  const folder32 = KNOWN_COMPAT.find((word) => compat !== undefined && holdsWord(compat, word));
  return { folder64, folder32: folder32 ?? usual };
}

function firstLoader(fs: RootFs, paths: readonly string[]): Buffer | undefined {
  for (const path of paths) {
    const bytes = fs.readFile(path, LOADER_BYTES);
    if (bytes !== undefined) return bytes;
  }
  return undefined;
}

/** The word as a whole C string. */
function holdsWord(bytes: Buffer, word: string): boolean {
  return bytes.includes(`\0${word}\0`, 0, 'latin1');
}
