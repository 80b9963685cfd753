// SPDX-License-Identifier: Apache-2.0
// Matches beside the page: an expression can take exponential time, and who opens a link did not
// write its expression.
import { matchTexts } from './pattern.ts';

export interface MatchTask {
  readonly id: number;
  readonly pattern: string;
  readonly texts: readonly string[];
}

export interface MatchAnswer {
  readonly id: number;
  /** 1 for each text that matches. */
  readonly hits: Uint8Array<ArrayBuffer>;
}

const scope = self as unknown as {
  onmessage: (event: { readonly data: MatchTask }) => void;
  postMessage(answer: MatchAnswer, transfer: ArrayBuffer[]): void;
};

scope.onmessage = ({ data: { id, pattern, texts } }) => {
  const hits = matchTexts(texts, pattern);
  scope.postMessage({ id, hits }, [hits.buffer]);
};
