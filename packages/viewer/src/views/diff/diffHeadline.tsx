// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import type { Page } from '../../app/context.ts';
import {
  formatDelta,
  formatError,
  formatRoundShare,
  formatWeight,
} from '../../format/quantities.ts';
import { shortName } from '../../format/visibleText.ts';
import type { FlameModel } from '../../layout/flameModel.ts';
import { frameText } from '../../layout/functions.ts';
import { Name } from '../text.tsx';

/** What changed most, in one line, or that nothing did beyond chance. */
export function DiffHeadline({
  page,
  model,
  suggestion,
}: {
  page: Page;
  model: FlameModel;
  /** What was compared because nothing was chosen; '' for a choice. */
  suggestion: string;
}): JSX.Element {
  const { base, whole } = model;
  // A function's own time says where to look; else the time inside of one.
  const own = model.changes?.bySelf.find(({ self }) => self.isCertain);
  const greatest = own ?? model.changes?.byTotal.find(({ total }) => total.isCertain);
  const { unit } = page.sampleType;
  const weights =
    base === undefined
      ? ''
      : `${formatWeight(base.weight, unit)} before, ${formatWeight(whole.weight, unit)} after`;
  if (greatest === undefined) {
    return (
      <header class="headline">
        <h1>Nothing changed beyond chance</h1>
        <p class="muted">{weights}; every difference is within its sampling error.</p>
      </header>
    );
  }
  const frame = model.functions.sample[greatest.id]!;
  const self = own === undefined ? greatest.total : greatest.self;
  const name = frameText(model.frames, frame, 'name');
  const module = frameText(model.frames, frame, 'module');
  return (
    <header class="headline">
      <h1>
        {own === undefined && 'Time inside '}
        <button
          type="button"
          class="link"
          title="Callers and callees"
          onClick={() => page.change({ fn: name, module })}
        >
          <Name text={shortName(name)} limit={90} />
        </button>{' '}
        {self.delta > 0 ? 'grew' : 'shrank'} from {formatRoundShare(self.baseShare)} to{' '}
        <span class={self.delta > 0 ? 'figure grew' : 'figure shrank'}>
          {formatRoundShare(self.share)}
        </span>
      </h1>
      <p class="muted">
        <b>{formatDelta(self.delta)}</b> {formatError(self.error)}
        {module !== '' && (
          <>
            {' '}
            in <Name text={module} limit={60} />
          </>
        )}{' '}
        · {weights}
        {suggestion !== '' && ` · comparing ${suggestion}`}
      </p>
    </header>
  );
}
