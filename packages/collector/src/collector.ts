// SPDX-License-Identifier: Apache-2.0
// The collector: what is received goes into the store, and the page asks the store.
import {
  type ExportOutcome,
  type OtlpExportTraceServiceRequest,
  type OtlpProfilesRequest,
  OtlpReceiver,
  type Peer,
} from '@otelkit/otlp';
import { problemText } from '@otelkit/profiles';
import { hasToken } from './api/access.ts';
import { ApiServer } from './api/apiServer.ts';
import type { SymbolReaders } from './api/uploads.ts';
import { COLLECTOR_LIMITS } from './limits.ts';
import { Losses } from './losses.ts';
import { Readiness } from './query/readiness.ts';
import { spanRows } from './spans.ts';
import { announce, withdraw } from './store/announcement.ts';
import { applyRetention, type RetentionRules } from './store/retention.ts';
import { Store } from './store/store.ts';

export interface CollectorOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Undefined: a temporary one, which is gone at the end. */
  readonly folder: string | undefined;
  readonly token: string | undefined;
  readonly requireTokenForData: boolean;
  /** Names by which this host may be asked, beside addresses. */
  readonly names: readonly string[];
  readonly toolVersion: string;
  readonly mode: 'live' | 'files';
  readonly title: string;
  readonly pageFolder: string | undefined;
  readonly retention: RetentionRules;
  /** What uploaded files are read with; asked for when there is one. */
  readonly symbols?: () => SymbolReaders;
  readonly onProblem: (message: string) => void;
  /** Called after each answer to a question: a good time to collect garbage. */
  readonly onAnswered?: () => void;
}

/** A running collector. */
export class Collector {
  readonly store: Store;
  readonly losses: Losses = new Losses();
  readonly #options: CollectorOptions;
  readonly #receiver: OtlpReceiver;
  readonly #api: ApiServer;
  readonly #readiness: Readiness;
  #retention: NodeJS.Timeout | undefined;

  private constructor(options: CollectorOptions, store: Store, onWritten: (() => void)[]) {
    this.#options = options;
    this.store = store;
    const { token, names, toolVersion, mode, title, pageFolder } = options;
    this.#api = new ApiServer({
      store,
      access: { token, names },
      facts: () => ({ toolVersion, mode, title, losses: this.losses.list() }),
      symbols: options.symbols ?? (() => ({})),
      pageFolder,
      onAnswered: options.onAnswered,
    });
    this.#readiness = new Readiness(store);
    onWritten.push(() => {
      this.#api.changed();
      void this.#readiness.prepare();
    });
    this.#receiver = new OtlpReceiver({
      sink: {
        profiles: (request, peer) => this.#profiles(request, peer),
        traces: (request) => this.#traces(request),
      },
      onRequest: (request, response) => void this.#api.serve(request, response),
      isAllowed: (headers) =>
        !options.requireTokenForData || token === undefined || hasToken(headers, token),
    });
  }

  /** @throws StoreError, and system errors of the folder and the address */
  static async start(options: CollectorOptions): Promise<Collector> {
    const onWritten: (() => void)[] = [];
    const store = await Store.open({
      folder: options.folder,
      onWritten: () => onWritten[0]?.(),
      onProblem: (error) => options.onProblem(`store: ${error.message.split('\n')[0]}`),
    });
    const collector = new Collector(options, store, onWritten);
    try {
      await collector.#receiver.listen(options.host, options.port);
    } catch (error) {
      await store.close();
      throw error;
    }
    const { folder, token = '' } = options;
    if (folder !== undefined) announce(folder, { url: collector.url, token });
    collector.#keepWithin();
    return collector;
  }

  get port(): number {
    return this.#receiver.port;
  }

  /** Of the page, with the token that it asks for. */
  get url(): string {
    const { host, token } = this.#options;
    const isAny = host === '0.0.0.0' || host === '::';
    const name = isAny ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
    const query = token === undefined ? '' : `?token=${token}`;
    return `http://${name}:${this.port}/${query}`;
  }

  /** Writes what came, and ends every connection. */
  async close(): Promise<void> {
    clearInterval(this.#retention);
    const { folder } = this.#options;
    if (folder !== undefined) withdraw(folder);
    this.#api.close();
    await this.#receiver.close();
    await this.store.close();
  }

  #keepWithin(): void {
    const { retention, mode, onProblem } = this.#options;
    if (mode === 'files') return;
    this.#readiness.prepareHours();
    void this.#readiness.prepare();
    this.#retention = setInterval(() => {
      this.#readiness.prepareHours();
      applyRetention(this.store, retention).catch((error: Error) =>
        onProblem(`retention: ${error.message.split('\n')[0]}`),
      );
    }, COLLECTOR_LIMITS.retentionMs).unref();
  }

  async #profiles(request: OtlpProfilesRequest, { address }: Peer): Promise<ExportOutcome> {
    const { dropped, ahead, problems } = this.store.ingestRequest(request, address || 'unknown');
    for (const problem of problems) {
      this.losses.add(`request: ${problem.field}`, problem.count, `N × ${problemText(problem)}`);
    }
    this.losses.add('full', dropped, 'N samples left out: more came than can be written');
    this.losses.add('clock', ahead, 'N samples from a clock ahead of ours: shown as taken now');
    return { rejected: 0, message: problems.map(problemText).join('; ') };
  }

  async #traces(request: OtlpExportTraceServiceRequest): Promise<ExportOutcome> {
    const rows = [...spanRows(request)];
    const rejected = rows.length - this.store.ingestSpans(rows);
    this.losses.add('spans', rejected, 'N spans left out: more came than can be written');
    return { rejected, message: rejected > 0 ? 'more spans came than can be written' : '' };
  }
}
