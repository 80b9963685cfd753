// SPDX-License-Identifier: Apache-2.0
import { DF_1 } from '../elf/constants.ts';
import { flavorOfName } from './loaderProfile.ts';
import type { LoaderFlavor } from './loaderStrings.ts';
import { machineAbi } from './machineAbi.ts';
import type { RootFs } from './rootFs.ts';
import type { SharedObject } from './sharedObject.ts';

export interface LoaderChoice {
  readonly path: string | undefined;
  readonly flavor: LoaderFlavor;
  /** Why this one, where the file does not name it. */
  readonly assumed: string | undefined;
}

/**
 * The loader of a main file: PT_INTERP, else (libraries have none) the one that its NEEDED names
 * belong to, else the one that is installed. Undefined for a file without dynamic array.
 */
export function chooseLoader(fs: RootFs, object: SharedObject): LoaderChoice | undefined {
  if (object.interpreter !== undefined) {
    const isGlibc = object.strings.needed.includes('libc.so.6');
    const flavor = flavorOfName(object.interpreter) ?? (isGlibc ? 'glibc' : 'unknown');
    return { path: object.interpreter, flavor, assumed: undefined };
  }
  if (!object.hasDynamic || isStaticPie(object)) return undefined;
  const abi = machineAbi(object.header);
  const installed = abi.glibcLoaders.find((path) => fs.exists(path));
  const glibc = installed ?? abi.glibcLoaders[0];
  const musl = `/lib/ld-musl-${abi.muslName}.so.1`;
  const needed = object.strings.needed;
  if (needed.some((name) => name.startsWith('libc.musl-'))) {
    return { path: musl, flavor: 'musl', assumed: 'NEEDED names musl' };
  }
  if (needed.some((name) => /^libc\.so\.6(\.1)?$|^ld-linux|^ld64\.so/.test(name))) {
    return { path: glibc, flavor: 'glibc', assumed: 'NEEDED names glibc' };
  }
  if (needed.includes('libc.so') && fs.exists(musl)) {
    return { path: musl, flavor: 'musl', assumed: 'NEEDED names libc.so' };
  }
  if (installed === undefined && fs.exists(musl)) {
    return { path: musl, flavor: 'musl', assumed: 'the only loader installed' };
  }
  return { path: glibc, flavor: 'glibc', assumed: 'usual for this machine' };
}

/** Relocates itself: it has a dynamic array but asks for no loader and no library. */
function isStaticPie({ strings }: SharedObject): boolean {
  return (strings.flags1 & DF_1.PIE) !== 0 && strings.needed.length === 0;
}
