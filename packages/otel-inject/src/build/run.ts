// SPDX-License-Identifier: Apache-2.0
import type { ExitCode, Invocation } from '@otelkit/cli-kit';
import { notBuilt } from '../notBuilt.ts';
import type { BuildFlags } from './spec.ts';

export const run: (invocation: Invocation<BuildFlags>) => Promise<ExitCode> = notBuilt('build');
