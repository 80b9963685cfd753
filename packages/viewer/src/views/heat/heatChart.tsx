// SPDX-License-Identifier: Apache-2.0
import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Page } from '../../app/context.ts';
import type { HeatMap } from '../../contract.ts';
import { drawHeat, type HeatScene } from '../../draw/heatPicture.ts';
import { heatFills } from '../../draw/palette.ts';
import { formatDuration, formatTime, formatWeight } from '../../format/quantities.ts';
import { cellAt, cellStartMs, heatSteps, rangeOfCells } from '../../layout/heatCells.ts';
import { sheetColor } from '../../theme/sheetColor.ts';
import { useElementSize } from '../flame/useElementSize.ts';

const STEPS = 24;
const ARROWS: Readonly<Record<string, readonly [column: number, row: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

export function HeatChart({
  page,
  map,
  onChoose,
}: {
  page: Page;
  map: HeatMap;
  onChoose: (one: number, other: number) => void;
}): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const size = useElementSize(box);
  const [cursor, setCursor] = useState(-1);
  const [start, setStart] = useState(-1);
  const steps = useMemo(() => heatSteps(map, STEPS), [map]);
  const scene = useMemo<HeatScene>(
    () => ({
      map,
      steps,
      fills: heatFills(page.theme, STEPS),
      first: start,
      last: cursor,
      cursor,
      mark: sheetColor('--band-base'),
      outline: sheetColor('--frame-outline'),
    }),
    [map, steps, page.theme, start, cursor],
  );
  useEffect(() => {
    const frame = requestAnimationFrame(() => paint(canvas.current, scene, size));
    return () => cancelAnimationFrame(frame);
  }, [scene, size.width, size.height]);

  const find = (event: MouseEvent) => {
    const { left, top } = canvas.current!.getBoundingClientRect();
    const column = Math.floor(((event.clientX - left) / size.width) * map.columns);
    const row = Math.floor(((event.clientY - top) / size.height) * map.rows);
    return cellAt(map, column, row);
  };
  const finish = (cell: number) => {
    const from = start;
    setStart(-1);
    if (from >= 0) onChoose(from, cell);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const arrow = ARROWS[event.key];
    if (arrow !== undefined) setCursor(moved(map, Math.max(0, cursor), arrow));
    else if (event.key === 'Enter' && cursor >= 0) {
      if (start < 0) setStart(cursor);
      else finish(cursor);
    } else if (event.key === 'Escape' && start >= 0) setStart(-1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const said = describe(page, map, start, cursor);
  return (
    <div class="heat-chart">
      <p class="details" aria-live="polite">
        {said === '' ? <span class="muted">Point at a cell.</span> : said}
      </p>
      <div class="heat-rows" aria-hidden="true">
        {[0, 0.5, 1].map((share) => (
          <span key={share}>{formatDuration(share * map.columnMs)}</span>
        ))}
      </div>
      <div class="heat" ref={box}>
        <canvas
          ref={canvas}
          tabIndex={0}
          role="img"
          aria-label={`Heat map. ${said}. Arrow keys move, Enter begins and ends a range.`}
          onPointerDown={(event) => {
            if (event.button !== 0) return;
            event.currentTarget.setPointerCapture(event.pointerId);
            setStart(find(event));
            setCursor(find(event));
          }}
          onPointerMove={(event) => setCursor(find(event))}
          onPointerUp={(event) => finish(find(event))}
          onPointerCancel={() => setStart(-1)}
          onPointerLeave={() => start < 0 && setCursor(-1)}
          onKeyDown={onKeyDown}
        />
      </div>
      <div class="heat-columns" aria-hidden="true">
        {[0, 0.25, 0.5, 0.75, 1].map((share) => (
          <span key={share}>
            {formatTime(map.startMs + share * map.columns * map.columnMs, page.status.nowMs)}
          </span>
        ))}
      </div>
    </div>
  );
}

function moved(map: HeatMap, cell: number, [columns, rows]: readonly [number, number]): number {
  return cellAt(map, Math.floor(cell / map.rows) + columns, (cell % map.rows) + rows);
}

function describe(page: Page, map: HeatMap, start: number, cursor: number): string {
  if (cursor < 0) return '';
  const { from, to } = rangeOfCells(map, start < 0 ? cursor : start, cursor);
  const clock = formatTime(from, page.status.nowMs);
  const part = `.${String(Math.floor(from % 1_000)).padStart(3, '0')}`;
  if (start >= 0) return `${clock}${part}, ${formatDuration(to - from)}`;
  const weight = formatWeight(map.values[cursor] ?? 0, page.sampleType.unit);
  return `${formatTime(cellStartMs(map, cursor), page.status.nowMs)}${part}: ${weight}`;
}

function paint(
  canvas: HTMLCanvasElement | null,
  scene: HeatScene,
  size: { readonly width: number; readonly height: number },
): void {
  const context = canvas?.getContext('2d');
  if (canvas == null || context == null || size.width === 0) return;
  const ratio = devicePixelRatio;
  canvas.width = Math.round(size.width * ratio);
  canvas.height = Math.round(size.height * ratio);
  canvas.style.width = `${size.width}px`;
  canvas.style.height = `${size.height}px`;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  drawHeat(context, scene, size.width, size.height);
}
