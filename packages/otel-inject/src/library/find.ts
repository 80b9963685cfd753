// SPDX-License-Identifier: Apache-2.0
// Where the compiled libotelinject.so is: a file that the user names, the platform package that
// npm installed beside the tool, the tool's own dist, or a checkout's build.
import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { ToolError } from '@otelkit/cli-kit';
import { LIBRARY_FILE, RESCUE_FILE } from '../layout/paths.ts';

/** Machines there are libraries for; the last two are stubs that do nothing. */
export type LibraryTarget = 'x64' | 'arm64' | 'ia32' | 'arm';

export interface FoundLibrary {
  /** The library for 64-bit programs. Absolute. */
  readonly path: string;
  /** The stub for the 32-bit programs of the same machine, where it came along. */
  readonly stub32: string | undefined;
  /** The static rescue program, where it came along. */
  readonly rescue: string | undefined;
  readonly origin: 'given' | 'package' | 'dist' | 'checkout';
}

export interface FindOptions {
  /** `--library FILE`. */
  readonly given?: string | undefined;
  /** What relative paths start from. */
  readonly cwd?: string;
  /** `process.arch` of the processes to be injected. */
  readonly arch?: string;
  /** A file of the tool; libraries are looked for in the directories above it. */
  readonly from?: string;
}

const TARGETS: Readonly<Record<string, readonly [LibraryTarget, LibraryTarget]>> = {
  x64: ['x64', 'ia32'],
  arm64: ['arm64', 'arm'],
};
/** Where the platforms' packages have them; a stub comes with the machine whose kernel runs it. */
const PACKED: Readonly<Record<LibraryTarget, string>> = {
  x64: 'native-linux-x64/lib',
  arm64: 'native-linux-arm64/lib',
  ia32: 'native-linux-x64/lib/32',
  arm: 'native-linux-arm64/lib/32',
};
/** Directories above the tool that are looked into. */
const MAX_ANCESTORS = 64;

/**
 * Finds the library and what belongs to it.
 * @throws ToolError `LIBRARY_MISSING` (exit 4), `ARCH_UNSUPPORTED` (exit 1)
 */
export function findLibrary(options: FindOptions = {}): FoundLibrary {
  const arch = options.arch ?? process.arch;
  const targets = TARGETS[arch];
  if (targets === undefined) {
    throw new ToolError(`there is no preload library for ${arch}`, {
      code: 'ARCH_UNSUPPORTED',
      expected: Object.keys(TARGETS).join(' or '),
      found: arch,
    });
  }
  const places = searchPlaces(options.from ?? process.argv[1] ?? '.');
  const [main, stub] = targets;
  const beside = firstFile(places, main, LIBRARY_FILE);
  const given = options.given;
  const path = given === undefined ? beside?.path : resolve(options.cwd ?? '.', given);
  if (path === undefined || !isReadableFile(path)) throw missing(path, main, places);
  return {
    path,
    stub32: firstFile(places, stub, LIBRARY_FILE)?.path,
    rescue: firstFile(places, main, RESCUE_FILE)?.path,
    origin: given === undefined ? beside!.origin : 'given',
  };
}

interface Place {
  readonly origin: FoundLibrary['origin'];
  /** The folder of one target. */
  readonly folder: (target: LibraryTarget) => string;
}

/** Every folder that may hold libraries, the nearest first. */
function searchPlaces(from: string): Place[] {
  const places: Place[] = [];
  let directory = dirname(realOf(resolve(from)));
  for (let i = 0; i < MAX_ANCESTORS; i++) {
    const base = directory;
    places.push(
      { origin: 'package', folder: (t) => join(base, 'node_modules/@otelkit', PACKED[t]) },
      { origin: 'dist', folder: (t) => join(base, `dist/native/linux-${t}`) },
      { origin: 'checkout', folder: (t) => join(base, `native/injector/zig-out/linux-${t}`) },
      { origin: 'checkout', folder: (t) => join(base, `native/rescue/zig-out/linux-${t}`) },
    );
    const above = dirname(directory);
    if (above === directory) break;
    directory = above;
  }
  return places;
}

function firstFile(
  places: readonly Place[],
  target: LibraryTarget,
  name: string,
): { readonly path: string; readonly origin: FoundLibrary['origin'] } | undefined {
  for (const { folder, origin } of places) {
    const path = join(folder(target), name);
    if (isReadableFile(path)) return { path, origin };
  }
  return undefined;
}

function isReadableFile(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function realOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function missing(
  path: string | undefined,
  target: LibraryTarget,
  places: readonly Place[],
): ToolError {
  const isGiven = path !== undefined;
  const subject = isGiven ? 'the library cannot be read' : `no ${LIBRARY_FILE} for linux-${target}`;
  return new ToolError(subject, {
    code: 'LIBRARY_MISSING',
    exitCode: 4,
    path: path ?? places[0]!.folder(target),
    hint: isGiven
      ? 'give a file that exists with --library'
      : 'build one with `otel-inject build`, then give it with --library',
  });
}
