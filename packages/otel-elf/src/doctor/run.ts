// SPDX-License-Identifier: Apache-2.0
import { ExitCode, type Invocation } from '@otelkit/cli-kit';
import { checkHost } from '@otelkit/core';
import { renderCheck } from './render.ts';
import type { DoctorFlags } from './spec.ts';

/** Without these the tool itself does not work; everything else only lets it say less. */
const NEEDED: ReadonlySet<string> = new Set(['processes', 'node']);

export async function run({ output }: Invocation<DoctorFlags>): Promise<ExitCode> {
  const checks = checkHost();
  const titleCells = Math.max(...checks.map((check) => check.title.length));
  for (const check of checks) {
    await output.emit({
      json: () => check,
      text: (context) => renderCheck(check, titleCells, context),
    });
    if (check.verdict === 'no' && NEEDED.has(check.id)) output.fail(ExitCode.negative);
  }
  return output.exitCode();
}
