// SPDX-License-Identifier: Apache-2.0
// The steps of a change, told as they happen. Who listens decides how they look.
import { setImmediate } from 'node:timers/promises';

export type StepStatus = 'ok' | 'failed' | 'skipped';

export interface StepResult {
  readonly step: string;
  readonly status: StepStatus;
  /** What was found or done, one clause. */
  readonly detail: string;
  readonly durationMs: number;
  /** Results of a step that has many, such as the probe's programs. */
  readonly data?: object;
}

export interface StepOutcome {
  readonly status?: Exclude<StepStatus, 'failed'>;
  readonly detail: string;
  readonly data?: object;
}

export interface Step {
  readonly id: string;
  /** What it does, in the infinitive without "to". */
  readonly title: string;
  /** @param say tells what it is about right now */
  readonly run: (say: (what: string) => void) => StepOutcome | Promise<StepOutcome>;
}

/** Runs steps one after the other and tells of each; the first failure is thrown. */
export type StepRunner = (steps: readonly Step[]) => Promise<void>;

/** Runs one step and times it. What it throws is given beside the result. */
export async function timedStep(
  step: Step,
  say: (what: string) => void,
): Promise<{ readonly result: StepResult; readonly error?: unknown }> {
  // A turn of the event loop, so that a signal which came meanwhile is noticed before the step.
  await setImmediate();
  const startMs = performance.now();
  const durationMs = (): number => Math.round(performance.now() - startMs);
  try {
    const { status = 'ok', detail, data } = await step.run(say);
    const more = data === undefined ? {} : { data };
    return { result: { step: step.id, status, detail, durationMs: durationMs(), ...more } };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    const result = { step: step.id, status: 'failed', detail, durationMs: durationMs() } as const;
    return { result, error };
  }
}
