// SPDX-License-Identifier: Apache-2.0
// How steps look: listr2 on a terminal, a line each where a log is kept, an element each in JSON.
import { type Output, printable } from '@otelkit/cli-kit';
import { type Step, type StepResult, type StepRunner, timedStep } from './steps.ts';

/** A terminal that says nothing of its size, or is smaller, gets plain lines. */
const MIN_COLUMNS = 40;

export interface ShownSteps {
  readonly runSteps: StepRunner;
  /** Gives out what was held back; to be called when nothing can be cut off any more. */
  readonly flush: () => Promise<void>;
}

/**
 * Runs steps and tells of them by the output's mode. Lines and elements are held back until
 * `flush`: a reader that goes away ends the tool, which must not happen in the middle of a change.
 */
export function showSteps(output: Output): ShownSteps {
  const { isTty, width } = output.text;
  if (output.mode === 'text' && isTty && width >= MIN_COLUMNS) {
    const runSteps: StepRunner = async (steps) => {
      // Loaded only here: it is large, and most runs are scripts'.
      const { runOnTerminal } = await import('./terminalSteps.ts');
      await runOnTerminal(steps);
    };
    return { runSteps, flush: async () => {} };
  }
  const done: { readonly step: Step; readonly result: StepResult }[] = [];
  return {
    runSteps: async (steps) => {
      for (const step of steps) {
        const { result, error } = await timedStep(step, () => {});
        done.push({ step, result });
        if (error !== undefined) throw error;
      }
    },
    flush: async () => {
      for (const { step, result } of done.splice(0)) {
        await output.emit({ json: () => result, text: () => stepLine(step, result) });
      }
    },
  };
}

function stepLine({ title }: Step, { step, status, detail }: StepResult): string {
  const mark = status === 'ok' ? '' : ` ${status.toUpperCase()}`;
  return `${step.padEnd(8)} ${title}:${mark} ${printable(detail)}\n`;
}
