// SPDX-License-Identifier: Apache-2.0
import { resolve } from 'node:path';
import type { ExitCode, Invocation } from '@otelkit/cli-kit';
import { queryStore, queryToParquet, StoreError } from '@otelkit/collector';
import { saveFile } from '@otelkit/profiles';
import { storeToolError } from '../collect/startCollector.ts';
import { defaultStoreFolder } from '../collect/storeFolder.ts';
import { usage } from '../config/usage.ts';
import { renderCsv, renderJson, renderTable } from './render.ts';
import type { QueryFlags } from './spec.ts';

const RENDER = { table: renderTable, json: renderJson, csv: renderCsv } as const;

export async function run(invocation: Invocation<QueryFlags>): Promise<ExitCode> {
  const { args, flags, env, output, cwd } = invocation;
  const folder = flags.store ?? defaultStoreFolder(env, process.geteuid?.() ?? -1);
  if (folder === undefined) throw usage('no store is named', 'give its folder: --store');
  const sql = args[0]!;
  const { format } = flags;
  try {
    if (format === 'parquet') {
      if (flags.output === undefined) throw usage('--format parquet: needs --output FILE');
      await queryToParquet(folder, sql, resolve(cwd, flags.output));
      return output.exitCode();
    }
    const answer = await queryStore(folder, sql);
    const text = RENDER[format](answer);
    if (flags.output === undefined) await output.say(() => text);
    else saveFile(resolve(cwd, flags.output), [text], {});
    if (answer.isCut) output.note(`only the first ${answer.rows.length} rows; use LIMIT`);
  } catch (error) {
    throw error instanceof StoreError ? storeToolError(error) : error;
  }
  return output.exitCode();
}
