// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import type { Page } from '../../app/context.ts';
import type { Trace } from '../../contract.ts';
import { formatCount, formatDuration } from '../../format/quantities.ts';
import { visibleText } from '../../format/visibleText.ts';
import type { WaterfallRow } from '../../layout/waterfall.ts';
import { Name } from '../text.tsx';

const MAX_ATTRIBUTES = 200;
const MAX_EVENTS = 100;

export function SpanDetails({
  page,
  trace,
  row,
  startMs,
}: {
  page: Page;
  trace: Trace;
  row: WaterfallRow;
  startMs: number;
}): JSX.Element {
  const { span } = row;
  const { change } = page;
  const seeSamples = () =>
    change({ view: 'flame', selection: { trace: trace.traceId, span: span.spanId }, last: 0 });
  return (
    <aside class="span-details" aria-label="Span">
      <h2>
        <Name text={span.name} limit={200} />
      </h2>
      <p class="muted">
        {span.kind} · {visibleText(span.service, 80)} · {formatDuration(span.durationMs)}, from{' '}
        {formatDuration(span.startMs - startMs)}
      </p>
      {span.status === 'error' && (
        <p class="bad">
          error
          <Name text={span.statusMessage === '' ? '' : `: ${span.statusMessage}`} limit={400} />
        </p>
      )}
      {span.sampleCount > 0 ? (
        <button type="button" class="primary" onClick={seeSamples}>
          {formatCount(span.sampleCount)} samples inside this span
        </button>
      ) : (
        <p class="muted">No samples bear this span’s id.</p>
      )}
      <Attributes title="Attributes" attributes={span.attributes} />
      {span.events.length > 0 && <h3>Events</h3>}
      {span.events.slice(0, MAX_EVENTS).map((event) => (
        <div key={`${event.timeMs} ${event.name}`}>
          <p>
            <b>
              <Name text={event.name} limit={200} />
            </b>{' '}
            <span class="muted">after {formatDuration(event.timeMs - span.startMs)}</span>
          </p>
          <Attributes title="" attributes={event.attributes} />
        </div>
      ))}
      <Attributes title="Resource" attributes={span.resource} />
    </aside>
  );
}

function Attributes({
  title,
  attributes,
}: {
  title: string;
  attributes: readonly (readonly [string, string])[];
}): JSX.Element | null {
  if (attributes.length === 0) return null;
  return (
    <>
      {title !== '' && <h3>{title}</h3>}
      <dl class="attributes">
        {attributes.slice(0, MAX_ATTRIBUTES).map(([key, value]) => (
          <div key={key}>
            <dt>
              <Name text={key} limit={200} />
            </dt>
            <dd>
              <Name text={value} limit={2_000} />
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}
