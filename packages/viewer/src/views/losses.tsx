// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import type { Loss } from '../contract.ts';
import { formatCount, formatShare } from '../format/quantities.ts';
import type { FlameModel } from '../layout/flameModel.ts';
import { Name } from './text.tsx';

const MAX_SHOWN = 6;

/** What is not, or not wholly, in the picture below. */
export function Losses({ model }: { model: FlameModel }): JSX.Element | null {
  const { cutNodes, problem, whole } = model;
  const losses: Loss[] = [...model.incomplete];
  if (losses.length === 0) {
    for (const { reason, weight } of model.broken) {
      const share = formatShare(weight / (whole.weight || 1));
      losses.push({ reason, count: weight, text: `${share} in stacks that end early: ${reason}` });
    }
  }
  if (cutNodes > 0) {
    const text = `${formatCount(cutNodes)} light frames are merged into their callers`;
    losses.push({ reason: 'cut', count: cutNodes, text });
  }
  if (problem !== '')
    losses.push({ reason: 'damaged', count: 1, text: `Damaged answer: ${problem}` });
  if (losses.length === 0) return null;
  const early = model.incomplete.reduce((sum, { count }) => sum + count, 0);
  return (
    <details class="losses">
      <summary>
        {early > 0 && whole.samples > 0 ? (
          `${formatShare(Math.min(1, early / whole.samples))} of stacks end early`
        ) : (
          <Name text={losses[0]!.text} limit={120} />
        )}
        {early === 0 && losses.length > 1 && ` and ${losses.length - 1} more`}
      </summary>
      <ul>
        {losses.slice(0, MAX_SHOWN).map(({ reason, text }) => (
          <li key={reason}>
            <Name text={withoutBrackets(text)} limit={300} />
          </li>
        ))}
        {losses.length > MAX_SHOWN && <li>and {losses.length - MAX_SHOWN} rarer reasons</li>}
      </ul>
    </details>
  );
}

/** `[stackUnreadable: the stack is paged out]` is a frame's name; people read what follows. */
function withoutBrackets(text: string): string {
  return text.replace(/\[\w+: ([^\]]*)\]/g, '$1');
}
