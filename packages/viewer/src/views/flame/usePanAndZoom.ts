// SPDX-License-Identifier: Apache-2.0
// The part of the width that is shown: the zoomed node, or what the wheel and dragging made of it.
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Rows, Window } from '../../layout/rows.ts';

const WHEEL_STEP = 1.0015;
/** Less is a click. */
const DRAG_PIXELS = 4;
/** Below this, numbers run out of digits. */
const MIN_WIDTH = 1e-9;
const GLIDE_MS = 140;

export interface PanAndZoom {
  readonly view: Window;
  /** True while, and right after, the picture was dragged. */
  readonly moved: { readonly current: boolean };
  readonly handlers: {
    readonly onPointerDown: (event: PointerEvent) => void;
    readonly onPointerMove: (event: PointerEvent) => void;
    readonly onPointerUp: (event: PointerEvent) => void;
    readonly onWheel: (event: WheelEvent) => void;
  };
}

export function usePanAndZoom(rows: Rows, zoomed: number, width: number): PanAndZoom {
  const target = { left: rows.start[zoomed] ?? 0, right: 0 };
  target.right = target.left + Math.max(MIN_WIDTH, rows.width[zoomed] ?? 1);
  const [view, setView] = useGlide(target);
  const moved = useRef(false);
  const drag = useRef<{ x: number; view: Window } | undefined>(undefined);

  const onPointerDown = (event: PointerEvent) => {
    moved.current = false;
    if (event.button === 0) drag.current = { x: event.clientX, view };
  };
  const onPointerMove = (event: PointerEvent) => {
    const from = drag.current;
    if (from === undefined) return;
    if ((event.buttons & 1) === 0) {
      drag.current = undefined;
      return;
    }
    const pixels = event.clientX - from.x;
    if (Math.abs(pixels) < DRAG_PIXELS && !moved.current) return;
    moved.current = true;
    const span = from.view.right - from.view.left;
    const left = clamp(from.view.left - (pixels / width) * span, 0, 1 - span);
    setView({ left, right: left + span });
  };
  const onPointerUp = () => {
    drag.current = undefined;
  };
  const onWheel = (event: WheelEvent) => {
    // Alone the wheel scrolls, as everywhere.
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    setView(zoomAt(view, (event.clientX - box.left) / width, WHEEL_STEP ** event.deltaY));
  };
  return { view, moved, handlers: { onPointerDown, onPointerMove, onPointerUp, onWheel } };
}

/** @param at share of the picture's width that stays where it is */
export function zoomAt(view: Window, at: number, factor: number): Window {
  const span = view.right - view.left;
  const next = clamp(span * factor, MIN_WIDTH, 1);
  const left = clamp(view.left + at * (span - next), 0, 1 - next);
  return { left, right: left + next };
}

/** Moves to a new target within a moment, or at once for those who want no motion. */
function useGlide(target: Window): readonly [Window, (view: Window) => void] {
  const [view, setView] = useState<Window>(target);
  const shown = useRef(view);
  shown.current = view;
  useLayoutEffect(() => {
    const from = shown.current;
    if (from.left === target.left && from.right === target.right) return;
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) {
      setView(target);
      return;
    }
    const startedAt = performance.now();
    let frame = 0;
    const step = (now: number) => {
      const share = clamp((now - startedAt) / GLIDE_MS, 0, 1);
      if (share === 1) return setView(target);
      const eased = 1 - (1 - share) ** 3;
      setView({
        left: from.left + (target.left - from.left) * eased,
        right: from.right + (target.right - from.right) * eased,
      });
      frame = requestAnimationFrame(step);
    };
    frame = requestAnimationFrame(step);
    return () => cancelAnimationFrame(frame);
  }, [target.left, target.right]);
  return [view, setView];
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), Math.max(low, high));
}
