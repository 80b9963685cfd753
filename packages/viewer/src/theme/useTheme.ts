// SPDX-License-Identifier: Apache-2.0
// Light and dark: the system's wish until the person chose. The choice is this browser's, not the
// link's: a link must not darken somebody else's screen.
import { useEffect, useState } from 'preact/hooks';
import type { Theme } from './theme.ts';

const KEY = 'otelkit-theme';
const DARK = '(prefers-color-scheme: dark)';

/** @returns the theme in force, and a switch to the other one */
export function useTheme(): readonly [Theme, () => void] {
  const [chosen, setChosen] = useState(storedTheme);
  const [isSystemDark, setSystemDark] = useState(() => matchMedia(DARK).matches);
  useEffect(() => {
    const media = matchMedia(DARK);
    const update = () => setSystemDark(media.matches);
    media.addEventListener('change', update);
    return () => media.removeEventListener('change', update);
  }, []);
  const theme = chosen ?? (isSystemDark ? 'dark' : 'light');
  // Before children read colours from the sheet.
  document.documentElement.dataset['theme'] = theme;
  const toggle = () => {
    const next = theme === 'dark' ? 'light' : 'dark';
    setChosen(next);
    try {
      localStorage.setItem(KEY, next);
    } catch {
      // Storage may be forbidden; the choice then lasts as long as the page.
    }
  };
  return [theme, toggle];
}

function storedTheme(): Theme | undefined {
  try {
    const text = localStorage.getItem(KEY);
    return text === 'light' || text === 'dark' ? text : undefined;
  } catch {
    return undefined;
  }
}
