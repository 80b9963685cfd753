// SPDX-License-Identifier: Apache-2.0
// The sink that was chosen, opened: a collector's, the terminal, the page of this host, or none.
import { spawn } from 'node:child_process';
import type { Invocation } from '@otelkit/cli-kit';
import { ConsoleSpans } from '../export/consoleSpans.ts';
import { type BatchSettings, OtlpSpans } from '../export/otlpSpans.ts';
import type { SpanSink } from '../export/spanSink.ts';
import { openExporter, otlpSettings, type TraceExporter } from './exporters.ts';
import type { AttachFlags } from './spec.ts';
import type { Tell } from './tracer.ts';

export interface OpenedSpans {
  readonly sink: SpanSink | undefined;
  /** Says where to look, once there is something to be seen. */
  readonly announce: () => Promise<void>;
  /** @returns spans that could not be sent */
  readonly close: (deadlineMs: number) => Promise<number>;
}

/** Somebody watches the page. */
const LOCAL_DELAY_MS = 300;

/** @throws ToolError */
export async function openSpans(
  invocation: Invocation<AttachFlags>,
  exporter: TraceExporter,
  batch: BatchSettings,
  tell: Tell,
): Promise<OpenedSpans> {
  const { flags, env, output } = invocation;
  if (exporter === 'none') {
    return { sink: undefined, announce: async () => {}, close: async () => 0 };
  }
  if (exporter === 'console') {
    const sink = new ConsoleSpans((text) => void output.say(() => text));
    return { sink, announce: async () => {}, close: () => sink.close() };
  }
  if (exporter === 'local') return openLocal(invocation, batch, tell);
  const settings = otlpSettings(flags, env, 'traces', (message) => tell('warning', message));
  const otlp = openExporter(settings, ({ level, code, message }) =>
    tell(level === 'info' ? 'debug' : 'warning', `collector: ${code}: ${message}`),
  );
  const sink = new OtlpSpans(otlp, batch);
  return { sink, announce: async () => {}, close: (ms) => sink.close(ms) };
}

async function openLocal(
  { flags, env, output }: Invocation<AttachFlags>,
  batch: BatchSettings,
  tell: Tell,
): Promise<OpenedSpans> {
  const { openLocalPage } = await import('../local/localPage.ts');
  const page = await openLocalPage(flags.listen, (message) => tell('warning', message));
  const sink = new OtlpSpans(page.exporter, { ...batch, delayMs: LOCAL_DELAY_MS });
  return {
    sink,
    announce: async () => {
      await output.say(() => `${page.url}\n`);
      const where = page.isShared ? 'beside what it shows already' : 'Ctrl-C ends it';
      output.note(`tracing the Go programs of this host; ${where}`);
      if ((env['DISPLAY'] ?? '') !== '' && !page.isShared) openInBrowser(page.url);
    },
    close: async (deadlineMs) => {
      const lost = await sink.close(deadlineMs);
      await page.close();
      return lost;
    },
  };
}

/** Failing is no failure: the address is on the terminal. */
function openInBrowser(url: string): void {
  const child = spawn('xdg-open', [url], { detached: true, stdio: 'ignore' });
  child.on('error', () => {});
  child.unref();
}
