// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { Page } from '../../app/context.ts';
import { changeFills, kindColor } from '../../draw/palette.ts';
import { visibleText } from '../../format/visibleText.ts';
import type { FlameModel } from '../../layout/flameModel.ts';

const MAX_KINDS = 8;

/** What the colours mean. */
export function KindLegend({ page, model }: { page: Page; model: FlameModel }): JSX.Element {
  const kinds = useMemo(() => kindsOf(model), [model]);
  if (model.base !== undefined) {
    const fills = changeFills(page.theme);
    return (
      <span class="legend">
        <span class="swatches" aria-hidden="true">
          {fills.map((fill) => (
            <i key={fill} style={{ background: fill }} />
          ))}
        </span>
        − less · grey: within the error · + more
      </span>
    );
  }
  if (page.state.color !== 'kind') return <span class="legend" />;
  return (
    <span class="legend">
      {kinds.map((kind) => (
        <span key={kind}>
          <i style={{ background: kindColor(kind, page.theme) }} aria-hidden="true" />
          {visibleText(kind, 20)}
        </span>
      ))}
    </span>
  );
}

/** Kinds of the frames that are in the picture, the answer's table may hold more. */
function kindsOf({ frames, tree }: FlameModel): string[] {
  const indexes = new Set<number>();
  for (const frame of tree.frame) if (frame >= 0) indexes.add(frames.kind[frame] ?? -1);
  const kinds = [...indexes].map((index) => frames.strings[index] ?? '');
  return kinds.filter((text) => text !== '').slice(0, MAX_KINDS);
}
