// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import type { Page } from '../../app/context.ts';
import { formatDuration, formatTime } from '../../format/quantities.ts';
import { follows, lastSeconds, plottedRange } from '../../state/range.ts';

const CHOICES: readonly (readonly [seconds: number, text: string])[] = [
  [300, '5 min'],
  [900, '15 min'],
  [3_600, '1 h'],
  [86_400, '24 h'],
  [0, 'All'],
];

/** Last so and so long, or the chosen range with the buttons that move it. */
export function RangeButtons({ page }: { page: Page }): JSX.Element {
  const { state, change, status } = page;
  const isLive = status.mode === 'live';
  const isFixed = state.selection.from !== undefined;
  const chosen = lastSeconds(state, status);
  const setLast = (seconds: number) => {
    const { from: _from, to: _to, ...selection } = state.selection;
    change({ last: seconds, selection });
  };
  const follow = () => {
    if (isFixed) {
      setLast(chosen);
      return;
    }
    const { from, to } = plottedRange(page.selection, status);
    change({ selection: { ...state.selection, from: Math.round(from), to: Math.round(to) } });
  };
  return (
    <>
      {isLive && (
        <button
          type="button"
          class={follows(state, status) ? 'live on' : 'live'}
          aria-pressed={follows(state, status)}
          title={follows(state, status) ? 'Stand still at this range' : 'Follow new samples  (L)'}
          onClick={follow}
        >
          {follows(state, status) ? 'Live' : 'Paused'}
        </button>
      )}
      <fieldset class="segments" aria-label="Range">
        {CHOICES.map(([seconds, text]) => (
          <button
            key={seconds}
            type="button"
            aria-pressed={!isFixed && chosen === seconds}
            onClick={() => setLast(seconds)}
          >
            {text}
          </button>
        ))}
      </fieldset>
      {isFixed && <FixedRange page={page} />}
    </>
  );
}

function FixedRange({ page }: { page: Page }): JSX.Element {
  const { state, change, status } = page;
  const { from, to } = plottedRange(state.selection, status);
  const span = to - from;
  const set = (left: number, right: number) =>
    change({
      selection: { ...state.selection, from: Math.round(left), to: Math.round(right) },
    });
  return (
    <span class="range">
      <b>
        {formatTime(from, status.nowMs)} – {formatTime(to, status.nowMs)}
      </b>{' '}
      <span class="muted">{formatDuration(span)}</span>
      <fieldset class="segments" aria-label="Move the range">
        <button type="button" aria-label="Earlier" onClick={() => set(from - span, from)}>
          ◂
        </button>
        <button type="button" aria-label="Later" onClick={() => set(to, to + span)}>
          ▸
        </button>
        <button
          type="button"
          aria-label="Shorter"
          onClick={() => set(from + span / 4, to - span / 4)}
        >
          +
        </button>
        <button
          type="button"
          aria-label="Longer"
          onClick={() => set(from - span / 2, to + span / 2)}
        >
          −
        </button>
      </fieldset>
    </span>
  );
}
