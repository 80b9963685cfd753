// SPDX-License-Identifier: Apache-2.0
import type { ExitCode, Invocation } from '@otelkit/cli-kit';
import { notBuilt } from '../notBuilt.ts';
import type { RunFlags } from './spec.ts';

export const run: (invocation: Invocation<RunFlags>) => Promise<ExitCode> = notBuilt('run');
