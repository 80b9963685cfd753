// SPDX-License-Identifier: Apache-2.0
import { printable } from '@otelkit/cli-kit';
import { Listr } from 'listr2';
import { type Step, timedStep } from './steps.ts';

/** Shows steps as a list that fills on the terminal. The first failure is thrown. */
export async function runOnTerminal(steps: readonly Step[]): Promise<void> {
  const tasks = steps.map((step) => ({
    title: step.title,
    task: async (
      _: unknown,
      task: { title: string; output: string; skip: (why: string) => void },
    ) => {
      const { result, error } = await timedStep(step, (what) => {
        task.output = printable(what);
      });
      if (error !== undefined) throw error;
      const title = `${step.title}: ${printable(result.detail)}`;
      if (result.status === 'skipped') task.skip(title);
      else task.title = title;
    },
  }));
  await new Listr(tasks, {
    concurrent: false,
    exitOnError: true,
    registerSignalListeners: false,
    rendererOptions: { collapseErrors: false, showErrorMessage: false },
  }).run();
}
