// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Page } from '../../app/context.ts';
import { flameSvg } from '../../draw/flameSvg.ts';
import { formatCount, formatShare } from '../../format/quantities.ts';
import type { FlameModel } from '../../layout/flameModel.ts';
import { COLORINGS, type Coloring } from '../../state/viewState.ts';
import { downloadText } from '../download.ts';
import type { Look } from './flameScene.ts';
import { KindLegend } from './kindLegend.tsx';
import type { Search } from './useSearch.ts';

/** Typing settles before the picture follows. */
const SETTLE_MS = 150;

interface ToolbarProps {
  readonly page: Page;
  readonly model: FlameModel;
  readonly look: Look;
  readonly search: Search;
  readonly zoomed: number;
  readonly onGoTo: (node: number) => void;
}

export function FlameToolbar(props: ToolbarProps): JSX.Element {
  const { page, model, look, zoomed } = props;
  const { state, change, theme } = page;
  const saveSvg = () => {
    const text = flameSvg({ ...look, up: state.up, zoomed }, theme, page.status.title);
    downloadText('flamegraph.svg', 'image/svg+xml', text);
  };
  return (
    <div class="toolbar">
      <SearchBox {...props} />
      <fieldset class="segments" aria-label="Direction">
        <button type="button" aria-pressed={!state.up} onClick={() => change({ up: false })}>
          Icicle
        </button>
        <button type="button" aria-pressed={state.up} onClick={() => change({ up: true })}>
          Flame
        </button>
      </fieldset>
      {model.base === undefined && (
        <label>
          Colour{' '}
          <select
            value={state.color}
            onChange={(event) => change({ color: event.currentTarget.value as Coloring })}
          >
            {COLORINGS.map((name) => (
              <option key={name} value={name}>
                {name === 'kind' ? 'by kind' : `by ${name}`}
              </option>
            ))}
          </select>
        </label>
      )}
      <label>
        <input
          type="checkbox"
          checked={state.inlined}
          onChange={(event) => change({ inlined: event.currentTarget.checked })}
        />{' '}
        Inlined
      </label>
      <label>
        <input
          type="checkbox"
          checked={state.table}
          onChange={(event) => change({ table: event.currentTarget.checked })}
        />{' '}
        Table
      </label>
      <button type="button" onClick={saveSvg}>
        Save SVG
      </button>
      <KindLegend page={page} model={model} />
    </div>
  );
}

function SearchBox({ page, model, search, zoomed, onGoTo }: ToolbarProps): JSX.Element {
  const { state, change } = page;
  const [text, setText] = useState(state.q);
  const [place, setPlace] = useState(-1);
  const box = useRef<HTMLInputElement>(null);
  const sent = useRef(state.q);
  useEffect(() => {
    // What this box sent itself must not overwrite what was typed since.
    if (state.q !== sent.current) setText(state.q);
    sent.current = state.q;
  }, [state.q]);
  useEffect(() => {
    if (text === state.q) return;
    const timer = setTimeout(() => {
      sent.current = text;
      change({ q: text }, 'replace');
      setPlace(-1);
    }, SETTLE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  const nodes = search.result?.outermost;
  const go = (step: number) => {
    if (nodes === undefined || nodes.length === 0) return;
    const next = (place + step + nodes.length) % nodes.length;
    setPlace(next);
    onGoTo(nodes[next]!);
  };
  return (
    <search class="search">
      <input
        ref={box}
        type="search"
        name="q"
        value={text}
        placeholder="Search (regular expression)  /"
        aria-label="Search functions by regular expression"
        aria-invalid={search.problem !== ''}
        spellcheck={false}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') go(event.shiftKey ? -1 : 1);
          if (event.key === 'Escape' && text === '') box.current?.blur();
        }}
      />
      <output aria-live="polite">
        {searchText(search, model, nodes === undefined ? -1 : place, zoomed)}
      </output>
    </search>
  );
}

function searchText(search: Search, model: FlameModel, place: number, zoomed: number): string {
  if (search.problem !== '') return search.problem;
  if (search.result === undefined) return '';
  const { matchingFunctions, outermost, weight } = search.result;
  if (outermost.length === 0) return `0 of ${formatCount(model.functions.count)} functions`;
  const at = place >= 0 && outermost[place] === zoomed ? `${place + 1}/` : '';
  const share = formatShare(weight / (model.whole.weight || 1));
  return (
    `${at}${formatCount(outermost.length)} ${outermost.length === 1 ? 'place' : 'places'}, ` +
    `${formatCount(matchingFunctions)}/${formatCount(model.functions.count)} functions, ${share}`
  );
}
