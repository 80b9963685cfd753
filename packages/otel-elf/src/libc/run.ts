// SPDX-License-Identifier: Apache-2.0
import { ExitCode, type Invocation } from '@otelkit/cli-kit';
import { eachTarget } from '../targets/eachTarget.ts';
import { renderLibc } from './render.ts';
import { libcOf } from './service.ts';
import type { LibcFlags } from './spec.ts';

export async function run(invocation: Invocation<LibcFlags>): Promise<ExitCode> {
  const { args, flags, output } = invocation;
  const targets = { recursive: flags.recursive, pids: flags.pid ?? [] };
  await eachTarget(args, output, targets, (elf) => {
    const result = libcOf(elf, { root: flags.root, withSymbols: flags.symbols });
    // Below a directory object files are found, not asked for.
    const isUnanswered = result.flavor === null && !flags.recursive;
    if (isUnanswered || result.flavor === 'unknown') output.fail(ExitCode.negative);
    return output.emit({
      json: () => result,
      text: (context) => renderLibc(result, context),
    });
  });
  return output.exitCode();
}
