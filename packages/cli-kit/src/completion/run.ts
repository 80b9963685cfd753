// SPDX-License-Identifier: Apache-2.0
import type { ExitCode } from '../errors/exitCodes.ts';
import { completionScript } from '../generate/completion.ts';
import type { Invocation } from '../spec/invocation.ts';
import type { CompletionFlags, Shell } from './spec.ts';

export async function run({ args, output, tool }: Invocation<CompletionFlags>): Promise<ExitCode> {
  // The parser lets no other word through.
  const script = completionScript(tool, args[0] as Shell);
  await output.emit({ json: () => ({ script }), text: () => script });
  return output.exitCode();
}
