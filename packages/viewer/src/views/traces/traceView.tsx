// SPDX-License-Identifier: Apache-2.0
// One trace: who waited for whom, and what each span knew.
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { useAnswer } from '../../api/useAnswer.ts';
import type { Page } from '../../app/context.ts';
import type { Trace } from '../../contract.ts';
import { seriesColor } from '../../draw/palette.ts';
import { formatCount, formatDuration } from '../../format/quantities.ts';
import { visibleText } from '../../format/visibleText.ts';
import { type Waterfall, type WaterfallRow, waterfallOf } from '../../layout/waterfall.ts';
import { Failed, Waiting } from '../emptyStates.tsx';
import { Empty, Name } from '../text.tsx';
import { SpanDetails } from './spanDetails.tsx';

/** Enough to read; the rest is named. */
const MAX_ROWS = 2_000;
const TICKS = 5;
const INDENT_PIXELS = 14;

export function TraceView({ page }: { page: Page }): JSX.Element {
  const { state, change } = page;
  const path = `api/traces/${encodeURIComponent(state.open)}`;
  const { data, failure } = useAnswer<Trace>(path, 0);
  const waterfall = useMemo(() => data && waterfallOf(data), [data]);
  const back = () => change({ open: '', openSpan: '' });
  if (waterfall === undefined || data === undefined) {
    if (failure === undefined) return <Waiting />;
    return (
      <Empty title="This trace is not here">
        <p>
          {failure.message} {failure.hint}
        </p>
        <button type="button" onClick={back}>
          All traces
        </button>
      </Empty>
    );
  }
  const [first] = waterfall.rows;
  const chosen = waterfall.rows.find(({ span }) => span.spanId === state.openSpan) ?? first;
  const services = [...new Set(data.spans.map(({ service }) => service))];
  return (
    <div class="view">
      {failure !== undefined && <Failed failure={failure} />}
      <div class="details">
        <button type="button" onClick={back}>
          ← All traces
        </button>
        <b>
          <Name text={first?.span.name ?? ''} limit={120} />
        </b>
        <span class="muted">
          {formatDuration(waterfall.durationMs)} · {formatCount(data.spans.length)} spans ·{' '}
          <code>{data.traceId.slice(0, 32)}</code>
        </span>
        <button
          type="button"
          class="push"
          onClick={() => change({ view: 'flame', selection: { trace: data.traceId }, last: 0 })}
        >
          Samples of this trace
        </button>
      </div>
      <div class="trace">
        <WaterfallTable page={page} waterfall={waterfall} chosen={chosen} services={services} />
        {chosen !== undefined && (
          <SpanDetails page={page} trace={data} row={chosen} startMs={waterfall.startMs} />
        )}
      </div>
    </div>
  );
}

function WaterfallTable({
  page,
  waterfall,
  chosen,
  services,
}: {
  page: Page;
  waterfall: Waterfall;
  chosen: WaterfallRow | undefined;
  services: readonly string[];
}): JSX.Element {
  const { rows, durationMs } = waterfall;
  const ticks = Array.from({ length: TICKS }, (_, index) => index / TICKS);
  return (
    <div class="table-scroll waterfall">
      <table>
        <caption class="only-read">Spans of the trace</caption>
        <thead>
          <tr>
            <th scope="col">Span</th>
            <th scope="col">
              <span class="ticks">
                {ticks.map((share) => (
                  <span key={share}>{formatDuration(share * durationMs)}</span>
                ))}
              </span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, MAX_ROWS).map((row) => (
            <SpanRow
              key={row.span.spanId}
              page={page}
              row={row}
              isChosen={row === chosen}
              color={seriesColor(services.indexOf(row.span.service), page.theme)}
            />
          ))}
        </tbody>
      </table>
      {rows.length > MAX_ROWS && (
        <p class="more muted">{formatCount(rows.length - MAX_ROWS)} more spans are not shown.</p>
      )}
    </div>
  );
}

function SpanRow({
  page,
  row,
  isChosen,
  color,
}: {
  page: Page;
  row: WaterfallRow;
  isChosen: boolean;
  color: string;
}): JSX.Element {
  const { span } = row;
  const isError = span.status === 'error';
  const label = formatDuration(span.durationMs);
  return (
    <tr
      class={isChosen ? 'opens chosen' : 'opens'}
      aria-selected={isChosen}
      onClick={() => page.change({ openSpan: span.spanId }, 'replace')}
    >
      <th scope="row" style={{ paddingLeft: `${12 + row.depth * INDENT_PIXELS}px` }}>
        <button type="button" class="link" aria-pressed={isChosen}>
          <Name text={span.name} limit={120} />
        </button>{' '}
        <small class="muted">{visibleText(span.service, 40)}</small>
        {isError && <span class="bad"> error</span>}
        {row.isOrphan && <small class="muted"> (its parent did not come)</small>}
      </th>
      <td>
        <span class="lane">
          <i
            class={isError ? 'error' : ''}
            style={{
              left: `${(row.left * 100).toFixed(3)}%`,
              width: `max(3px, ${(row.width * 100).toFixed(3)}%)`,
              background: color,
            }}
          />
          <span class={isInside(row) ? 'inside' : ''} style={laneText(row)}>
            {label}
          </span>
        </span>
      </td>
    </tr>
  );
}

/** A bar that fills its lane bears its duration itself. */
function isInside(row: WaterfallRow): boolean {
  return row.left + row.width > 0.8 && row.left <= 0.15;
}

/** The duration stands right of the bar, or left of it where there is no room. */
function laneText(row: WaterfallRow): Record<string, string> {
  const end = row.left + row.width;
  if (end <= 0.8) return { left: `calc(${(end * 100).toFixed(3)}% + 7px)` };
  if (!isInside(row)) return { right: `calc(${((1 - row.left) * 100).toFixed(3)}% + 7px)` };
  return { left: `calc(${(row.left * 100).toFixed(3)}% + 7px)` };
}
