// SPDX-License-Identifier: Apache-2.0
import { type CommandSpec, defineCommand } from '@otelkit/cli-kit';
import { STORE_VARIABLES } from '../collect/storeFolder.ts';

const flags = {
  store: {
    kind: 'string',
    placeholder: 'DIR',
    completion: 'dir',
    summary: 'folder of the store; the default is that of collect',
  },
  format: {
    kind: 'option',
    placeholder: 'FORMAT',
    values: ['table', 'json', 'csv', 'parquet'],
    default: 'table',
    summary: 'table, json (an object a line), csv or parquet',
  },
  output: {
    kind: 'string',
    char: 'o',
    placeholder: 'FILE',
    completion: 'path',
    summary: 'write to this file; parquet needs one',
  },
} as const;
export type QueryFlags = typeof flags;

export const querySpec: CommandSpec<QueryFlags> = defineCommand({
  id: 'query',
  summary: 'SQL on the profiles that a collector keeps',
  description: [
    'Runs one statement that reads, in the SQL of DuckDB. Views: samples, stacks, frames, processes, executables, labels, spans (docs/collector.md has their columns).',
    'While a collector runs on that store it is asked instead of the file.',
  ],
  examples: [
    {
      command: 'otel-profile query "SELECT type, count(*) FROM samples GROUP BY type"',
      says: 'what there is',
    },
    {
      command:
        'otel-profile query "SELECT service, sum(value) / 1e9 AS cpu_seconds FROM samples JOIN processes USING (process_id) WHERE type = \'samples\' GROUP BY ALL ORDER BY 2 DESC"',
      says: 'CPU time of each service',
    },
    {
      command: 'otel-profile query "FROM samples" --format parquet -o samples.parquet',
      says: 'all samples for a warehouse; the collector must not be running',
    },
  ],
  args: [{ name: 'SQL', summary: 'the statement', required: true }],
  flags,
  outputs: 'text',
  env: [...STORE_VARIABLES],
  load: () => import('./run.ts'),
});
