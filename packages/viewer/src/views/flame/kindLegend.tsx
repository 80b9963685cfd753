// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import type { Page } from '../../app/context.ts';
import { changeFills, kindColor } from '../../draw/palette.ts';
import { visibleText } from '../../format/visibleText.ts';
import type { FlameModel } from '../../layout/flameModel.ts';

const MAX_KINDS = 8;

/** What the colours mean. */
export function KindLegend({ page, model }: { page: Page; model: FlameModel }): JSX.Element {
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
      {model.kinds.slice(0, MAX_KINDS).map((kind) => (
        <span key={kind}>
          <i style={{ background: kindColor(kind, page.theme) }} aria-hidden="true" />
          {visibleText(kind, 20)}
        </span>
      ))}
    </span>
  );
}
