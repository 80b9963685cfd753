// SPDX-License-Identifier: Apache-2.0
// One flame graph: canvas, tooltip, pointer and keys. What is zoomed and searched comes from
// outside; what is hovered stays inside.
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { drawFlame, ROW_PIXELS } from '../../draw/flamePicture.ts';
import { formatShare } from '../../format/quantities.ts';
import { visibleText } from '../../format/visibleText.ts';
import { walk } from '../../keyboard/flameKeys.ts';
import type { FlamePart } from '../../layout/flameModel.ts';
import { frameText } from '../../layout/functions.ts';
import { nodeAt, type Window } from '../../layout/rows.ts';
import type { Look } from './flameScene.ts';
import { FlameTooltip, type TooltipPlace } from './flameTooltip.tsx';
import { useElementSize } from './useElementSize.ts';
import { usePanAndZoom } from './usePanAndZoom.ts';

/** Read once: asking makes the browser lay out what changed. */
let font: string | undefined;

/** Narrower frames than this are strips, see draw/flamePicture.ts. */
const STRIP_PIXELS = 2;

export interface FlameChartProps {
  readonly model: FlamePart;
  readonly look: Look;
  readonly unit: string;
  readonly label: string;
  readonly up: boolean;
  readonly zoomed: number;
  readonly selected: number;
  /** The selection was made by keys, and is marked. */
  readonly isWalked: boolean;
  readonly matches: Uint8Array | undefined;
  /** By a click or Enter. */
  readonly onZoom: (node: number) => void;
  readonly onSelect: (node: number) => void;
  /** By `s`: callers and callees of the node's function. */
  readonly onSandwich: (node: number) => void;
}

export function FlameChart(props: FlameChartProps): JSX.Element {
  const { model, up, zoomed, selected, onZoom } = props;
  const { rows } = model;
  const scroller = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const size = useElementSize(scroller);
  const [hover, setHover] = useState<TooltipPlace>();
  const { view, moved, handlers } = usePanAndZoom(rows, zoomed, size.width);
  const pictureHeight = rows.rowCount * ROW_PIXELS;

  useRootInSight(scroller, up, pictureHeight);
  const draw = useDrawing(props, canvas, scroller, size, view);

  const find = (event: MouseEvent): TooltipPlace | undefined => {
    const box = canvas.current!.getBoundingClientRect();
    const x = event.clientX - box.left;
    const y = event.clientY - box.top + scroller.current!.scrollTop;
    // With the root at the bottom a low picture stands on the ground.
    const top = up ? Math.max(pictureHeight, size.height) - y : y;
    const share = view.left + (x / size.width) * (view.right - view.left);
    const node = nodeAt(rows, Math.floor(top / ROW_PIXELS), share);
    if (node === -1) return undefined;
    const pixels = (rows.width[node]! / (view.right - view.left)) * size.width;
    return { node, merged: pixels < STRIP_PIXELS, x: event.clientX, y: event.clientY };
  };
  const onKeyDown = (event: KeyboardEvent) => onFlameKey(event, props, scroller.current);
  const selectedName = nameOf(model, selected);
  return (
    <div class="flame" ref={scroller} onScroll={draw}>
      <canvas
        ref={canvas}
        tabIndex={0}
        role="img"
        aria-label={`${props.label}. ${selectedName}. Arrow keys walk, Enter zooms, S shows callers and callees.`}
        {...handlers}
        onPointerMove={(event) => {
          handlers.onPointerMove(event);
          setHover(moved.current ? undefined : find(event));
        }}
        onPointerLeave={() => setHover(undefined)}
        onClick={(event) => {
          const place = find(event);
          if (moved.current || place === undefined) return;
          setHover(undefined);
          if (event.shiftKey) props.onSandwich(place.node);
          else onZoom(place.node);
        }}
        onKeyDown={onKeyDown}
      />
      {hover !== undefined && (
        <HoverBox
          props={props}
          view={view}
          width={size.width}
          node={hover.node}
          height={Math.max(pictureHeight, size.height)}
        />
      )}
      <Spacer height={Math.max(0, pictureHeight - size.height)} />
      {hover !== undefined && <FlameTooltip model={model} unit={props.unit} place={hover} />}
    </div>
  );
}

/** The outline of the hovered frame lies above the canvas: nothing is drawn again. */
function HoverBox({
  props,
  view,
  width,
  height,
  node,
}: {
  props: FlameChartProps;
  view: Window;
  width: number;
  /** Of the whole picture, or of the scroller where that is higher. */
  height: number;
  node: number;
}): JSX.Element {
  const { rows } = props.model;
  const scale = width / (view.right - view.left);
  const left = Math.max(0, (rows.start[node]! - view.left) * scale);
  const right = Math.min(width, (rows.start[node]! + rows.width[node]! - view.left) * scale);
  const row = rows.tree.depth[node]!;
  const top = props.up ? height - (row + 1) * ROW_PIXELS : row * ROW_PIXELS;
  const style = {
    transform: `translate(${left}px, ${top}px)`,
    width: `${Math.max(2, right - left)}px`,
    height: `${ROW_PIXELS - 1}px`,
  };
  return <div class="hover-box" style={style} />;
}

/** Gives the scroller its height; the canvas itself stays where it is. */
function Spacer({ height }: { height: number }): JSX.Element {
  return <div class="spacer" style={{ height: `${height}px` }} />;
}

function nameOf(model: FlamePart, node: number): string {
  const frame = model.tree.frame[node] ?? -1;
  const name = frame < 0 ? 'all' : frameText(model.frames, frame, 'name');
  const share = model.tree.total[node]! / (model.whole.weight || 1);
  return `${visibleText(name, 200)}, ${formatShare(share)}`;
}

/**
 * Reading begins at the root, above or below; new samples that make the picture higher leave what is
 * read where it is.
 */
function useRootInSight(
  scroller: { readonly current: HTMLDivElement | null },
  up: boolean,
  pictureHeight: number,
): void {
  const before = useRef<{ up: boolean; height: number } | undefined>(undefined);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const { current } = before;
    if (current?.up !== up) element.scrollTop = up ? pictureHeight : 0;
    else if (up) element.scrollTop += pictureHeight - current.height;
    before.current = { up, height: pictureHeight };
  }, [up, pictureHeight]);
}

function useDrawing(
  props: FlameChartProps,
  canvas: { readonly current: HTMLCanvasElement | null },
  scroller: { readonly current: HTMLDivElement | null },
  size: { readonly width: number; readonly height: number },
  view: Window,
): () => void {
  const { look, up, zoomed, matches } = props;
  const selected = props.isWalked ? props.selected : -1;
  const scene = useMemo(
    () => ({ ...look, view, up, zoomed, selected, matches }),
    [look, view.left, view.right, up, zoomed, selected, matches],
  );
  const paint = () => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (element == null || context == null || size.width === 0) return;
    const ratio = devicePixelRatio;
    const width = Math.round(size.width * ratio);
    const height = Math.round(size.height * ratio);
    if (element.width !== width || element.height !== height) {
      element.width = width;
      element.height = height;
      element.style.width = `${size.width}px`;
      element.style.height = `${size.height}px`;
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.font = font ??= `12px ${getComputedStyle(element).fontFamily}`;
    const slack = Math.max(0, size.height - scene.rows.rowCount * ROW_PIXELS);
    const scrollTop = scroller.current?.scrollTop ?? 0;
    drawFlame(context, scene, size.width, size.height, up ? scrollTop - slack : scrollTop);
  };
  const latest = useRef(paint);
  latest.current = paint;
  const frame = useRef(0);
  // However much changes until the next frame, it is one picture.
  const draw = () => {
    if (frame.current !== 0) return;
    frame.current = requestAnimationFrame(() => {
      frame.current = 0;
      latest.current();
    });
  };
  useLayoutEffect(draw, [scene, size.width, size.height]);
  useEffect(() => () => cancelAnimationFrame(frame.current), []);
  return draw;
}

function onFlameKey(
  event: KeyboardEvent,
  props: FlameChartProps,
  scroller: HTMLDivElement | null,
): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const { model, selected, up } = props;
  const next = walk(model.rows, selected, event.key, up);
  if (next !== undefined) {
    props.onSelect(next);
    keepInSight(scroller, model, next, up);
  } else if (event.key === 'Enter') props.onZoom(selected);
  else if (event.key === 's') props.onSandwich(selected);
  else if (event.key === 'Escape') props.onZoom(0);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function keepInSight(
  scroller: HTMLDivElement | null,
  model: FlamePart,
  node: number,
  up: boolean,
): void {
  if (scroller === null) return;
  const row = model.tree.depth[node]!;
  const top = (up ? model.rows.rowCount - 1 - row : row) * ROW_PIXELS;
  const { scrollTop, clientHeight } = scroller;
  if (top < scrollTop) scroller.scrollTop = top;
  else if (top + ROW_PIXELS > scrollTop + clientHeight) {
    scroller.scrollTop = top + ROW_PIXELS - clientHeight;
  }
}
