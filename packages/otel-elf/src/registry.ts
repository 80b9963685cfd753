// SPDX-License-Identifier: Apache-2.0
// All that otel-elf can do. Parser, help, completions, man pages and docs/cli are made from this.

import type { ToolSpec } from '@otelkit/cli-kit';
import { completionSpec } from '@otelkit/cli-kit';
import { doctorSpec } from './doctor/spec.ts';
import { explainSpec } from './explain/spec.ts';
import { goSpec } from './go/spec.ts';
import { idSpec } from './id/spec.ts';
import { inspectSpec } from './inspect/spec.ts';
import { libcSpec } from './libc/spec.ts';
import { scanSpec } from './scan/spec.ts';
import { symbolsSpec } from './symbols/spec.ts';
import { treeSpec } from './tree/spec.ts';
import { version } from './version.ts';

export const tool: ToolSpec = {
  bin: 'otel-elf',
  version,
  summary: 'Reads ELF files and processes, and says what OpenTelemetry can do with them',
  description: [
    'Looks into binaries and running processes without executing or changing anything: ' +
      'dependencies and why they are found, libc, IDs, Go build information, hardening, symbols, ' +
      'and what can be injected, profiled and traced.',
  ],
  commands: [
    inspectSpec,
    treeSpec,
    libcSpec,
    idSpec,
    goSpec,
    symbolsSpec,
    scanSpec,
    explainSpec,
    doctorSpec,
    completionSpec('otel-elf'),
  ],
};
