// SPDX-License-Identifier: Apache-2.0
// What a view shows when it has nothing to show: always with what to do.
import type { JSX } from 'preact';
import type { Failure } from '../api/requests.ts';
import type { Page } from '../app/context.ts';
import { formatTime } from '../format/quantities.ts';
import { Empty } from './text.tsx';

export function Waiting(): JSX.Element {
  return (
    <div class="empty" aria-busy="true">
      <p class="muted">Reading samples…</p>
      <p class="muted later">A long range takes a moment the first time.</p>
    </div>
  );
}

export function Failed({ failure }: { failure: Failure }): JSX.Element {
  return (
    <div class="banner error" role="alert">
      <b>{failure.message}</b> {failure.hint}
    </div>
  );
}

export function NoSamples({ page }: { page: Page }): JSX.Element {
  const { status, change, selection } = page;
  if (status.sampleCount === 0 && status.mode === 'live') return <NothingYet />;
  if (status.sampleCount === 0) {
    return (
      <Empty title="There are no samples in this file">
        <p>
          It was read without an error, but it holds no stacks. Was the program busy when it was
          recorded?
        </p>
      </Empty>
    );
  }
  const isFiltered = Object.keys(selection).some((name) => !['from', 'to', 'type'].includes(name));
  return (
    <Empty title="No samples are in this choice">
      {status.hasTimes && status.endMs > 0 && (
        <p>
          There are samples from {formatTime(status.startMs, status.nowMs)} to{' '}
          {/* With its day where that is another one. */}
          {formatTime(status.endMs, status.startMs)}.
        </p>
      )}
      <p>
        {status.hasTimes && (
          <button
            type="button"
            class="primary"
            onClick={() => change({ last: 0, selection: timeless(page) })}
          >
            Show all times
          </button>
        )}{' '}
        {isFiltered && (
          <button type="button" onClick={() => change({ selection: timesOnly(page) })}>
            Remove the filters
          </button>
        )}
      </p>
    </Empty>
  );
}

function NothingYet(): JSX.Element {
  const { origin } = location;
  return (
    <Empty title="Waiting for the first samples">
      <p>This page updates by itself. To send some:</p>
      <dl class="how">
        <dt>this host</dt>
        <dd>
          <code>sudo otel-profile</code>
        </dd>
        <dt>another host</dt>
        <dd>
          <code>sudo otel-profile agent --collection-agent={origin}</code>
        </dd>
        <dt>any other OTLP profiler</dt>
        <dd>
          OTLP over gRPC or HTTP to <code>{origin}</code>
        </dd>
      </dl>
    </Empty>
  );
}

function timeless({ state }: Page) {
  const { from: _from, to: _to, ...rest } = state.selection;
  return rest;
}

function timesOnly({ state }: Page) {
  const { from, to, type } = state.selection;
  return {
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(type !== undefined && { type }),
  };
}
