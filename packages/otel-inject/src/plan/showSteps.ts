// SPDX-License-Identifier: Apache-2.0
// How steps look: listr2 on a terminal, a line each where a log is kept, an element each in JSON.
import { type Output, printable } from '@otelkit/cli-kit';
import { type Step, type StepResult, type StepRunner, timedStep } from './steps.ts';

/** A terminal that says nothing of its size, or is smaller, gets plain lines. */
const MIN_COLUMNS = 40;

/** A runner that tells of each step by the output's mode. */
export function stepRunner(output: Output): StepRunner {
  const { isTty, width } = output.text;
  if (output.mode === 'text' && isTty && width >= MIN_COLUMNS) {
    return async (steps) => {
      // Loaded only here: it is large, and most runs are scripts'.
      const { runOnTerminal } = await import('./terminalSteps.ts');
      await runOnTerminal(steps);
    };
  }
  return async (steps) => {
    for (const step of steps) {
      const { result, error } = await timedStep(step, () => {});
      await output.emit({ json: () => result, text: () => stepLine(step, result) });
      if (error !== undefined) throw error;
    }
  };
}

function stepLine({ title }: Step, { step, status, detail }: StepResult): string {
  const mark = status === 'ok' ? '' : ` ${status.toUpperCase()}`;
  return `${step.padEnd(8)} ${title}:${mark} ${printable(detail)}\n`;
}
