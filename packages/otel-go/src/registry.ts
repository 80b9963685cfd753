// SPDX-License-Identifier: Apache-2.0
// All that otel-go can do. Parser, help, completions, man pages and docs/cli are made from this.

import type { ToolSpec } from '@otelkit/cli-kit';
import { completionSpec } from '@otelkit/cli-kit';
import { attachSpec } from './attach/spec.ts';
import { aspectsSpec } from './build/aspects/spec.ts';
import { explainSpec } from './build/explain/spec.ts';
import { pinSpec } from './build/pin/spec.ts';
import { buildSpec, installSpec, runSpec, testSpec, vetSpec } from './build/specs.ts';
import { doctorSpec } from './doctor/spec.ts';
import { inspectSpec } from './inspect/spec.ts';
import { version } from './version.ts';

export const tool: ToolSpec = {
  bin: 'otel-go',
  version,
  summary: 'Distributed traces and metrics of Go programs, without changing their code',
  description: [
    'Running programs are traced by uprobes, without a restart; new ones can be built with their instrumentation compiled in.',
  ],
  commands: [
    attachSpec,
    inspectSpec,
    doctorSpec,
    buildSpec,
    runSpec,
    testSpec,
    vetSpec,
    installSpec,
    pinSpec,
    explainSpec,
    aspectsSpec,
    completionSpec('otel-go'),
  ],
};
