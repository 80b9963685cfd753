// SPDX-License-Identifier: Apache-2.0
import { type CommandSpec, defineCommand } from '@otelkit/cli-kit';
import { attachEnvironment } from '../attach/environmentNames.ts';

const flags = {
  pid: {
    kind: 'integer',
    char: 'p',
    placeholder: 'PID',
    min: 1,
    max: 4_194_304,
    completion: 'pid',
    summary: 'why there are no traces of this process',
  },
  endpoint: {
    kind: 'string',
    placeholder: 'URL',
    summary: 'the collector, as OTEL_EXPORTER_OTLP_ENDPOINT',
  },
  protocol: {
    kind: 'option',
    placeholder: 'PROTOCOL',
    values: ['grpc', 'http/protobuf'],
    summary: 'how it is spoken to; the default is grpc for port 4317, else http/protobuf',
  },
  helper: {
    kind: 'string',
    placeholder: 'FILE',
    hidden: true,
    summary: 'use this otel-bpf-helper',
  },
} as const;
export type DoctorFlags = typeof flags;

export const doctorSpec: CommandSpec<DoctorFlags> = defineCommand({
  id: 'doctor',
  summary: 'Why there are no traces: the host, the process, the collector',
  description: [
    'Tries what tracing needs of the kernel, features and not version numbers, with nothing attached to any program: loading the programs, uprobes, sending the context on to other services. Given a process, it tells whether that is a Go program, which of its libraries can be instrumented and why others cannot, and whether probes are in it already, ours or of somebody else. Each answer says what is lost and the next step.',
  ],
  examples: [
    { command: 'sudo otel-go doctor', says: 'this host, and whether the collector answers' },
    { command: 'sudo otel-go doctor --pid 4242', says: 'why there are no traces of a process' },
    { command: 'sudo otel-go doctor --pid 4242 --json', says: 'for a script' },
  ],
  args: [],
  flags,
  env: attachEnvironment,
  documentKey: 'checks',
  exitCodes: { 1: 'there cannot be any traces' },
  load: () => import('./run.ts'),
});
