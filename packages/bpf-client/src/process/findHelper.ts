// SPDX-License-Identifier: Apache-2.0
// Where the compiled program is: a file that is named, the platform package that npm installed
// beside the tool, or a checkout's build.
import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { BPF_CLIENT_LIMITS } from '../limits.ts';
import { HelperError } from './helperError.ts';

export const HELPER_FILE = 'otel-bpf-helper';

export interface FoundHelper {
  readonly path: string;
  readonly origin: 'given' | 'package' | 'dist' | 'checkout';
}

export interface FindHelperOptions {
  readonly given?: string | undefined;
  /** A file of the tool; the program is looked for in the directories above it. */
  readonly from: string;
  /** Node's name of the machine. */
  readonly arch?: string;
  /** Another program of native/ than the helper: its file, and the folder that it is built in. */
  readonly program?: { readonly file: string; readonly folder: string };
}

/** @throws HelperError `HELPER_MISSING` */
export function findHelper(options: FindHelperOptions): FoundHelper {
  const arch = options.arch ?? process.arch;
  const { file, folder: part } = options.program ?? { file: HELPER_FILE, folder: 'bpf-helper' };
  if (options.given !== undefined) {
    const path = resolve(options.given);
    if (isProgram(path)) return { path, origin: 'given' };
    throw missing(`${path} is no program`, path);
  }
  let directory = dirname(realOf(resolve(options.from)));
  for (let i = 0; i < BPF_CLIENT_LIMITS.ancestors; i++) {
    for (const { folder, origin } of placesBelow(directory, arch, part)) {
      const path = join(folder, file);
      if (isProgram(path)) return { path, origin };
    }
    const above = dirname(directory);
    if (above === directory) break;
    directory = above;
  }
  throw missing(`there is no ${file} for linux-${arch}`, options.from);
}

function placesBelow(
  base: string,
  arch: string,
  part: string,
): readonly { readonly folder: string; readonly origin: FoundHelper['origin'] }[] {
  return [
    { origin: 'package', folder: join(base, `node_modules/@otelkit/native-linux-${arch}/lib`) },
    { origin: 'dist', folder: join(base, `dist/native/linux-${arch}`) },
    { origin: 'checkout', folder: join(base, `native/${part}/zig-out/linux-${arch}`) },
    { origin: 'checkout', folder: join(base, `native/${part}/dist/linux-${arch}`) },
  ];
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
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

function missing(message: string, path: string): HelperError {
  return new HelperError(message, {
    code: 'HELPER_MISSING',
    path,
    hint: 'npm run build:native in a checkout; from npm, install without --omit=optional',
  });
}
