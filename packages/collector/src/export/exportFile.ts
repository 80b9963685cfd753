// SPDX-License-Identifier: Apache-2.0
// A choice of samples as a file.
import { Readable } from 'node:stream';
import { encodeProfile, PROFILE_FORMATS } from '@otelkit/profiles';
import type { Selection } from '@otelkit/viewer/contract';
import type { Store } from '../store/store.ts';
import { parquetFile } from './parquetFile.ts';
import { storedProfile } from './storedProfile.ts';

export type ExportFormat = 'pprof' | 'speedscope' | 'folded' | 'otlp' | 'parquet';
export const EXPORT_FORMATS: readonly ExportFormat[] = [
  'pprof',
  'speedscope',
  'folded',
  'otlp',
  'parquet',
];

export interface ExportedFile {
  readonly name: string;
  readonly type: string;
  readonly content: Readable;
}

const ENDINGS: Readonly<Record<ExportFormat, readonly [ending: string, type: string]>> = {
  pprof: ['pb.gz', 'application/octet-stream'],
  speedscope: ['speedscope.json', 'application/json'],
  folded: ['folded', 'text/plain; charset=utf-8'],
  otlp: ['otlp', 'application/x-protobuf'],
  parquet: ['parquet', 'application/vnd.apache.parquet'],
};

/** @throws StoreError */
export async function exportFile(
  store: Store,
  selection: Selection,
  format: ExportFormat,
  toolVersion: string,
): Promise<ExportedFile> {
  const [ending, type] = ENDINGS[format];
  const name = `profile.${ending}`;
  if (format === 'parquet') return { name, type, content: await parquetFile(store, selection) };
  const profile = await storedProfile(store, selection, { keepTimes: format === 'otlp' });
  const found = PROFILE_FORMATS.find((known) => known === format)!;
  const pieces = encodeProfile(profile, found, {
    title: 'otel-profile',
    tool: { name: 'otel-profile', version: toolVersion },
    kind: 0,
  });
  return { name, type, content: Readable.from(asBuffers(pieces), { objectMode: false }) };
}

function* asBuffers(pieces: Iterable<string | Uint8Array>): Generator<Buffer> {
  for (const piece of pieces) {
    yield typeof piece === 'string'
      ? Buffer.from(piece)
      : Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
  }
}
