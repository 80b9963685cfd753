// SPDX-License-Identifier: Apache-2.0
import type { ExitCode, Invocation } from '@otelkit/cli-kit';
import { type FileReport, inspectElf } from '@otelkit/core';
import { eachTarget } from '../targets/eachTarget.ts';
import { MissingLibraries } from '../targets/missingLibraries.ts';
import { withHexOffsets } from '../targets/problems.ts';
import { executableOf, type Target } from '../targets/targets.ts';
import { renderInspect } from './render.ts';
import type { InspectFlags } from './spec.ts';

/** What is printed of one target: the report, and the process where one was named. */
export type InspectResult = FileReport & {
  /** Libraries that would keep the file from starting here, in the order asked for. */
  readonly missing: readonly string[];
  readonly process?: { readonly pid: number; readonly executable: string | null };
};

export async function run(invocation: Invocation<InspectFlags>): Promise<ExitCode> {
  const { args, flags, output, progress, cwd } = invocation;
  const missing = new MissingLibraries(flags.root, cwd);
  const task = flags.recursive ? progress.begin('files') : undefined;
  await eachTarget(
    args,
    output,
    { recursive: flags.recursive, pids: flags.pid ?? [] },
    (elf, target) => {
      // A process that runs has found its libraries, and maybe in a root of its own.
      const lacks = target.pid === undefined ? missing.of(elf) : [];
      const report = withProcess({ ...inspectElf(elf), missing: lacks }, target);
      return output.emit({
        json: () => withHexOffsets(report),
        text: (context) => renderInspect(report, context),
      });
    },
    (target) => task?.advance(target.path),
  );
  task?.end();
  return output.exitCode();
}

function withProcess(report: InspectResult, target: Target): InspectResult {
  if (target.pid === undefined) return report;
  return { ...report, process: { pid: target.pid, executable: executableOf(target) } };
}
