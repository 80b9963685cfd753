// SPDX-License-Identifier: Apache-2.0
// The library, its 32-bit stub and the rescue program as parts of a plan.
import { posix } from 'node:path';
import { LIB_TOKEN, LIBRARY_FILE } from '../layout/paths.ts';
import { checkLibrary, isOwnLibrary, isOwnRescue } from '../library/check.ts';
import type { FoundLibrary } from '../library/find.ts';
import { libFolders } from '../library/libToken.ts';
import { readContents } from '../plan/fileState.ts';
import type { PlanBuilder } from '../plan/planBuilder.ts';

const PROGRAM_MODE = 0o755;
const COMPAT_ARCH: Readonly<Record<string, string>> = { x64: 'ia32', arm64: 'arm' };

export interface PlacedLibrary {
  /** What preload lists name: the path with `$LIB` where the host's loader knows it. */
  readonly entry: string;
  /** Installed path of the 32-bit stub. */
  readonly stub32: string | undefined;
}

/**
 * Plans the files of the library.
 * @param arch `process.arch` of the processes to be injected
 */
export function planLibrary(
  builder: PlanBuilder,
  found: FoundLibrary,
  arch: string = process.arch,
): PlacedLibrary {
  const { layout } = builder;
  const bytes = readBytes(found.path);
  checkLibrary(found.path, bytes, arch);
  const common = { role: 'library', mode: PROGRAM_MODE, isText: false } as const;
  const isOurs = isOwnLibrary;
  const why = 'the preload library';
  builder.file({ ...common, path: layout.library, bytes, why, isOurs });
  planRescue(builder, found);
  const folders = layout.scope === 'host' ? libFolders(layout.root, arch) : undefined;
  if (folders === undefined || found.stub32 === undefined) {
    builder.notes.push(
      'ld.so will say "wrong ELF class" in each 32-bit program, and go on: ' +
        (found.stub32 === undefined
          ? 'the stub for them did not come along'
          : 'this loader does not tell what it makes of $LIB'),
    );
    return { entry: layout.library, stub32: undefined };
  }
  const { folder64, folder32 } = folders;
  const link = `${layout.libraryDirectory}/${folder64}/${LIBRARY_FILE}`;
  const to = posix.relative(posix.dirname(link), layout.library);
  builder.symlink(link, to, 'library', 'what $LIB leads 64-bit programs to');
  const stubBytes = readBytes(found.stub32);
  checkLibrary(found.stub32, stubBytes, COMPAT_ARCH[arch] ?? arch);
  const stub32 = `${layout.libraryDirectory}/${folder32}/${LIBRARY_FILE}`;
  const stubWhy = 'does nothing, so that 32-bit programs start silently';
  builder.file({ ...common, path: stub32, bytes: stubBytes, why: stubWhy, isOurs });
  return { entry: `${layout.libraryDirectory}/${LIB_TOKEN}/${LIBRARY_FILE}`, stub32 };
}

function planRescue(builder: PlanBuilder, { rescue }: FoundLibrary): void {
  if (rescue === undefined) return;
  builder.file({
    role: 'library',
    mode: PROGRAM_MODE,
    isText: false,
    path: builder.layout.rescue,
    bytes: readBytes(rescue),
    why: 'takes the preload out when nothing else starts',
    isOurs: isOwnRescue,
  });
}

function readBytes(path: string): Buffer {
  const { bytes, state } = readContents(path);
  if (bytes !== undefined) return bytes;
  if (state.kind === 'symlink') {
    // npm and checkouts may link to the file.
    return readBytes(posix.resolve(posix.dirname(path), state.target));
  }
  throw Object.assign(new Error('not a regular file'), { code: 'EISDIR', syscall: 'read', path });
}
