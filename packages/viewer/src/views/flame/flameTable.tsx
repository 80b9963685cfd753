// SPDX-License-Identifier: Apache-2.0
// What the canvas shows, for screen readers and for those who prefer a table.
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { formatDelta, formatShare, formatWeight } from '../../format/quantities.ts';
import { changeOf } from '../../layout/difference.ts';
import { type FlamePart, heaviestNodes } from '../../layout/flameModel.ts';
import { frameText } from '../../layout/functions.ts';
import { type StillView, still } from '../still.tsx';
import { Name } from '../text.tsx';

const MAX_ROWS = 100;

interface TableProps {
  readonly model: FlamePart;
  readonly unit: string;
  readonly caption: string;
  readonly top: number;
  readonly isShown: boolean;
  readonly onChoose: (node: number) => void;
}

function Table(props: TableProps): JSX.Element {
  const { model, unit, caption, top, isShown, onChoose } = props;
  const nodes = useMemo(() => heaviestNodes(model.rows, top, MAX_ROWS), [model, top]);
  const { base, frames, tree, whole } = model;
  const nameOf = (node: number) => {
    const frame = tree.frame[node]!;
    return frame < 0 ? 'all' : frameText(frames, frame, 'name');
  };
  return (
    <div class={isShown ? 'table-scroll' : 'only-read'}>
      <table>
        <caption>{caption}</caption>
        <thead>
          <tr>
            <th scope="col">Depth</th>
            <th scope="col">Function</th>
            <th scope="col">Self</th>
            <th scope="col">Total</th>
            <th scope="col">{base === undefined ? 'Share' : 'Change'}</th>
          </tr>
        </thead>
        <tbody>
          {nodes.map((node, index) => (
            // By place: another tree gives the same rows other texts.
            <tr key={index}>
              <td class="number">{tree.depth[node]}</td>
              <th scope="row">
                <button
                  type="button"
                  class="link"
                  tabIndex={isShown ? 0 : -1}
                  onClick={() => onChoose(node)}
                >
                  <Name text={nameOf(node)} limit={300} />
                </button>
                {frames.inlined[tree.frame[node]!] === 1 && <small> inlined</small>}
              </th>
              <td class="number">{formatWeight(tree.self[node]!, unit)}</td>
              <td class="number">{formatWeight(tree.total[node]!, unit)}</td>
              <td class="number">
                {base === undefined
                  ? formatShare(whole.weight > 0 ? tree.total[node]! / whole.weight : 0)
                  : formatDelta(
                      changeOf(tree.total[node]!, whole, tree.baseTotal![node]!, base).delta,
                    )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export const FlameTable: StillView<TableProps> = still(Table, ['model', 'unit', 'top', 'isShown']);
