// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import type { Page } from '../../app/context.ts';
import { formatShare, formatWeight } from '../../format/quantities.ts';
import type { FlamePart } from '../../layout/flameModel.ts';
import { frameText } from '../../layout/functions.ts';
import { Name } from '../text.tsx';
import { Origin } from './flameTooltip.tsx';

/** One line about the chosen frame, with what can be done with it. */
export function Details({
  page,
  model,
  node,
  onSandwich,
}: {
  page: Page;
  model: FlamePart;
  node: number;
  onSandwich: () => void;
}): JSX.Element {
  const { tree, whole } = model;
  const frame = tree.frame[node] ?? -1;
  const { unit } = page.sampleType;
  if (frame < 0) {
    return (
      <p class="details muted">
        Click a frame to enlarge it, or type to search. Wider is more{' '}
        {unit === 'bytes' ? 'memory' : 'time'}.
      </p>
    );
  }
  const total = tree.total[node]!;
  const self = tree.self[node]!;
  const share = (weight: number) => formatShare(whole.weight > 0 ? weight / whole.weight : 0);
  return (
    <div class="details" aria-live="polite">
      <b>
        <Name text={frameText(model.frames, frame, 'name')} limit={160} />
      </b>
      <Origin model={model} frame={frame} />
      <span class="figures">
        self <b>{share(self)}</b> {formatWeight(self, unit)} · total <b>{share(total)}</b>{' '}
        {formatWeight(total, unit)}
      </span>
      <span class="actions">
        <button type="button" onClick={onSandwich}>
          Callers and callees
        </button>
        <button
          type="button"
          onClick={() => page.change({ zoom: '' })}
          disabled={page.state.zoom === ''}
        >
          Show all
        </button>
      </span>
    </div>
  );
}
