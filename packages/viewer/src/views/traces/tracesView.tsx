// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import { useAnswer } from '../../api/useAnswer.ts';
import type { Page } from '../../app/context.ts';
import type { Traces } from '../../contract.ts';
import { formatDuration, formatTime } from '../../format/quantities.ts';
import { visibleText } from '../../format/visibleText.ts';
import { Failed, Waiting } from '../emptyStates.tsx';
import { Empty, Name } from '../text.tsx';
import { Bar } from '../top/topView.tsx';
import { TraceView } from './traceView.tsx';

const LIMIT = 200;
const LENGTHS_MS: readonly number[] = [0, 10, 100, 1_000, 10_000];

export function TracesView({ page }: { page: Page }): JSX.Element {
  return page.state.open === '' ? <TraceList page={page} /> : <TraceView page={page} />;
}

function tracesPath({ state, selection }: Page): string {
  const params = new URLSearchParams();
  for (const name of ['from', 'to'] as const) {
    if (selection[name] !== undefined) params.set(name, String(selection[name]));
  }
  for (const service of selection.service ?? []) params.append('service', service);
  params.set('limit', String(LIMIT));
  if (state.errors) params.set('errors', '1');
  if (state.minMs > 0) params.set('minMs', String(state.minMs));
  return `api/traces?${params}`;
}

function TraceList({ page }: { page: Page }): JSX.Element {
  const { state, change, status } = page;
  const { data, failure, isWaiting } = useAnswer<Traces>(tracesPath(page), page.tick);
  if (data === undefined) {
    return failure === undefined ? <Waiting /> : <Failed failure={failure} />;
  }
  const { traces } = data;
  const isNarrowed = state.errors || state.minMs > 0;
  if (traces.length === 0 && !isNarrowed) return <NoTraces />;
  const longest = Math.max(1, ...traces.map(({ durationMs }) => durationMs));
  return (
    <div class="view" aria-busy={isWaiting}>
      {failure !== undefined && <Failed failure={failure} />}
      <div class="toolbar">
        <label>
          <input
            type="checkbox"
            checked={state.errors}
            onChange={(event) => change({ errors: event.currentTarget.checked })}
          />{' '}
          With errors only
        </label>
        <label>
          At least{' '}
          <select
            value={state.minMs}
            onChange={(event) => change({ minMs: Number(event.currentTarget.value) })}
          >
            {LENGTHS_MS.map((length) => (
              <option key={length} value={length}>
                {length === 0 ? 'any length' : formatDuration(length)}
              </option>
            ))}
          </select>
        </label>
        <output class="muted">
          {traces.length} {traces.length === LIMIT ? 'newest ' : ''}traces
        </output>
      </div>
      <div class="table-scroll">
        <table>
          <caption class="only-read">Traces, the newest first</caption>
          <thead>
            <tr>
              <th scope="col">Trace</th>
              <th scope="col" class="number">
                Duration
              </th>
              <th scope="col" class="number">
                Spans
              </th>
              <th scope="col">Services</th>
              <th scope="col">Began</th>
            </tr>
          </thead>
          <tbody>
            {traces.map((trace) => (
              // Its button is for the keyboard; the pointer may be anywhere in the row.
              <tr
                key={trace.traceId}
                class="opens"
                onClick={() => change({ open: trace.traceId, openSpan: '' })}
              >
                <th scope="row">
                  <button type="button" class="link">
                    <Name text={trace.name} limit={160} />
                  </button>{' '}
                  {trace.errorCount > 0 && (
                    <span class="bad">
                      {trace.errorCount} error{trace.errorCount > 1 ? 's' : ''}
                    </span>
                  )}
                </th>
                <td class="number">
                  <span class="measure">
                    <Bar share={trace.durationMs / longest} /> {formatDuration(trace.durationMs)}
                  </span>
                </td>
                <td class="number">{trace.spanCount}</td>
                <td class="muted">{visibleText(trace.services.join(', '), 120)}</td>
                <td class="muted">{formatTime(trace.startMs, status.nowMs)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

function NoTraces(): JSX.Element {
  return (
    <Empty title="No traces yet">
      <p>
        Send OTLP traces to <code>{location.origin}</code>, over gRPC or HTTP:
      </p>
      <p>
        <code>OTEL_EXPORTER_OTLP_ENDPOINT={location.origin}</code>
      </p>
    </Empty>
  );
}
