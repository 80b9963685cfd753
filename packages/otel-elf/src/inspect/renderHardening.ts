// SPDX-License-Identifier: Apache-2.0
import type { Style } from '@otelkit/cli-kit';
import type { HardeningFacts } from '@otelkit/core';

/** `RELRO full · NX yes · …`, each painted by whether it helps; undefined where none applies. */
export function hardeningWords(facts: HardeningFacts, style: Style): string | undefined {
  if (facts.pie === null) return undefined;
  const relroPaint =
    facts.relro === 'full' ? style.good : facts.relro === 'partial' ? style.warn : style.bad;
  const words = [
    facts.relro === null ? '' : `RELRO ${relroPaint(facts.relro)}`,
    yesNo('NX', facts.nx, style),
    yesNo('PIE', facts.pie, style),
    yesNo('canary', facts.canary, style),
    yesNo('FORTIFY', facts.fortify, style),
    yesNo('IBT', facts.ibt, style),
    yesNo('SHSTK', facts.shstk, style),
    yesNo('BTI', facts.bti, style),
    yesNo('PAC', facts.pac, style),
  ].filter((word) => word !== '');
  if (facts.writableExecutableSegments > 0) {
    words.push(style.bad(`${facts.writableExecutableSegments} writable and executable segments`));
  }
  if (facts.textRelocations) words.push(style.bad('text relocations'));
  if (facts.dangerousSearchPaths.length > 0) words.push(style.bad('dangerous search path'));
  return words.join(' · ');
}

function yesNo(name: string, value: boolean | null, style: Style): string {
  if (value === null) return '';
  return `${name} ${value ? style.good('yes') : style.warn('no')}`;
}
