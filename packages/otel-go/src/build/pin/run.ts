// SPDX-License-Identifier: Apache-2.0
import { ExitCode, type Invocation, printable } from '@otelkit/cli-kit';
import { askWeaver } from '../weaver.ts';
import { applyPin, applyRemoval, moduleRoot, type PinChange, plannedPin } from './pinFiles.ts';
import type { PinFlags } from './spec.ts';

export async function run({ flags, output, cwd }: Invocation<PinFlags>): Promise<ExitCode> {
  const root = moduleRoot(cwd);
  let changes: readonly PinChange[];
  if (flags.remove) {
    changes = applyRemoval(root);
  } else {
    const source = askWeaver(['runtime'], cwd).stdout.trim();
    changes = plannedPin(root);
    if (!flags['dry-run']) applyPin(root, source);
  }
  for (const change of changes) {
    await output.emit({
      json: () => change,
      text: ({ style }) => `${style.label(change.action.padEnd(8))}${printable(change.path)}\n`,
    });
  }
  if (!flags.remove && !flags['dry-run']) {
    await output.say(() => 'Commit these. Build with: otel-go build ./...\n');
  }
  return ExitCode.ok;
}
