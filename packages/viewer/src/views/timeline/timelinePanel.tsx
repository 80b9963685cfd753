// SPDX-License-Identifier: Apache-2.0
// Samples over time: what is there, what is chosen, and dragging to choose.
import type { JSX } from 'preact';
import { useMemo, useRef, useState } from 'preact/hooks';
import { apiPath } from '../../api/requests.ts';
import { useAnswer } from '../../api/useAnswer.ts';
import type { Page } from '../../app/context.ts';
import type { Timeline } from '../../contract.ts';
import { seriesColor } from '../../draw/palette.ts';
import { formatTime, formatWeight } from '../../format/quantities.ts';
import { serviceName, visibleText } from '../../format/visibleText.ts';
import { plottedRange } from '../../state/range.ts';
import { STACKINGS, type Stacking } from '../../state/viewState.ts';
import { FilterBar } from '../filters/filterBar.tsx';
import { useElementSize } from '../flame/useElementSize.ts';
import { still } from '../still.tsx';
import { RangeButtons } from './rangeButtons.tsx';
import { stackSeries } from './stack.ts';
import { type Band, TimePlot } from './timePlot.tsx';

const BUCKETS = 240;
const TABLE_BUCKETS = 30;

export function TimelinePanel({ page }: { page: Page }): JSX.Element | null {
  const { state, change, status, tick, sampleType, theme } = page;
  const box = useRef<HTMLDivElement>(null);
  const { width } = useElementSize(box);
  const [isBase, setBase] = useState(false);
  const shown = plottedContext(page);
  const path = apiPath(
    'timeline',
    { ...page.selection, ...shown },
    { buckets: BUCKETS, by: state.by },
  );
  const { data } = useAnswer<Timeline>(status.endMs > 0 ? path : undefined, tick);
  const isTime = sampleType.unit === 'nanoseconds';
  // How many run or wait at once says more than seconds of a bucket.
  const stacked = useMemo(
    () => data && stackSeries(data, isTime && data.bucketMs > 0 ? data.bucketMs * 1e6 : 1),
    [data, isTime],
  );
  const bands = bandsOf(page);
  const choose = (fromMs: number, toMs: number, withShift: boolean) => {
    const range = { from: Math.round(fromMs), to: Math.round(toMs) };
    if (state.view === 'diff' && (withShift || isBase)) {
      change({ base: { ...state.base, ...range } });
    } else change({ selection: { ...state.selection, ...range } });
  };
  return (
    <section class="timeline" aria-label="Samples over time">
      <div class="toolbar">
        <RangeButtons page={page} />
        <FilterBar page={page} />
        <label class="push">
          Stacked{' '}
          <select
            value={state.by}
            onChange={(event) => change({ by: event.currentTarget.value as Stacking })}
          >
            {STACKINGS.map((name) => (
              <option key={name} value={name}>
                {name === 'none' ? 'not' : `by ${name}`}
              </option>
            ))}
          </select>
        </label>
        {state.view === 'diff' && (
          <label>
            <input
              type="checkbox"
              checked={isBase}
              onChange={(event) => setBase(event.currentTarget.checked)}
            />{' '}
            Dragging chooses “before”
          </label>
        )}
        {stacked !== undefined && state.by !== 'none' && (
          <span class="legend">
            {stacked.names.map((name, index) => (
              <span key={name}>
                <i style={{ background: seriesColor(index, theme) }} aria-hidden="true" />
                {serviceName(name, 30)}
              </span>
            ))}
          </span>
        )}
      </div>
      <div class="plot" ref={box}>
        {stacked !== undefined && width > 0 && (
          <TimePlot
            stacked={stacked}
            from={shown.from}
            to={shown.to}
            width={width}
            theme={theme}
            unit={isTime ? (sampleType.type === 'samples' ? 'CPU' : 'waiting') : sampleType.unit}
            bands={bands}
            onSelect={choose}
          />
        )}
      </div>
      {data && <StillTable timeline={data} unit={sampleType.unit} nowMs={status.nowMs} />}
    </section>
  );
}

/** The plot shows the surroundings of a range, so that the range can be changed. */
function plottedContext(page: Page): { from: number; to: number } {
  const { state, status, selection } = page;
  const isFixed = state.selection.from !== undefined;
  const chosen = plottedRange(selection, status);
  if (!isFixed) return chosen;
  const from = state.base.from ?? chosen.from;
  const to = state.base.to ?? chosen.to;
  const low = Math.min(from, chosen.from);
  const high = Math.max(to, chosen.to);
  const margin = (high - low) * 0.5;
  return {
    from: Math.max(status.startMs, Math.floor(low - margin)),
    to: Math.max(Math.min(status.endMs, Math.ceil(high + margin)), Math.ceil(low) + 1),
  };
}

function bandsOf({ state }: Page): readonly Band[] {
  const bands: Band[] = [];
  const { from, to } = state.selection;
  if (from !== undefined && to !== undefined) bands.push({ from, to, color: '--band' });
  const { from: baseFrom, to: baseTo } = state.base;
  if (state.view === 'diff' && baseFrom !== undefined && baseTo !== undefined) {
    bands.push({ from: baseFrom, to: baseTo, color: '--band-base' });
  }
  return bands;
}

function TimeTable({
  timeline,
  unit,
  nowMs,
}: {
  timeline: Timeline;
  unit: string;
  nowMs: number;
}): JSX.Element {
  const { series, startMs, bucketMs } = timeline;
  const count = Math.max(0, ...series.map(({ values }) => values.length));
  const each = Math.max(1, Math.ceil(count / TABLE_BUCKETS));
  const starts = Array.from({ length: Math.ceil(count / each) }, (_, index) => index * each);
  return (
    <div class="only-read">
      <table>
        <caption>Samples over time</caption>
        <thead>
          <tr>
            <th scope="col">From</th>
            {series.map(({ name }) => (
              <th scope="col" key={name}>
                {visibleText(name, 60)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {starts.map((start) => (
            <tr key={start}>
              <th scope="row">{formatTime(startMs + start * bucketMs, nowMs)}</th>
              {series.map(({ name, values }) => (
                <td key={name}>
                  {formatWeight(
                    values.slice(start, start + each).reduce((sum, value) => sum + value, 0),
                    unit,
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** For readers only: nothing to do again while the page zooms and searches. */
const StillTable = still(TimeTable, ['timeline', 'unit']);
