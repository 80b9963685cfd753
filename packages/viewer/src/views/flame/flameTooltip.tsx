// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { formatDelta, formatError, formatShare, formatWeight } from '../../format/quantities.ts';
import { changeOf } from '../../layout/difference.ts';
import type { FlamePart } from '../../layout/flameModel.ts';
import { frameText } from '../../layout/functions.ts';
import { Name } from '../text.tsx';

const NAME_CHARACTERS = 400;
const DISTANCE_PIXELS = 14;

export interface TooltipPlace {
  readonly node: number;
  readonly merged: boolean;
  /** Of the pointer, from the window's corner. */
  readonly x: number;
  readonly y: number;
}

export function FlameTooltip({
  model,
  unit,
  place,
}: {
  model: FlamePart;
  unit: string;
  place: TooltipPlace;
}): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const { width, height } = element.getBoundingClientRect();
    const right = place.x + DISTANCE_PIXELS;
    const below = place.y + DISTANCE_PIXELS;
    const left = right + width > innerWidth ? place.x - width - DISTANCE_PIXELS : right;
    const top = below + height > innerHeight ? place.y - height - DISTANCE_PIXELS : below;
    element.style.transform = `translate(${Math.max(4, left)}px, ${Math.max(4, top)}px)`;
  });
  const { frames, tree } = model;
  const frame = tree.frame[place.node]!;
  return (
    <div class="tooltip" ref={box} role="presentation">
      <strong>
        {frame < 0 ? (
          'all'
        ) : (
          <Name text={frameText(frames, frame, 'name')} limit={NAME_CHARACTERS} />
        )}
      </strong>
      {frame >= 0 && <Origin model={model} frame={frame} />}
      <Weights model={model} unit={unit} node={place.node} />
      {place.merged && <p class="muted">Heaviest of several frames too narrow to draw.</p>}
    </div>
  );
}

/** Where the code is: file and line, module, kind. */
export function Origin({ model, frame }: { model: FlamePart; frame: number }): JSX.Element {
  const { frames } = model;
  const file = frameText(frames, frame, 'file');
  const line = frames.line[frame] ?? 0;
  const parts = [
    file === '' ? '' : line > 0 ? `${file}:${line}` : file,
    frameText(frames, frame, 'module'),
    frameText(frames, frame, 'kind'),
    frames.inlined[frame] === 1 ? 'inlined' : '',
  ];
  const shown = parts.filter((part) => part !== '');
  return (
    <p class="origin">
      {shown.map((part, index) => (
        <span key={part}>
          {index > 0 && ' · '}
          <Name text={part} limit={NAME_CHARACTERS} />
        </span>
      ))}
    </p>
  );
}

function Weights({
  model,
  unit,
  node,
}: {
  model: FlamePart;
  unit: string;
  node: number;
}): JSX.Element {
  const { base, tree, whole } = model;
  const rows = [
    { title: 'self', now: tree.self[node]!, before: tree.baseSelf?.[node] ?? 0 },
    { title: 'total', now: tree.total[node]!, before: tree.baseTotal?.[node] ?? 0 },
  ];
  return (
    <dl>
      {rows.map(({ title, now, before }) => {
        const change = base && changeOf(now, whole, before, base);
        return (
          <div key={title}>
            <dt>{title}</dt>
            {change === undefined ? (
              <dd>
                <b>{formatShare(whole.weight > 0 ? now / whole.weight : 0)}</b>
                <span class="muted"> {formatWeight(now, unit)}</span>
              </dd>
            ) : (
              <dd>
                {formatShare(change.baseShare)} → {formatShare(change.share)}{' '}
                <b>{formatDelta(change.delta)}</b>
                <span class="muted"> {formatError(change.error)}</span>
              </dd>
            )}
          </div>
        );
      })}
    </dl>
  );
}
