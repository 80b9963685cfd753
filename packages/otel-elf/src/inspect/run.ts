// SPDX-License-Identifier: Apache-2.0
import type { ExitCode, Invocation } from '@otelkit/cli-kit';
import { type FileReport, inspectElf } from '@otelkit/core';
import { eachTarget } from '../targets/eachTarget.ts';
import { executableOf, type Target } from '../targets/targets.ts';
import { renderInspect } from './render.ts';
import type { InspectFlags } from './spec.ts';

/** What is printed of one target: the report, and the process where one was named. */
export type InspectResult = FileReport & {
  readonly process?: { readonly pid: number; readonly executable: string | null };
};

export async function run(invocation: Invocation<InspectFlags>): Promise<ExitCode> {
  const { args, flags, output, progress } = invocation;
  const task = flags.recursive ? progress.begin('files') : undefined;
  await eachTarget(
    args,
    output,
    { recursive: flags.recursive, pids: flags.pid ?? [] },
    (elf, target) => {
      const report = withProcess(inspectElf(elf), target);
      return output.emit({
        json: () => report,
        text: (context) => renderInspect(report, context),
      });
    },
    (target) => task?.advance(target.path),
  );
  task?.end();
  return output.exitCode();
}

function withProcess(report: FileReport, target: Target): InspectResult {
  if (target.pid === undefined) return report;
  return { ...report, process: { pid: target.pid, executable: executableOf(target) } };
}
