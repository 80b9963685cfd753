// SPDX-License-Identifier: Apache-2.0
import { ExitCode, type Invocation } from '@otelkit/cli-kit';
import type { AttachFlags } from './spec.ts';

export async function run({ output }: Invocation<AttachFlags>): Promise<ExitCode> {
  output.note('nothing is attached yet');
  return ExitCode.ok;
}
