// SPDX-License-Identifier: Apache-2.0
// uPlot in a component: made once for a set of series, then given new data and sizes.
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { seriesColor } from '../../draw/palette.ts';
import { formatClock, formatWeight } from '../../format/quantities.ts';
import { sheetColor } from '../../theme/sheetColor.ts';
import type { Theme } from '../../theme/theme.ts';
import type { Stacked } from './stack.ts';

const HEIGHT = 92;
/** A click is no selection. */
const MIN_SELECTED_PIXELS = 4;

/** A range that is marked; times in milliseconds. */
export interface Band {
  readonly from: number;
  readonly to: number;
  /** Custom property of the sheet. */
  readonly color: string;
}

export interface TimePlotProps {
  readonly stacked: Stacked;
  readonly from: number;
  readonly to: number;
  readonly width: number;
  readonly theme: Theme;
  readonly unit: string;
  readonly bands: readonly Band[];
  readonly onSelect: (fromMs: number, toMs: number, withShift: boolean) => void;
}

export function TimePlot(props: TimePlotProps): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const latest = useRef(props);
  latest.current = props;
  const names = props.stacked.names.join('\n');
  useEffect(() => {
    if (box.current === null) return;
    const made = new uPlot(optionsOf(latest), dataOf(latest.current.stacked), box.current);
    plot.current = made;
    return () => made.destroy();
  }, [names, props.theme, props.unit]);
  useEffect(() => {
    plot.current?.setData(dataOf(props.stacked), false);
    const min = props.from / 1_000;
    plot.current?.setScale('x', { min, max: Math.max(min + 0.001, props.to / 1_000) });
    plot.current?.setScale('y', { min: 0, max: tallest(props.stacked) });
  }, [props.stacked, props.from, props.to, names, props.theme, props.unit]);
  useEffect(() => {
    plot.current?.setSize({ width: props.width, height: HEIGHT });
  }, [props.width]);
  const bandKey = props.bands.map(({ from, to }) => `${from}-${to}`).join();
  useEffect(() => plot.current?.redraw(false), [bandKey]);
  return <div ref={box} aria-hidden="true" />;
}

/** The sum first, so that the areas in front do not hide one another. */
function dataOf(stacked: Stacked): uPlot.AlignedData {
  return [stacked.times, ...[...stacked.tops].reverse()];
}

function highest({ tops }: Stacked): number {
  let most = 0;
  for (const value of tops.at(-1) ?? []) if (value > most) most = value;
  return most;
}

function tallest(stacked: Stacked): number {
  return highest(stacked) * 1.05 || 1;
}

function optionsOf(latest: { readonly current: TimePlotProps }): uPlot.Options {
  const { stacked, theme, unit, width } = latest.current;
  const ink = sheetColor('--muted');
  const grid = { stroke: sheetColor('--line'), width: 1 };
  const font = `11px ${getComputedStyle(document.body).fontFamily}`;
  const axis = { stroke: ink, grid, ticks: { show: false }, font };
  let withShift = false;
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    padding: [8, 4, 0, 0],
    cursor: { y: false, points: { show: false }, drag: { x: true, y: false, setScale: false } },
    scales: { x: { time: true, auto: false }, y: { auto: false } },
    axes: [
      { ...axis, size: 22, space: 70, values: (_plot, ticks) => clockTexts(ticks) },
      {
        ...axis,
        size: 64,
        space: 28,
        // Where nothing is, there is no scale either.
        values: (_plot, ticks) => {
          const isEmpty = highest(latest.current.stacked) === 0;
          return ticks.map((tick) => (isEmpty ? '' : tickText(tick, unit)));
        },
      },
    ],
    series: [
      {},
      ...stacked.names.map((_, index) => areaOf(stacked.names.length - 1 - index, theme)),
    ],
    hooks: {
      init: [
        (plot) => {
          plot.over.addEventListener(
            'mouseup',
            (event) => {
              withShift = event.shiftKey;
            },
            true,
          );
        },
      ],
      drawClear: [(plot) => drawBands(plot, latest.current.bands)],
      setSelect: [
        (plot) => {
          const { left, width: pixels } = plot.select;
          if (pixels < MIN_SELECTED_PIXELS) return;
          const from = plot.posToVal(left, 'x') * 1_000;
          const to = plot.posToVal(left + pixels, 'x') * 1_000;
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          latest.current.onSelect(from, to, withShift);
        },
      ],
    },
  };
}

function tickText(tick: number, unit: string): string {
  if (unit !== 'CPU' && unit !== 'waiting') return formatWeight(tick, unit);
  // Small numbers with what they are of; a plural only where it is one.
  const count = Number(tick.toPrecision(3));
  return unit === 'CPU' ? `${count}\u202fCPU${count > 1 ? 's' : ''}` : `${count}\u202fwaiting`;
}

/** Seconds only where the ticks stand closer than a minute. */
function clockTexts(ticks: readonly number[]): string[] {
  const isFine = (ticks[1] ?? 0) - (ticks[0] ?? 0) < 60;
  const isLong = (ticks.at(-1) ?? 0) - (ticks[0] ?? 0) > 86_400;
  return ticks.map((tick) => {
    const date = new Date(tick * 1_000);
    const clock = formatClock(date, isFine);
    return isLong ? `${date.getMonth() + 1}-${date.getDate()} ${clock}` : clock;
  });
}

function areaOf(index: number, theme: Theme): uPlot.Series {
  const color = seriesColor(index, theme);
  return { stroke: color, fill: color, width: 1, points: { show: false } };
}

function drawBands(plot: uPlot, bands: readonly Band[]): void {
  const { ctx: context, bbox } = plot;
  for (const { from, to, color } of bands) {
    const left = Math.max(bbox.left, plot.valToPos(from / 1_000, 'x', true));
    const right = Math.min(bbox.left + bbox.width, plot.valToPos(to / 1_000, 'x', true));
    context.fillStyle = sheetColor(color);
    context.fillRect(left, bbox.top, Math.max(1, right - left), bbox.height);
  }
}
