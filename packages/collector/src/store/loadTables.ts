// SPDX-License-Identifier: Apache-2.0
// What a store that was closed, or left by a power cut, knows already.
import type { Connection } from './duckdb.ts';
import { eachRow, frameFactsOf, text } from './frameRows.ts';
import { readColumns } from './readColumns.ts';
import type { StoreTables } from './tables.ts';

/** Reads all tables of things that are told once into memory. */
export async function loadTables(connection: Connection, tables: StoreTables): Promise<void> {
  await loadOrigins(connection, tables);
  await loadExecutables(connection, tables);
  await loadFrames(connection, tables);
  await loadStacks(connection, tables);
}

async function loadOrigins(connection: Connection, { origins }: StoreTables): Promise<void> {
  const types = await rows(connection, 'SELECT * FROM type_rows');
  for (const [id, type, unit, periodType, periodUnit, period] of types) {
    const numbers = { period: Number(period), periodType: text(periodType) };
    const kind = { type: text(type), unit: text(unit), periodUnit: text(periodUnit), ...numbers };
    origins.loadType(Number(id), kind);
  }
  for (const row of await rows(connection, 'SELECT * FROM process_rows')) {
    const [id, source, pid, name, executable, container, service, version, host, attributes] = row;
    origins.loadProcess(Number(id), {
      source: text(source),
      pid: Number(pid),
      name: text(name),
      executable: text(executable),
      container: text(container),
      service: text(service),
      version: text(version),
      host: text(host),
      attributes: text(attributes),
    });
  }
  for (const [id, tid, name] of await rows(connection, 'SELECT * FROM thread_rows')) {
    origins.loadThread(Number(id), { tid: Number(tid), name: text(name) });
  }
  const sets = new Map<number, [string, string][]>();
  for (const [id, key, value] of await rows(connection, 'SELECT * FROM label_rows ORDER BY key')) {
    const set = sets.get(Number(id)) ?? [];
    set.push([text(key), text(value)]);
    sets.set(Number(id), set);
  }
  for (const [id, set] of [...sets].sort(([a], [b]) => a - b)) origins.loadLabels(id, set);
  const [[highest]] = (await rows(connection, 'SELECT coalesce(max(id), 0) FROM link_rows')) as [
    [unknown],
  ];
  origins.loadLinks(Number(highest));
}

async function loadExecutables(
  connection: Connection,
  { executables }: StoreTables,
): Promise<void> {
  const sql = 'SELECT id, path, build_id, go_build_id, file_id FROM executable_rows ORDER BY id';
  for (const [id, path, buildId, goBuildId, fileId] of await rows(connection, sql)) {
    const known = { path: text(path), buildId: text(buildId), goBuildId: text(goBuildId) };
    executables.load(Number(id), { ...known, fileId: text(fileId) });
  }
}

async function loadFrames(connection: Connection, { frames }: StoreTables): Promise<void> {
  const kinds = await rows(connection, 'SELECT name FROM kind_rows ORDER BY id');
  for (const [name] of kinds) frames.loadKind(text(name));
  await eachRow(connection, 'SELECT * FROM frame_rows ORDER BY id', (row) => {
    frames.load(Number(row[0]), frameFactsOf(row), row[11] === 1);
  });
}

async function loadStacks(connection: Connection, { stacks }: StoreTables): Promise<void> {
  const sql = 'SELECT id FROM stack_rows ORDER BY id';
  const [ids] = await readColumns(connection, sql, [Uint32Array]);
  const [owners, frames] = await readColumns(
    connection,
    'SELECT stack, frame FROM stack_frame_rows ORDER BY stack, position',
    [Uint32Array, Uint32Array],
  );
  let at = 0;
  for (let i = 0; i < ids.length; i++) {
    while (at < owners.length && owners[at]! < ids[i]!) at++;
    const from = at;
    while (at < owners.length && owners[at] === ids[i]) at++;
    stacks.load(ids[i]!, frames.subarray(from, at));
  }
  stacks.markWritten();
}

async function rows(connection: Connection, sql: string): Promise<readonly unknown[][]> {
  return (await connection.runAndReadAll(sql)).getRows() as unknown[][];
}
