// SPDX-License-Identifier: Apache-2.0
import { type CommandSpec, defineCommand } from '@otelkit/cli-kit';
import { attachEnvironment } from './environmentNames.ts';
import { attachFlags } from './flags.ts';

export type AttachFlags = typeof attachFlags;

export const attachSpec: CommandSpec<AttachFlags> = defineCommand({
  id: 'attach',
  summary: 'Distributed traces of running Go programs, by uprobes, without restarting them',
  description: [
    'Finds Go programs that run or start while it runs, reads their layout, and attaches probes to the functions of the libraries that they use: net/http, gRPC, database/sql and others. Requests become spans with the parents that they have, across goroutines, processes and hosts, and go to a collector by OTLP. Programs are never stopped or restarted; nothing stays attached afterwards.',
    'Without a target, every Go program of the host is taken. Without an endpoint (`--endpoint`, `OTEL_EXPORTER_OTLP_ENDPOINT`), a page of this host shows the traces as they come. The standard variables `OTEL_*` are understood; flags outweigh them.',
  ],
  examples: [
    {
      command: 'sudo otel-go attach',
      says: 'every Go program of this host, its traces live in the browser',
    },
    {
      command: "sudo otel-go attach --exe '/srv/*' --endpoint http://collector:4317",
      says: 'the programs of a folder to a collector',
    },
    {
      command:
        'sudo OTEL_GO_AUTO_TARGET_EXE=/app/main OTEL_SERVICE_NAME=shop OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4317 otel-go attach',
      says: 'one program, with the variables that other agents know',
    },
    {
      command: 'sudo otel-go attach --port 8080 --exporter console',
      says: 'whoever listens on a port, spans as lines on the terminal',
    },
  ],
  args: [],
  flags: attachFlags,
  env: attachEnvironment,
  outputs: 'text',
  load: () => import('./run.ts'),
});
