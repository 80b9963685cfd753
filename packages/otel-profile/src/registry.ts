// SPDX-License-Identifier: Apache-2.0
// All that otel-profile can do. Parser, help, completions, man pages and docs/cli are made from this.

import type { ToolSpec } from '@otelkit/cli-kit';
import { completionSpec } from '@otelkit/cli-kit';
import { agentSpec } from './agent/spec.ts';
import { collectSpec } from './collect/spec.ts';
import { diffSpec } from './diff/spec.ts';
import { doctorSpec } from './doctor/spec.ts';
import { liveSpec } from './live/spec.ts';
import { querySpec } from './query/spec.ts';
import { recordSpec } from './record/spec.ts';
import { topSpec } from './top/spec.ts';
import { version } from './version.ts';
import { viewSpec } from './view/spec.ts';

export const tool: ToolSpec = {
  bin: 'otel-profile',
  version,
  summary: 'Shows where every process of a Linux host spends its time',
  description: [
    'Samples all processes by eBPF, unwinds native code, Go and the kernel without frame pointers or recompilation, and shows it in the browser, sends OTLP profiles to a collector, writes a file, or shows the hottest functions in the terminal.',
  ],
  commands: [
    liveSpec,
    agentSpec,
    recordSpec,
    topSpec,
    viewSpec,
    diffSpec,
    collectSpec,
    querySpec,
    doctorSpec,
    completionSpec('otel-profile'),
  ],
  defaults: { bare: 'live', flags: 'agent' },
};
