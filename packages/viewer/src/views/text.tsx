// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import { visibleText } from '../format/visibleText.ts';

/** A name from a profiled program: its direction stays its own, what is unseen is written out. */
export function Name({ text, limit }: { text: string; limit?: number }): JSX.Element {
  return <bdi class="name">{visibleText(text, limit)}</bdi>;
}

export function Empty({
  title,
  children,
}: {
  title: string;
  children?: preact.ComponentChildren;
}): JSX.Element {
  return (
    <section class="empty">
      <h2>{title}</h2>
      <div>{children}</div>
    </section>
  );
}
