// SPDX-License-Identifier: Apache-2.0
// A choice of samples as a file.
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { encodeProfile, PROFILE_FORMATS } from '@otelkit/profiles';
import type { Selection } from '@otelkit/viewer/contract';
import { conditionOf } from '../query/selection.ts';
import type { Store } from '../store/store.ts';
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
  if (format === 'parquet') return { name, type, content: await parquet(store, selection) };
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

/** Everything in one wide table, as warehouses take it; stacks as names, innermost first. */
async function parquet(store: Store, selection: Selection): Promise<Readable> {
  const folder = mkdtempSync(join(store.exchangeFolder, 'export-'));
  const path = join(folder, 'profile.parquet');
  const where = conditionOf(selection, store.tables);
  const sql = `COPY (
    WITH chosen AS (SELECT * FROM sample_rows WHERE ${where}),
    named AS (SELECT sf.stack, list(CASE WHEN f.function <> '' THEN f.function ELSE
        e.path || '+0x' || printf('%x', f.address) END ORDER BY sf.position) AS frames
      FROM stack_frame_rows sf JOIN frame_rows f ON f.id = sf.frame
      LEFT JOIN executable_rows e ON e.id = f.executable
      WHERE sf.stack IN (SELECT DISTINCT stack FROM chosen) GROUP BY sf.stack)
    SELECT make_timestamp(c.time_us) AS time, t.type, t.unit, c.value, n.frames AS stack,
      p.pid, p.name AS process, p.executable, p.service, p.version, p.container, p.host,
      h.tid AS thread_id, h.name AS thread, c.cpu, l.trace_id, l.span_id
    FROM chosen c JOIN type_view t ON t.id = c.type LEFT JOIN named n ON n.stack = c.stack
      LEFT JOIN process_rows p ON p.id = c.process LEFT JOIN thread_rows h ON h.id = c.thread
      LEFT JOIN link_rows l ON l.id = c.link
  ) TO '${path.replaceAll("'", "''")}' (FORMAT parquet, COMPRESSION zstd)`;
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    await store.read((connection) => connection.run(sql));
  } catch (error) {
    remove();
    throw error;
  }
  return createReadStream(path).once('close', remove);
}
