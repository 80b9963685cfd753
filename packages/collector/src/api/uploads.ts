// SPDX-License-Identifier: Apache-2.0
// Names for addresses that came without: somebody gives the file that they lie in.
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type ElfFile, gnuBuildId, openElf, otelFileId, readGoBuildId } from '@otelkit/core';
import type { AnyRequest } from '@otelkit/otlp';
import { type Demangler, type DwarfModule, openFileSymbols } from '@otelkit/symbols';
import { COLLECTOR_LIMITS } from '../limits.ts';
import { QuestionError } from '../query/selection.ts';
import { type NamedCount, nameFrames } from '../store/nameFrames.ts';
import type { Store } from '../store/store.ts';

/** What names and lines of an uploaded file are read with; without, C++ stays mangled. */
export interface SymbolReaders {
  readonly demangler?: Demangler | undefined;
  readonly dwarf?: DwarfModule | undefined;
}

/** @throws QuestionError for a file that is not the one that was asked for */
export async function takeSymbols(
  store: Store,
  executable: number,
  request: AnyRequest,
  readers: SymbolReaders,
): Promise<NamedCount> {
  const { executables } = store.tables;
  const isThere = executable > 0 && executable < executables.count;
  if (!isThere) throw new QuestionError('no such executable');
  const folder = mkdtempSync(join(store.exchangeFolder, 'upload-'));
  try {
    const path = join(folder, 'file');
    await receive(request, path);
    return await nameFromFile(store, executable, path, readers);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function receive(request: AnyRequest, path: string): Promise<void> {
  let size = 0;
  const limit = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      const isTooLarge = size > COLLECTOR_LIMITS.uploadBytes;
      done(isTooLarge ? new QuestionError('the file is too large') : null, chunk);
    },
  });
  const signal = AbortSignal.timeout(COLLECTOR_LIMITS.uploadMs);
  await pipeline(request, limit, createWriteStream(path, { mode: 0o600 }), { signal });
}

async function nameFromFile(
  store: Store,
  executable: number,
  path: string,
  { demangler, dwarf }: SymbolReaders,
): Promise<NamedCount> {
  const wanted = store.tables.executables.get(executable);
  const elf = openUploaded(path);
  const found = {
    gnu: gnuBuildId(elf) ?? '',
    go: readGoBuildId(elf) ?? '',
    file: otelFileId(elf.source),
  };
  const isIt =
    (wanted.buildId !== '' && wanted.buildId === found.gnu) ||
    (wanted.goBuildId !== '' && wanted.goBuildId === found.go) ||
    (wanted.fileId !== '' && wanted.fileId === found.file);
  const hasId = wanted.buildId !== '' || wanted.goBuildId !== '' || wanted.fileId !== '';
  if (hasId && !isIt) {
    elf.source.close();
    throw new QuestionError(
      `the file has build ID ${found.gnu || found.go || 'none'}, not that of ${wanted.path}`,
      `expected ${wanted.buildId || wanted.goBuildId || wanted.fileId}`,
    );
  }
  const symbols = openFileSymbols(elf, { path, root: '' }, demangler, dwarf);
  try {
    return await nameFrames(store, executable, (address) => symbols.resolve(address));
  } finally {
    symbols.close();
  }
}

function openUploaded(path: string): ElfFile {
  try {
    return openElf(path);
  } catch (error) {
    throw new QuestionError(`the file cannot be read: ${(error as Error).message}`);
  }
}
