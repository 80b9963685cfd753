// SPDX-License-Identifier: Apache-2.0
// What is asked of the API beside plain questions: files, SQL, one trace, symbols.
import type { AnyRequest, AnyResponse } from '@otelkit/otlp';
import { EXPORT_FORMATS, exportFile } from '../export/exportFile.ts';
import { parseSelection, QuestionError } from '../query/selection.ts';
import { runSql } from '../query/sql.ts';
import { traceOf } from '../query/traces.ts';
import type { Store } from '../store/store.ts';
import { choice } from './parameters.ts';
import { head, sendError, sendJson } from './respond.ts';
import { type SymbolReaders, takeSymbols } from './uploads.ts';

export interface Asked {
  readonly store: Store;
  readonly toolVersion: string;
  readonly symbols: () => SymbolReaders;
  readonly request: AnyRequest;
  readonly response: AnyResponse;
  readonly url: URL;
}

/** Of a statement of SQL. */
const SQL_CHARS = 262_144;

/** False where the path is none of these. */
export async function act(asked: Asked): Promise<boolean> {
  const { request, url } = asked;
  const { pathname } = url;
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  if (pathname === '/api/export' && isRead) await sendExport(asked);
  else if (pathname === '/api/query' && request.method === 'POST') await answerSql(asked);
  else if (pathname.startsWith('/api/traces/') && isRead) await answerTrace(asked);
  else {
    const id = /^\/api\/executables\/(\d{1,9})\/symbols$/.exec(pathname)?.[1];
    if (id === undefined || request.method !== 'POST') return false;
    const named = await takeSymbols(asked.store, Number(id), request, asked.symbols());
    sendJson(request, asked.response, named);
  }
  return true;
}

async function sendExport({ store, toolVersion, response, url }: Asked): Promise<void> {
  const format = choice(url.searchParams, 'format', EXPORT_FORMATS);
  const selection = parseSelection(url.searchParams);
  const { name, type, content } = await exportFile(store, selection, format, toolVersion);
  head(response, 200, {
    'content-type': type,
    'content-disposition': `attachment; filename="${name}"`,
  });
  content.once('error', () => response.destroy());
  response.once('close', () => content.destroy());
  content.pipe(response as NodeJS.WritableStream);
}

async function answerSql({ store, request, response }: Asked): Promise<void> {
  const type = String(request.headers['content-type'] ?? '');
  // A form of another site's page can send texts, but not this type.
  if (!type.startsWith('application/json')) {
    throw new QuestionError('content-type: expected application/json');
  }
  const sql = sqlOf(await textOf(request));
  const answer = await store.read((connection) => runSql(connection, sql));
  sendJson(request, response, answer);
}

function sqlOf(text: string): string {
  try {
    const { sql } = JSON.parse(text);
    if (typeof sql === 'string') return sql;
  } catch {
    // Told below.
  }
  throw new QuestionError('expected { "sql": "SELECT …" }');
}

async function textOf(request: AnyRequest): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > SQL_CHARS) throw new QuestionError('the statement is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function answerTrace({ store, request, response, url }: Asked): Promise<void> {
  const id = url.pathname.slice('/api/traces/'.length).toLowerCase();
  if (!/^[0-9a-f]{1,32}$/.test(id)) throw new QuestionError('a trace has 32 hex digits');
  const trace = await traceOf(store, id);
  if (trace === undefined) sendError(request, response, 404, `trace ${id} is not there`);
  else sendJson(request, response, trace);
}
