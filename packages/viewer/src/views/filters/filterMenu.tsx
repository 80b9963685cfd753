// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Page } from '../../app/context.ts';
import type { Facet } from '../../contract.ts';
import { formatShare } from '../../format/quantities.ts';
import { visibleText } from '../../format/visibleText.ts';
import { type FilterGroup, isChosen, withFilter, without } from './filterGroups.ts';

/** More are found by typing. */
const SHOWN_FACETS = 8;

export function FilterMenu({
  page,
  groups,
}: {
  page: Page;
  groups: readonly FilterGroup[];
}): JSX.Element {
  const menu = useRef<HTMLDetailsElement>(null);
  const [text, setText] = useState('');
  useClosing(menu);
  const wanted = text.toLowerCase();
  const shown = groups.map((group) => ({
    ...group,
    facets: group.facets.filter(({ label }) => label.toLowerCase().includes(wanted)),
  }));
  return (
    <details class="menu" ref={menu} id="filter-menu">
      <summary>+ Filter</summary>
      <div class="menu-body facets">
        <input
          type="search"
          placeholder="Find a service, process, thread…"
          aria-label="Find a filter"
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <div class="facet-groups">
          {shown
            .filter(({ facets }) => facets.length > 0)
            .map((group) => (
              <fieldset key={`${group.name} ${group.title}`}>
                <legend>{visibleText(group.title, 40)}</legend>
                {group.facets.slice(0, SHOWN_FACETS).map((facet) => (
                  <FacetRow key={facet.id} page={page} name={group.name} facet={facet} />
                ))}
                {group.facets.length > SHOWN_FACETS && (
                  <p class="muted">{group.facets.length - SHOWN_FACETS} more: type to find them</p>
                )}
              </fieldset>
            ))}
        </div>
      </div>
    </details>
  );
}

function FacetRow({ page, name, facet }: { page: Page; name: string; facet: Facet }): JSX.Element {
  const { state, change } = page;
  const isOn = isChosen(state.selection, name, facet.id);
  const total = page.facets?.total ?? 0;
  const toggle = () => {
    const next = isOn
      ? without(state.selection, name, facet.id)
      : withFilter(state.selection, name, facet.id);
    change({ selection: next });
  };
  return (
    <label class="facet">
      <input type="checkbox" checked={isOn} onChange={toggle} />
      <span class="facet-name">{visibleText(facet.label === '' ? '(none)' : facet.label, 60)}</span>
      {facet.weight > 0 && total > 0 && (
        <span class="number muted">{formatShare(facet.weight / total)}</span>
      )}
    </label>
  );
}

/** A menu closes by Escape, and by a click beside it. */
function useClosing(menu: { readonly current: HTMLDetailsElement | null }): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || menu.current?.open !== true) return;
      menu.current.open = false;
      menu.current.querySelector('summary')?.focus();
    };
    const onClick = (event: MouseEvent) => {
      const element = menu.current;
      if (element?.open === true && !element.contains(event.target as Node)) element.open = false;
    };
    addEventListener('keydown', onKeyDown);
    addEventListener('click', onClick);
    return () => {
      removeEventListener('keydown', onKeyDown);
      removeEventListener('click', onClick);
    };
  }, []);
}
