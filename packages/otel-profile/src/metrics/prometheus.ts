// SPDX-License-Identifier: Apache-2.0
// The text format of Prometheus, version 0.0.4.
import type { Figure } from './figures.ts';

export const PROMETHEUS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Figures of one name must follow each other, as they do in the list. */
export function prometheusText(figures: readonly Figure[]): string {
  const lines: string[] = [];
  let previous = '';
  for (const { name, help, kind, value, label } of figures) {
    if (name !== previous) lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${kind}`);
    previous = name;
    const labels = label === undefined ? '' : `{${label[0]}="${label[1]}"}`;
    lines.push(`${name}${labels} ${value}`);
  }
  return `${lines.join('\n')}\n`;
}
