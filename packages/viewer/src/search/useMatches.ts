// SPDX-License-Identifier: Apache-2.0
import { useEffect, useMemo, useState } from 'preact/hooks';
import { type Matches, PatternMatcher } from './patternMatcher.ts';

export type { Matches };

/** Which of an answer's texts match; looked at beside the page, and told when it is known. */
export function useMatches(texts: readonly string[], pattern: string): Matches {
  const [version, setVersion] = useState(0);
  const matcher = useMemo(() => new PatternMatcher(() => setVersion(matcher.version)), []);
  useEffect(() => () => matcher.close(), [matcher]);
  return useMemo(() => matcher.match(texts, pattern), [matcher, texts, pattern, version]);
}
