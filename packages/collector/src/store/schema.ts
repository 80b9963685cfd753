// SPDX-License-Identifier: Apache-2.0
// Tables of the store, and the views that are documented (docs/collector.md): tables may change with
// a version of the schema, views keep what they say.
import type { Connection } from './duckdb.ts';
import { StoreError } from './duckdb.ts';

export const SCHEMA_VERSION = 2;

/** Columns as `appendTable` writes them. */
export type ColumnKind = 'u8' | 'u16' | 'u32' | 'i16' | 'i64' | 'u64' | 'text';

export interface TableSpec {
  readonly name: string;
  readonly columns: readonly (readonly [name: string, kind: ColumnKind])[];
}

const SQL_TYPE: Readonly<Record<ColumnKind, string>> = {
  u8: 'UTINYINT',
  u16: 'USMALLINT',
  u32: 'UINTEGER',
  i16: 'SMALLINT',
  i64: 'BIGINT',
  u64: 'UBIGINT',
  text: 'VARCHAR',
};

function table(name: string, columns: Readonly<Record<string, ColumnKind>>): TableSpec {
  return { name, columns: Object.entries(columns) };
}

export type TableName =
  | 'types'
  | 'kinds'
  | 'executables'
  | 'processes'
  | 'threads'
  | 'labels'
  | 'links'
  | 'frames'
  | 'stacks'
  | 'stackFrames'
  | 'samples'
  | 'spans';

export const TABLES: Readonly<Record<TableName, TableSpec>> = {
  types: table('type_rows', {
    id: 'u16',
    type: 'text',
    unit: 'text',
    period_type: 'text',
    period_unit: 'text',
    period: 'i64',
  }),
  kinds: table('kind_rows', { id: 'u8', name: 'text' }),
  executables: table('executable_rows', {
    id: 'u32',
    path: 'text',
    build_id: 'text',
    go_build_id: 'text',
    file_id: 'text',
  }),
  processes: table('process_rows', {
    id: 'u32',
    source: 'text',
    pid: 'u32',
    name: 'text',
    executable: 'text',
    container: 'text',
    service: 'text',
    version: 'text',
    host: 'text',
    attributes: 'text',
  }),
  threads: table('thread_rows', { id: 'u32', tid: 'u32', name: 'text' }),
  labels: table('label_rows', { id: 'u32', key: 'text', value: 'text' }),
  links: table('link_rows', { id: 'u32', trace_id: 'text', span_id: 'text' }),
  frames: table('frame_rows', {
    id: 'u32',
    kind: 'text',
    function: 'text',
    system_name: 'text',
    file: 'text',
    line: 'u32',
    start_line: 'u32',
    col: 'u32',
    executable: 'u32',
    address: 'u64',
    inlined: 'u8',
    /** 1: it came without names, which were found later. */
    renamed: 'u8',
  }),
  stacks: table('stack_rows', {
    id: 'u32',
    kinds: 'u32',
    leaf: 'u32',
    leaf_kind: 'u8',
  }),
  stackFrames: table('stack_frame_rows', { stack: 'u32', position: 'u16', frame: 'u32' }),
  samples: table('sample_rows', {
    time_us: 'i64',
    type: 'u16',
    stack: 'u32',
    process: 'u32',
    thread: 'u32',
    cpu: 'i16',
    labels: 'u32',
    link: 'u32',
    value: 'i64',
  }),
  spans: table('span_rows', {
    trace_id: 'text',
    span_id: 'text',
    parent_span_id: 'text',
    name: 'text',
    kind: 'u8',
    service: 'text',
    start_us: 'i64',
    duration_us: 'i64',
    status: 'u8',
    status_message: 'text',
    attributes: 'text',
    resource: 'text',
    events: 'text',
  }),
};

const VIEWS = `
CREATE OR REPLACE VIEW samples AS SELECT
  make_timestamp(s.time_us) AS time, t.type, t.unit, s.value,
  s.stack AS stack_id, s.process AS process_id, h.tid AS thread_id, h.name AS thread,
  s.cpu, l.trace_id, l.span_id, s.labels AS label_set_id
FROM sample_rows s JOIN type_view t ON t.id = s.type
  LEFT JOIN thread_rows h ON h.id = s.thread LEFT JOIN link_rows l ON l.id = s.link;
CREATE OR REPLACE VIEW stacks AS SELECT
  sf.stack AS stack_id, sf.position, sf.frame AS frame_id FROM stack_frame_rows sf;
CREATE OR REPLACE VIEW frames AS SELECT
  f.id AS frame_id, f.kind, f.function, f.system_name, f.file, f.line, f.start_line,
  f.executable AS executable_id, f.address, f.inlined <> 0 AS inlined FROM frame_rows f;
CREATE OR REPLACE VIEW processes AS SELECT
  id AS process_id, source, pid, name, executable, container, service, version, host, attributes
FROM process_rows;
CREATE OR REPLACE VIEW executables AS SELECT
  id AS executable_id, path, build_id, go_build_id, file_id FROM executable_rows;
CREATE OR REPLACE VIEW labels AS SELECT id AS label_set_id, key, value FROM label_rows;
CREATE OR REPLACE VIEW spans AS SELECT
  trace_id, span_id, parent_span_id, name,
  ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'][kind + 1] AS kind,
  service, make_timestamp(start_us) AS start, duration_us,
  ['unset', 'ok', 'error'][status + 1] AS status, status_message, attributes, resource, events
FROM span_rows;
`;

/** Values are in time where a sample stands for time: the unit of a view tells that. */
const TYPE_VIEW = `
CREATE OR REPLACE VIEW type_view AS SELECT id, type,
  CASE WHEN period > 0 AND period_unit = 'nanoseconds' THEN 'nanoseconds' ELSE unit END AS unit
FROM type_rows;
`;

/** Things were known again by a hash; now by what they are. */
const FROM_VERSION_1 = `
ALTER TABLE frame_rows ADD COLUMN renamed UTINYINT DEFAULT 0;
ALTER TABLE frame_rows DROP COLUMN identity_a;
ALTER TABLE frame_rows DROP COLUMN identity_b;
ALTER TABLE stack_rows DROP COLUMN identity_a;
ALTER TABLE stack_rows DROP COLUMN identity_b;
`;

/** Columns of a table as SQL declares them. */
export function columnList({ columns }: TableSpec): string {
  return columns.map(([column, kind]) => `${column} ${SQL_TYPE[kind]} NOT NULL`).join(', ');
}

/** Makes the tables, or brings those of an older version up to date. @throws StoreError */
export async function prepareSchema(connection: Connection): Promise<void> {
  await connection.run('CREATE TABLE IF NOT EXISTS meta (key VARCHAR PRIMARY KEY, value VARCHAR)');
  const reader = await connection.runAndReadAll("SELECT value FROM meta WHERE key = 'version'");
  const found = Number(reader.getRows()[0]?.[0] ?? 0);
  if (found > SCHEMA_VERSION) {
    throw new StoreError(
      'NEWER_STORE',
      `the store has version ${found} of its tables, this tool knows ${SCHEMA_VERSION}`,
      'use the newer otel-profile, or another --store',
    );
  }
  await connection.run('BEGIN');
  for (const table of Object.values(TABLES)) {
    await connection.run(`CREATE TABLE IF NOT EXISTS ${table.name} (${columnList(table)})`);
  }
  if (found === 1) await connection.run(FROM_VERSION_1);
  await connection.run(TYPE_VIEW);
  await connection.run(VIEWS);
  await connection.run(`INSERT OR REPLACE INTO meta VALUES ('version', '${SCHEMA_VERSION}')`);
  await connection.run('COMMIT');
}
