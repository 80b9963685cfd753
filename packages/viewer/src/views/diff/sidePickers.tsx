// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import type { Page } from '../../app/context.ts';
import type { Facet, Selection, Status } from '../../contract.ts';
import { formatCount, formatTime } from '../../format/quantities.ts';
import { visibleText } from '../../format/visibleText.ts';
import type { FlameModel } from '../../layout/flameModel.ts';
import type { Comparison } from './diffView.tsx';

type Side = 'source' | 'service' | 'version';

/** What is before and what is after, each with what it can be. */
export function SidePickers({
  page,
  comparison,
  model,
}: {
  page: Page;
  comparison: Comparison;
  model: FlameModel | undefined;
}): JSX.Element {
  const { change, state } = page;
  const { base, selection } = comparison;
  const setBase = (next: Selection) => change({ base: next, selection: own(page, comparison) });
  const setAfter = (next: Selection) =>
    change({ base, selection: own(page, { base, selection: next }) });
  const swap = () => change(swapSides(base, own(page, comparison)));
  return (
    <div class="sides">
      <SidePicker
        page={page}
        title="Before"
        side={base}
        inherited={selection}
        samples={model?.base?.samples}
        onChange={setBase}
      />
      <button type="button" class="icon" aria-label="Swap before and after" onClick={swap}>
        ⇄
      </button>
      <SidePicker
        page={page}
        title="After"
        side={selection}
        inherited={selection}
        samples={model?.whole.samples}
        onChange={setAfter}
      />
      {Object.keys(state.base).length > 0 && page.status.mode !== 'files' && (
        <button type="button" onClick={() => change({ base: {}, selection: filtersOnly(page) })}>
          Reset
        </button>
      )}
    </div>
  );
}

function filtersOnly({ state, status }: Page): Selection {
  const { from: _from, to: _to, version: _version, source, ...rest } = state.selection;
  return status.mode === 'files' || source === undefined ? rest : { ...rest, source };
}

/** Times that “live” stands for do not become the person's choice. */
function own({ state }: Page, { base, selection }: Omit<Comparison, 'suggestion'>): Selection {
  const { from, to, ...rest } = selection;
  const isFixed = state.selection.from !== undefined || base.from !== undefined;
  if (!isFixed || from === undefined || to === undefined) return rest;
  return { ...rest, from: Math.round(from), to: Math.round(to) };
}

/** The base's choices become the selection's, and what they replaced the base's. */
export function swapSides(
  base: Selection,
  selection: Selection,
): { readonly base: Selection; readonly selection: Selection } {
  const nextBase: Record<string, unknown> = {};
  const nextSelection: Record<string, unknown> = { ...selection, ...base };
  for (const name of Object.keys(base) as (keyof Selection)[]) {
    if (selection[name] === undefined) delete nextSelection[name];
    else nextBase[name] = selection[name];
  }
  // A base that says nothing would be no comparison: what it had stays.
  if (Object.keys(nextBase).length === 0) return { base, selection };
  return { base: nextBase, selection: nextSelection };
}

function SidePicker({
  page,
  title,
  side,
  inherited,
  samples,
  onChange,
}: {
  page: Page;
  title: string;
  side: Selection;
  inherited: Selection;
  samples: number | undefined;
  onChange: (selection: Selection) => void;
}): JSX.Element {
  const { status, facets } = page;
  const sources = status.sources.map(({ id, name }) => ({ id, label: name, weight: 0 }));
  const choices: readonly (readonly [Side, string, readonly Facet[]])[] = [
    ['source', status.mode === 'files' ? 'file' : 'source', sources],
    ['service', 'service', facets?.services ?? []],
    ['version', 'version', facets?.versions ?? []],
  ];
  const from = side.from ?? inherited.from;
  const to = side.to ?? inherited.to;
  return (
    <fieldset class="side">
      <legend>{title}</legend>
      {choices.map(([name, text, facetsOfName]) => {
        const chosen = side[name]?.[0] ?? '';
        if (facetsOfName.length < 2 && chosen === '') return null;
        return (
          <select
            key={name}
            aria-label={`${title}: ${text}`}
            value={chosen}
            onChange={(event) => onChange(withSide(side, name, event.currentTarget.value))}
          >
            <option value="">{`every ${text}`}</option>
            {withChosen(facetsOfName, chosen).map(({ id, label }) => (
              <option key={id} value={id}>
                {visibleText(label, 40)}
              </option>
            ))}
          </select>
        );
      })}
      {from !== undefined && to !== undefined && <span>{rangeOf(from, to, status)}</span>}
      {samples !== undefined && <span class="muted">{formatCount(samples)} samples</span>}
    </fieldset>
  );
}

/** Facets are of the selection, which may leave out what the other side has. */
function withChosen(facets: readonly Facet[], chosen: string): readonly Facet[] {
  if (chosen === '' || facets.some(({ id }) => id === chosen)) return facets;
  return [{ id: chosen, label: chosen, weight: 0 }, ...facets];
}

function withSide(side: Selection, name: Side, value: string): Selection {
  const { [name]: _before, ...rest } = side;
  return value === '' ? rest : { ...rest, [name]: [value] };
}

function rangeOf(from: number, to: number, status: Status): string {
  return `${formatTime(from, status.nowMs)} – ${formatTime(to, status.nowMs)}`;
}
