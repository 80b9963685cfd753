// SPDX-License-Identifier: Apache-2.0
// The page and its questions over HTTP. Rules: docs/collector-internals.md.
import type { AnyRequest, AnyResponse } from '@otelkit/otlp';
import { COLLECTOR_LIMITS } from '../limits.ts';
import { QuestionError } from '../query/selection.ts';
import { type StatusFacts, statusOf } from '../query/status.ts';
import { StoreError } from '../store/duckdb.ts';
import type { Store } from '../store/store.ts';
import { type AccessRules, isEqual, judge, TOKEN_COOKIE } from './access.ts';
import { act } from './actions.ts';
import { LiveEvents } from './liveEvents.ts';
import { loadPage, type PageFile } from './page.ts';
import { QUESTIONS } from './questions.ts';
import { head, sendBytes, sendError, sendJson } from './respond.ts';
import type { SymbolReaders } from './uploads.ts';

export interface ApiOptions {
  readonly store: Store;
  readonly access: AccessRules;
  readonly facts: () => StatusFacts;
  readonly symbols: () => SymbolReaders;
  /** Folder of the built page. */
  readonly pageFolder: string | undefined;
  /** A question's answer was sent: what it was made of, megabytes of numbers, is needed no more. */
  readonly onAnswered: (() => void) | undefined;
}

export class ApiServer {
  readonly #options: ApiOptions;
  readonly #page: ReadonlyMap<string, PageFile>;
  readonly #live: LiveEvents;

  constructor(options: ApiOptions) {
    this.#options = options;
    this.#live = new LiveEvents(async () => {
      const { nowMs, endMs, sampleCount, traceCount } = await statusOf(
        options.store,
        options.facts(),
      );
      return { nowMs, endMs, sampleCount, traceCount };
    });
    this.#page = loadPage(options.pageFolder);
  }

  /** Data came in: pages that listen are told. */
  changed(): void {
    this.#live.changed();
  }

  close(): void {
    this.#live.close();
  }

  /** Answers one request, whatever it is; never throws. */
  async serve(request: AnyRequest, response: AnyResponse): Promise<void> {
    response.on('error', () => {});
    try {
      if ((request.url ?? '').length > COLLECTOR_LIMITS.urlChars) {
        sendError(request, response, 414, 'the question is too long');
        return;
      }
      const url = new URL(request.url ?? '/', 'http://localhost');
      if (this.#refuse(request, response, url)) return;
      await this.#answer(request, response, url);
    } catch (error) {
      answerError(request, response, error);
    }
  }

  #refuse(request: AnyRequest, response: AnyResponse, url: URL): boolean {
    const { access } = this.#options;
    const verdict = judge(request, access);
    if (verdict === 'allowed') return false;
    if (verdict === 'foreign') {
      const hint = 'ask by the address that the tool printed';
      sendError(request, response, 403, 'this address or page may not ask here', hint);
      return true;
    }
    const given = url.searchParams.get('token');
    if (request.method === 'GET' && given !== null && isEqual(given, access.token!)) {
      url.searchParams.delete('token');
      const attributes = 'Path=/; HttpOnly; SameSite=Strict; Max-Age=2592000';
      head(response, 303, {
        location: `${url.pathname}${url.search}`,
        'set-cookie': `${TOKEN_COOKIE}=${access.token}; ${attributes}`,
      });
      response.end();
      return true;
    }
    const hint = 'open the address with ?token=… that the tool printed';
    sendError(request, response, 401, 'a token is needed', hint);
    return true;
  }

  async #answer(request: AnyRequest, response: AnyResponse, url: URL): Promise<void> {
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    const answer = QUESTIONS.get(url.pathname);
    if (answer !== undefined && isRead) {
      if (this.#options.onAnswered) response.once('close', this.#options.onAnswered);
      sendJson(request, response, await answer(this.#options, url.searchParams));
      return;
    }
    if (url.pathname === '/api/live' && request.method === 'GET') {
      this.#live.add(request, response);
      return;
    }
    const { store, facts, symbols } = this.#options;
    const { toolVersion } = facts();
    if (await act({ store, toolVersion, symbols, request, response, url })) return;
    const file = this.#page.get(url.pathname);
    if (file !== undefined && isRead) {
      sendBytes(request, response, 200, { 'content-type': file.type }, file.bytes);
      return;
    }
    if (answer !== undefined)
      sendError(request, response, 405, `${request.method} is not answered`);
    else sendError(request, response, 404, `${url.pathname} is not there`);
  }
}

function answerError(request: AnyRequest, response: AnyResponse, error: unknown): void {
  if (error instanceof QuestionError) {
    sendError(request, response, 400, error.message, error.hint);
  } else if (error instanceof StoreError) {
    const status = error.code === 'QUERY' ? 422 : 503;
    sendError(request, response, status, error.message, error.hint);
  } else {
    const text = error instanceof Error ? error.message.split('\n')[0]! : String(error);
    sendError(request, response, 500, `the question failed: ${text}`);
  }
}
