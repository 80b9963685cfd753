// SPDX-License-Identifier: Apache-2.0
// All that otel-inject can do. Parser, help, completions, man pages and docs/cli are made from this.

import type { ToolSpec } from '@otelkit/cli-kit';
import { completionSpec } from '@otelkit/cli-kit';
import { agentsSpec } from './agents/spec.ts';
import { buildSpec } from './build/spec.ts';
import { configSpec } from './config/spec.ts';
import { doctorSpec } from './doctor/spec.ts';
import { explainSpec } from './explain/spec.ts';
import { installSpec } from './install/spec.ts';
import { runSpec } from './run/spec.ts';
import { statusSpec } from './status/spec.ts';
import { uninstallSpec } from './uninstall/spec.ts';
import { version } from './version.ts';

export const tool: ToolSpec = {
  bin: 'otel-inject',
  version,
  summary: 'Gives every Java, Node.js, Python, Ruby and .NET process its OpenTelemetry agent',
  description: [
    'Builds, installs, explains and removes libotelinject.so, the preload library that recognises ' +
      'a runtime inside its process and sets only the variables that concern it. A process of no ' +
      'known runtime is left exactly as it was.',
  ],
  commands: [
    installSpec,
    uninstallSpec,
    statusSpec,
    explainSpec,
    runSpec,
    configSpec,
    agentsSpec,
    doctorSpec,
    buildSpec,
    completionSpec('otel-inject'),
  ],
};
