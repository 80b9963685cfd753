// SPDX-License-Identifier: Apache-2.0
import { useCallback, useEffect, useState } from 'preact/hooks';
import { formatState, parseState } from './urlState.ts';
import type { ViewState } from './viewState.ts';

/** Merges into the state; `replace` leaves no step to go back to, as for typing. */
export type Change = (patch: Partial<ViewState>, how?: 'push' | 'replace') => void;

/** The state that the URL holds; back and forward work. */
export function useViewState(): readonly [ViewState, Change] {
  const [state, setState] = useState(() => parseState(location.search));
  useEffect(() => {
    const onPop = () => setState(parseState(location.search));
    addEventListener('popstate', onPop);
    return () => removeEventListener('popstate', onPop);
  }, []);
  const change = useCallback<Change>((patch, how = 'push') => {
    setState((before) => {
      const after = { ...before, ...patch };
      const query = formatState(after);
      const url = query === '' ? location.pathname : `${location.pathname}?${query}`;
      if (query === formatState(parseState(location.search))) return after;
      if (how === 'push') history.pushState(null, '', url);
      else history.replaceState(null, '', url);
      return after;
    });
  }, []);
  return [state, change];
}
