// SPDX-License-Identifier: Apache-2.0
import { renderCheck as renderShown, type ShownCheck, type TextContext } from '@otelkit/cli-kit';
import type { HostCheck, Verdict } from '@otelkit/core';

const SHOWN: Readonly<Record<Verdict, Pick<ShownCheck, 'verdict' | 'paint'>>> = {
  yes: { verdict: 'ok', paint: 'good' },
  partly: { verdict: 'partly', paint: 'warn' },
  no: { verdict: 'no', paint: 'bad' },
  unknown: { verdict: 'unknown', paint: 'warn' },
};

/** One check of the host, in words. */
export function renderCheck(check: HostCheck, titleCells: number, context: TextContext): string {
  return renderShown({ ...check, ...SHOWN[check.verdict] }, titleCells, context);
}
