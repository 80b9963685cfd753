// SPDX-License-Identifier: Apache-2.0
// The agent's own figures: served to Prometheus, and sent as OTLP metrics.
import { createServer, type Server } from 'node:http';
import type { LogMessage } from '@otelkit/bpf-client';
import { wallClockOriginNs } from '@otelkit/core';
import type { OtlpExporter } from '@otelkit/otlp';
import { type Agent, SCOPE } from '../agent/agent.ts';
import { usage } from '../config/usage.ts';
import { PROFILE_LIMITS } from '../limits.ts';
import { figuresOf } from './figures.ts';
import { encodeMetrics } from './otlpMetrics.ts';
import { PROMETHEUS_TYPE, prometheusText } from './prometheus.ts';

export interface MetricsSettings {
  /** `HOST:PORT` or `:PORT`. */
  readonly metricsListen: string | undefined;
  readonly metricsExport: boolean;
  readonly monitorMs: number;
}

/** Serves and sends figures until it is stopped. */
export class MetricsService {
  readonly #agent: Agent;
  readonly #exporter: OtlpExporter;
  readonly #settings: MetricsSettings;
  readonly #tell: (message: LogMessage) => void;
  readonly #startNs: bigint = nowNs();
  #server: Server | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    agent: Agent,
    exporter: OtlpExporter,
    settings: MetricsSettings,
    tell: (message: LogMessage) => void,
  ) {
    this.#agent = agent;
    this.#exporter = exporter;
    this.#settings = settings;
    this.#tell = tell;
  }

  /** @throws ToolError (exit 2) when the address is none, or taken */
  async start(): Promise<void> {
    const { metricsListen, metricsExport, monitorMs } = this.#settings;
    if (metricsListen !== undefined) await this.#listen(metricsListen);
    if (!metricsExport) return;
    this.#timer = setInterval(() => this.#send(), monitorMs);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#server?.close();
    this.#server?.closeAllConnections();
  }

  #listen(address: string): Promise<void> {
    const match = /^(?:\[?([^\]]*?)\]?:)?(\d{1,5})$/.exec(address);
    if (match === null || Number(match[2]) > 65_535) {
      throw usage(`--metrics-listen ${address}: expected HOST:PORT`, 'for example 127.0.0.1:9464');
    }
    const server = createServer(
      { maxHeaderSize: PROFILE_LIMITS.metricsRequestBytes },
      (request, response) => {
        const isFigures = request.method === 'GET' && request.url?.split('?')[0] === '/metrics';
        if (!isFigures) {
          response.writeHead(404).end('see /metrics\n');
          return;
        }
        response.writeHead(200, { 'content-type': PROMETHEUS_TYPE });
        response.end(prometheusText(figuresOf(this.#agent, this.#exporter)));
      },
    );
    this.#server = server;
    server.unref();
    const [, host = '', port] = match;
    return new Promise((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) => {
        reject(usage(`--metrics-listen ${address}: cannot listen there: ${error.code}`));
      });
      server.listen(Number(port), host === '' ? undefined : host, () => {
        const bound = server.address();
        const text = typeof bound === 'object' && bound !== null ? `:${bound.port}` : address;
        this.#tell({ level: 'info', message: `figures are served at ${host}${text}/metrics` });
        resolve();
      });
    });
  }

  #send(): void {
    const figures = figuresOf(this.#agent, this.#exporter);
    const bytes = encodeMetrics(figures, {
      scope: SCOPE,
      resource: { 'service.name': SCOPE.name, 'service.version': SCOPE.version },
      startNs: this.#startNs,
      timeNs: nowNs(),
    });
    this.#exporter.send('metrics', bytes, figures.length);
  }
}

function nowNs(): bigint {
  return wallClockOriginNs() + process.hrtime.bigint();
}
