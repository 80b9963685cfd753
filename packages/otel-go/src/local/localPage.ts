// SPDX-License-Identifier: Apache-2.0
// Local mode: traces go to a collector in this process and are looked at in its page; or to the one
// that runs on this host already, beside the samples of otel-profile.
import { existsSync, realpathSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { ExitCode, ToolError } from '@otelkit/cli-kit';
import { Collector } from '@otelkit/collector';
import { OtlpExporter } from '@otelkit/otlp';
import { version } from '../version.ts';
import { parseListen } from './listenAddress.ts';

const DEFAULT_LISTEN = '127.0.0.1:11000';
const ASK_MS = 500;
const TIMEOUT_MS = 10_000;
const HOUR_MS = 3_600_000;
const STORE_BYTES = 200_000_000;

export interface LocalPage {
  readonly url: string;
  /** Whether it was there already. */
  readonly isShared: boolean;
  readonly exporter: OtlpExporter;
  readonly close: () => Promise<void>;
}

/** @throws ToolError where no page can be opened */
export async function openLocalPage(
  listen: string | undefined,
  tell: (message: string) => void,
): Promise<LocalPage> {
  const { host, port } = parseListen(listen ?? DEFAULT_LISTEN);
  const isThere = listen === undefined && (await isCollector(host, port));
  if (isThere) {
    const url = `http://${host}:${port}/`;
    return { url, isShared: true, exporter: exporterTo(url), close: async () => {} };
  }
  const collector = await startCollector(host, port, listen === undefined, tell);
  const { url } = collector;
  return { url, isShared: false, exporter: exporterTo(url), close: () => collector.close() };
}

/** A collector of ours without a token answers its status to this host. */
async function isCollector(host: string, port: number): Promise<boolean> {
  try {
    const answer = await fetch(`http://${host}:${port}/api/status`, {
      signal: AbortSignal.timeout(ASK_MS),
    });
    const status = (await answer.json()) as { readonly toolVersion?: unknown };
    return answer.ok && typeof status.toolVersion === 'string';
  } catch {
    return false;
  }
}

async function startCollector(
  ...[host, port, anyPort, tell]: [string, number, boolean, (message: string) => void]
): Promise<Collector> {
  const options = {
    host,
    folder: undefined,
    token: undefined,
    requireTokenForData: false,
    names: [],
    toolVersion: version,
    mode: 'live',
    title: hostname(),
    pageFolder: pageFolder(),
    retention: { ageMs: HOUR_MS, bytes: STORE_BYTES },
    onProblem: tell,
  } as const;
  try {
    return await Collector.start({ ...options, port });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE' && anyPort) return Collector.start({ ...options, port: 0 });
    throw new ToolError(`the page cannot be opened at ${host}:${port}: ${message}`, {
      code: 'IO',
      exitCode: ExitCode.io,
      hint: 'choose another --listen, name a collector with --endpoint, or use --exporter console',
    });
  }
}

/** The page beside the bundle that runs; undefined where it was not built. */
function pageFolder(): string | undefined {
  try {
    const path = join(dirname(realpathSync(process.argv[1] ?? '.')), '../dist/page');
    return existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

function exporterTo(url: string): OtlpExporter {
  const { hostname: name, port } = new URL(url);
  return new OtlpExporter({
    target: {
      protocol: 'grpc',
      host: name.replace(/^\[|\]$/g, ''),
      port: Number(port),
      path: '',
      isSecure: false,
      headers: {},
      userAgent: `otel-go/${version}`,
      tls: {},
    },
    // Within one host there is nothing to save.
    compression: 'none',
    timeoutMs: TIMEOUT_MS,
    spillFolder: undefined,
    onEvent: () => {},
  });
}
