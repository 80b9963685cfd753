// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import { apiPath } from '../../api/requests.ts';
import { useAnswer } from '../../api/useAnswer.ts';
import type { Page } from '../../app/context.ts';
import type { HeatMap } from '../../contract.ts';
import { formatDuration, formatTime, formatWeight } from '../../format/quantities.ts';
import { columnMsFor, ROWS, rangeOfCells } from '../../layout/heatCells.ts';
import { plottedRange } from '../../state/range.ts';
import { Failed, NoSamples, Waiting } from '../emptyStates.tsx';
import { HeatChart } from './heatChart.tsx';

const TABLE_ROWS = 60;

export function HeatView({ page }: { page: Page }): JSX.Element {
  const { selection, status, tick, change, state } = page;
  const { from, to } = plottedRange(selection, status);
  const columnMs = columnMsFor(to - from);
  const times = { from, to };
  const path = apiPath('heatmap', { ...selection, ...times }, { columnMs, rows: ROWS });
  const { data, failure, isWaiting } = useAnswer<HeatMap>(path, tick);
  if (data === undefined) {
    return failure === undefined ? <Waiting /> : <Failed failure={failure} />;
  }
  if (!data.values.some((value) => value > 0)) return <NoSamples page={page} />;
  const choose = (one: number, other: number) => {
    const range = rangeOfCells(data, one, other);
    change({ view: 'flame', selection: { ...state.selection, ...range } });
  };
  return (
    <div class="view" aria-busy={isWaiting}>
      {failure !== undefined && <Failed failure={failure} />}
      <header class="headline">
        <h1>Rhythm within each {columnMs === 1_000 ? 'second' : formatDuration(columnMs)}</h1>
        <p class="muted">
          A column is {formatDuration(columnMs)}, read downwards; darker is more. Drag over a burst,
          a gap or a stripe to see the flame graph of just that time.
        </p>
      </header>
      <HeatChart page={page} map={data} onChoose={choose} />
      <HeatTable page={page} map={data} />
    </div>
  );
}

function HeatTable({ page, map }: { page: Page; map: HeatMap }): JSX.Element {
  const each = Math.max(1, Math.ceil(map.columns / TABLE_ROWS));
  const starts = Array.from({ length: Math.ceil(map.columns / each) }, (_, at) => at * each);
  return (
    <div class={page.state.table ? 'table-scroll' : 'only-read'}>
      <table>
        <caption>Heat map, sums of columns</caption>
        <thead>
          <tr>
            <th scope="col">From</th>
            <th scope="col">Weight</th>
            <th scope="col">Busiest part begins after</th>
          </tr>
        </thead>
        <tbody>
          {starts.map((start) => {
            const end = Math.min(map.columns, start + each);
            const { sum, busiest } = sumOf(map, start, end);
            return (
              <tr key={start}>
                <th scope="row">
                  {formatTime(map.startMs + start * map.columnMs, page.status.nowMs)}
                </th>
                <td>{formatWeight(sum, page.sampleType.unit)}</td>
                <td>{formatDuration((busiest * map.columnMs) / map.rows)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function sumOf(map: HeatMap, start: number, end: number): { sum: number; busiest: number } {
  const rows = new Float64Array(map.rows);
  let sum = 0;
  for (let cell = start * map.rows; cell < end * map.rows; cell++) {
    const value = map.values[cell] ?? 0;
    sum += value;
    rows[cell % map.rows]! += value;
  }
  return { sum, busiest: rows.indexOf(Math.max(...rows)) };
}
