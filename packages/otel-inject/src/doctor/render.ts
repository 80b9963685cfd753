// SPDX-License-Identifier: Apache-2.0
import { renderCheck as renderShown, type ShownCheck, type TextContext } from '@otelkit/cli-kit';
import type { DoctorCheck } from './check.ts';

const PAINT: Readonly<Record<DoctorCheck['verdict'], ShownCheck['paint']>> = {
  ok: 'good',
  warning: 'warn',
  bad: 'bad',
  unknown: 'warn',
};

/** One check, in words. */
export function renderCheck(check: DoctorCheck, titleCells: number, context: TextContext): string {
  return renderShown({ ...check, paint: PAINT[check.verdict] }, titleCells, context);
}
