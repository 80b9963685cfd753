// SPDX-License-Identifier: Apache-2.0
import { ToolError } from '@otelkit/cli-kit';
import type { ProbeReport, ProbeResult } from './matrix.ts';

/** What a probe found, in one clause. @throws ToolError `PROBE_FAILED` when a program differs */
export function judge({ results }: ProbeReport): string {
  const bad = results.filter(({ verdict }) => verdict === 'differs');
  if (bad.length > 0) throw probeFailed(bad, results.length);
  const tried = results.filter(({ verdict }) => verdict === 'same');
  const kinds = [...new Set(tried.map(({ kind }) => kind))].sort();
  const counts = kinds.map((kind) => `${tried.filter((one) => one.kind === kind).length} ${kind}`);
  return `${tried.length} programs run as without it (${counts.join(', ')})`;
}

function probeFailed(bad: readonly ProbeResult[], total: number): ToolError {
  const [first] = bad as [ProbeResult];
  const more = bad.length > 1 ? `, and ${bad.length - 1} more of ${total}` : '';
  return new ToolError(
    `${[first.path, ...first.args].join(' ')} does not run as without the library${more}: ${first.reason}`,
    {
      code: 'PROBE_FAILED',
      path: first.path,
      hint:
        first.kind === 'with agent'
          ? 'its agent does this: leave that runtime out with --runtime, or change the agent'
          : 'please report it with the output of --json; --no-probe installs without this test',
    },
  );
}
