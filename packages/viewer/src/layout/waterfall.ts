// SPDX-License-Identifier: Apache-2.0
// A trace as rows: children below their parents, by time. Spans whose parent is not there, or that
// are their own ancestors, begin a row of their own.
import type { Trace } from '../contract.ts';

export type Span = Trace['spans'][number];

export interface WaterfallRow {
  readonly span: Span;
  readonly depth: number;
  /** Left edge and width as shares of the trace. */
  readonly left: number;
  readonly width: number;
  /** Its parent was not received. */
  readonly isOrphan: boolean;
}

export interface Waterfall {
  readonly rows: readonly WaterfallRow[];
  readonly startMs: number;
  readonly durationMs: number;
}

const MAX_DEPTH = 64;

export function waterfallOf(trace: Trace): Waterfall {
  const { spans } = trace;
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const below = new Map<string, Span[]>();
  const tops: Span[] = [];
  for (const span of spans) {
    const hasParent = span.parentSpanId !== '' && span.parentSpanId !== span.spanId;
    if (!hasParent || !byId.has(span.parentSpanId)) {
      tops.push(span);
      continue;
    }
    const siblings = below.get(span.parentSpanId);
    if (siblings === undefined) below.set(span.parentSpanId, [span]);
    else siblings.push(span);
  }
  let startMs = Number.POSITIVE_INFINITY;
  let endMs = Number.NEGATIVE_INFINITY;
  for (const span of spans) {
    startMs = Math.min(startMs, span.startMs);
    endMs = Math.max(endMs, span.startMs + Math.max(0, span.durationMs));
  }
  const durationMs = Math.max(endMs - startMs, Number.MIN_VALUE);
  const rows: WaterfallRow[] = [];
  const seen = new Set<Span>();
  const visit = (span: Span, depth: number) => {
    if (seen.has(span)) return;
    seen.add(span);
    rows.push({
      span,
      depth: Math.min(depth, MAX_DEPTH),
      left: (span.startMs - startMs) / durationMs,
      width: Math.max(0, span.durationMs) / durationMs,
      isOrphan: depth === 0 && span.parentSpanId !== '',
    });
  };
  const walk = (top: Span) => {
    const open: (readonly [Span, number])[] = [[top, 0]];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const [span, depth] = next;
      if (seen.has(span)) continue;
      visit(span, depth);
      const children = [...(below.get(span.spanId) ?? [])].sort(byStart).reverse();
      for (const child of children) open.push([child, depth + 1]);
    }
  };
  for (const top of tops.sort(byStart)) walk(top);
  // Only circles are left.
  for (const span of spans) if (!seen.has(span)) walk(span);
  return { rows, startMs: spans.length > 0 ? startMs : 0, durationMs };
}

function byStart(left: Span, right: Span): number {
  return left.startMs - right.startMs;
}
