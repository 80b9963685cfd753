// SPDX-License-Identifier: Apache-2.0
// Functions over all stacks, with when they ran.
import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { apiPath } from '../../api/requests.ts';
import { useAnswer } from '../../api/useAnswer.ts';
import type { Page } from '../../app/context.ts';
import type { Top } from '../../contract.ts';
import {
  formatCount,
  formatRoundShare,
  formatShare,
  formatWeight,
} from '../../format/quantities.ts';
import { shortName, visibleText } from '../../format/visibleText.ts';
import { frameText } from '../../layout/functions.ts';
import { type Matches, useMatches } from '../../search/useMatches.ts';
import type { Sort } from '../../state/viewState.ts';
import { Failed, NoSamples, Waiting } from '../emptyStates.tsx';
import { Name } from '../text.tsx';
import { Sparkline } from './sparkline.tsx';

const LIMIT = 500;
const BUCKETS = 40;
/** What is asked for is sorted by self; rows beyond this are found by the filter. */
const SHOWN_ROWS = 200;

export function TopView({ page }: { page: Page }): JSX.Element {
  const { state, selection, tick } = page;
  const sort = state.sort === 'change' ? 'self' : state.sort;
  const path = apiPath('top', selection, { limit: LIMIT, sort, buckets: BUCKETS });
  const { data, failure, isWaiting } = useAnswer<Top>(path, tick);
  if (data === undefined) {
    return failure === undefined ? <Waiting /> : <Failed failure={failure} />;
  }
  if (data.totalWeight === 0) return <NoSamples page={page} />;
  return (
    <div class="view" aria-busy={isWaiting}>
      {failure !== undefined && <Failed failure={failure} />}
      <TopHeadline top={data} sort={sort} />
      <TopTable page={page} top={data} sort={sort} />
    </div>
  );
}

/** The first row of the table in one line. */
function TopHeadline({ top, sort }: { top: Top; sort: Sort }): JSX.Element {
  const weights = sort === 'total' ? top.total : top.self;
  let first = 0;
  for (let row = 1; row < weights.length; row++) if (weights[row]! > weights[first]!) first = row;
  const name = frameText(top.frames, top.frame[first] ?? -1, 'name');
  const share = (weights[first] ?? 0) / (top.totalWeight || 1);
  return (
    <header class="headline">
      <h1>
        <span class="figure">{formatRoundShare(share)}</span>{' '}
        {sort === 'total' ? 'in and below' : 'in'} <Name text={shortName(name)} limit={90} />
      </h1>
      <p class="muted">
        Self is the function’s own time, total is with what it calls. Click a name for its callers
        and callees.
      </p>
    </header>
  );
}

function TopTable({ page, top, sort }: { page: Page; top: Top; sort: Sort }): JSX.Element {
  const { state, change } = page;
  const [text, setText] = useState(state.q);
  const matches = useMatches(top.frames.strings, state.q);
  const rows = useMemo(() => rowsOf(top, state.q, matches, sort), [top, state.q, matches, sort]);
  const shown = rows.slice(0, SHOWN_ROWS);
  // Bars compare rows: the longest is full.
  const most = useMemo(() => ({ self: mostOf(top.self), total: mostOf(top.total) }), [top]);
  const buckets = top.spark.length / Math.max(1, top.frame.length);
  const filter = (value: string) => {
    setText(value);
    change({ q: value }, 'replace');
  };
  return (
    <>
      <div class="toolbar">
        <input
          type="search"
          name="q"
          class="wide"
          value={text}
          placeholder="Filter functions (regular expression)  /"
          aria-label="Filter functions by regular expression"
          spellcheck={false}
          onInput={(event) => filter(event.currentTarget.value)}
        />
        <output class="muted" aria-live="polite">
          {formatCount(rows.length)} of {formatCount(top.frame.length)} functions
        </output>
      </div>
      <div class="table-scroll">
        <table class="top">
          <caption class="only-read">Top functions</caption>
          <thead>
            <tr>
              <SortHeader page={page} name="self" title="Self" sort={sort} />
              <th scope="col" class="number" title="Sampling error, 95 %">
                ±
              </th>
              <SortHeader page={page} name="total" title="Total" sort={sort} />
              <th scope="col">Function</th>
              {buckets > 0 && <th scope="col">Over time</th>}
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <TopRow key={row} page={page} top={top} row={row} buckets={buckets} most={most} />
            ))}
          </tbody>
        </table>
        {rows.length > SHOWN_ROWS && (
          <p class="more muted">
            {formatCount(rows.length - SHOWN_ROWS)} lighter ones are not listed: filter to find
            them.
          </p>
        )}
      </div>
    </>
  );
}

function SortHeader({
  page,
  name,
  title,
  sort,
}: {
  page: Page;
  name: Sort;
  title: string;
  sort: Sort;
}): JSX.Element {
  return (
    <th scope="col" class="number" aria-sort={sort === name ? 'descending' : 'none'}>
      <button type="button" class="link" onClick={() => page.change({ sort: name })}>
        {title}
        {sort === name ? ' ▾' : ''}
      </button>
    </th>
  );
}

function TopRow({
  page,
  top,
  row,
  buckets,
  most,
}: {
  page: Page;
  top: Top;
  row: number;
  buckets: number;
  most: { readonly self: number; readonly total: number };
}): JSX.Element {
  const { change, sampleType } = page;
  const frame = top.frame[row]!;
  const name = frameText(top.frames, frame, 'name');
  const module = frameText(top.frames, frame, 'module');
  const share = (weight: number) => weight / (top.totalWeight || 1);
  const self = top.self[row] ?? 0;
  const total = top.total[row] ?? 0;
  return (
    <tr>
      <td class="number" title={formatWeight(self, sampleType.unit)}>
        <span class="measure">
          <Bar share={self / most.self} /> <b>{formatShare(share(self))}</b>
        </span>
      </td>
      <td class="number muted">{formatShare(share(top.selfError[row] ?? 0))}</td>
      <td class="number" title={formatWeight(total, sampleType.unit)}>
        <span class="measure">
          <Bar share={total / most.total} /> {formatShare(share(total))}
        </span>
      </td>
      <th scope="row" title={visibleText(`${name}\n${placeOf(top, frame)}`, 1_000)}>
        <button
          type="button"
          class="link"
          onClick={() => change({ view: 'flame', fn: name, module, q: '' })}
        >
          <Name text={name} limit={200} />
        </button>
        <small class="origin">
          {' '}
          <Name text={placeOf(top, frame)} limit={120} />
        </small>
      </th>
      {buckets > 0 && (
        <td>
          <Sparkline values={top.spark} from={row * buckets} count={buckets} theme={page.theme} />
        </td>
      )}
    </tr>
  );
}

function mostOf(weights: readonly number[]): number {
  let most = 0;
  for (const weight of weights) most = Math.max(most, weight);
  return most || 1;
}

export function Bar({ share }: { share: number }): JSX.Element {
  return (
    <span class="bar" aria-hidden="true">
      <i style={{ width: `${Math.min(100, share * 100).toFixed(2)}%` }} />
    </span>
  );
}

function placeOf(top: Top, frame: number): string {
  const file = frameText(top.frames, frame, 'file');
  const line = top.frames.line[frame] ?? 0;
  const place = file === '' || line === 0 ? file : `${file}:${line}`;
  return [frameText(top.frames, frame, 'module'), place].filter((part) => part !== '').join(' · ');
}

/** Rows in the wanted order that match; all of them where the pattern is no expression yet. */
function rowsOf(top: Top, pattern: string, { hits, problem }: Matches, sort: Sort): number[] {
  const rows = top.frame.map((_, row) => row);
  const weights = sort === 'total' ? top.total : top.self;
  rows.sort((left, right) => (weights[right] ?? 0) - (weights[left] ?? 0) || left - right);
  if (pattern === '' || problem !== '') return rows;
  const { name, module } = top.frames;
  return rows.filter((row) => {
    const frame = top.frame[row]!;
    return hits[name[frame] ?? -1] === 1 || hits[module[frame] ?? -1] === 1;
  });
}
