// SPDX-License-Identifier: Apache-2.0
import { ExitCode, type Invocation } from '@otelkit/cli-kit';
import { runWeaver } from './weaver.ts';

/** `otel-go VERB …` is `otel-go-toolexec go VERB …`, which becomes go itself. */
export async function run({ commandId, args, cwd }: Invocation): Promise<ExitCode> {
  const code = await runWeaver(['go', commandId, ...args], cwd);
  // go's own codes are 0, 1 and 2; anything else is a signal's end.
  return code === ExitCode.ok || code === ExitCode.usage ? code : ExitCode.negative;
}
