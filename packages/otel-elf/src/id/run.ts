// SPDX-License-Identifier: Apache-2.0
import { ExitCode, type Invocation } from '@otelkit/cli-kit';
import { eachTarget } from '../targets/eachTarget.ts';
import { renderIds, renderOnly } from './render.ts';
import { idsOf } from './service.ts';
import type { IdFlags } from './spec.ts';

export async function run(invocation: Invocation<IdFlags>): Promise<ExitCode> {
  const { args, flags, output } = invocation;
  const only = flags.only as 'gnu' | 'go' | 'file' | 'kernel' | undefined;
  const targets = { recursive: flags.recursive, pids: flags.pid ?? [] };
  await eachTarget(args, output, targets, (elf) => {
    const ids = idsOf(elf);
    if (only !== undefined && ids[only] === null) output.fail(ExitCode.negative);
    return output.emit({
      json: () => (only === undefined ? ids : { path: ids.path, [only]: ids[only] }),
      text: (context) => (only === undefined ? renderIds(ids, context) : renderOnly(ids[only])),
    });
  });
  return output.exitCode();
}
