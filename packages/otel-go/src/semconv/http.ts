// SPDX-License-Identifier: Apache-2.0
// HTTP spans (semantic conventions, http/http-spans, stable).
import { type SpanRecord, SpanRecordFlag, SpanText } from '@otelkit/bpf-client';
import { forwardedClient, parseHostPort } from './address.ts';
import { type Attribute, setText } from './attributes.ts';
import {
  type Described,
  described,
  fail,
  failByError,
  type ProcessNames,
  SPAN_KIND,
} from './span.ts';

const HTTP2 = 1;
const TLS = 2;

/** RFC 9110, RFC 5789 and RFC 10008; others are `_OTHER`, so that nobody can make up values. */
const METHODS: ReadonlySet<string> = new Set([
  ...['CONNECT', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT', 'TRACE', 'QUERY'],
]);
/** Query parameters that are secrets by themselves (semantic conventions, url.query). */
const SECRET =
  /(^|&)(AWSAccessKeyId|Signature|sig|X-Goog-Signature|X-Amz-Signature|X-Amz-Credential|X-Amz-Security-Token)=[^&]*/gi;

export function httpServer(record: SpanRecord, names: ProcessNames): Described {
  const span = described('net/http', SPAN_KIND.SERVER);
  const { attributes } = span;
  const method = setMethod(attributes, record);
  const scheme = record.text(SpanText.scheme) || schemeOf(record);
  setText(attributes, 'url.path', record.text(SpanText.path));
  setText(attributes, 'url.query', withoutSecrets(record.text(SpanText.query)));
  attributes.push(['url.scheme', scheme]);
  const route = joinRoutes(record.texts(SpanText.route).map(routeOf));
  setText(attributes, 'http.route', route);
  setServer(attributes, record.text(SpanText.host), scheme);
  setClient(attributes, record);
  setText(attributes, 'user_agent.original', record.text(SpanText.userAgent));
  setProtocol(attributes, record);
  setStatus(attributes, record.status);
  span.name = route === '' ? method : `${method} ${route}`;
  if (!failByPanic(span, record, names) && record.status >= 500) fail(span, String(record.status));
  return span;
}

export function httpClient(record: SpanRecord, names: ProcessNames): Described {
  const span = described('net/http', SPAN_KIND.CLIENT);
  const { attributes } = span;
  const method = setMethod(attributes, record);
  const scheme = record.text(SpanText.scheme) || schemeOf(record);
  const host = record.text(SpanText.host);
  setServer(attributes, host, scheme);
  if (host !== '') {
    const query = withoutSecrets(record.text(SpanText.query));
    const end = query === '' ? '' : `?${query}`;
    const path = escapedPath(record.text(SpanText.path));
    attributes.push(['url.full', `${scheme}://${host}${path}${end}`]);
  }
  setPeer(attributes, record);
  setProtocol(attributes, record);
  setStatus(attributes, record.status);
  span.name = method;
  if (!failByError(span, record, names) && record.status >= 400) fail(span, String(record.status));
  return span;
}

/** @returns the method as span names have it */
function setMethod(attributes: Attribute[], record: SpanRecord): string {
  // net/http: an empty method of a client's request is GET.
  const given = record.text(SpanText.method) || 'GET';
  if (METHODS.has(given)) {
    attributes.push(['http.request.method', given]);
    return given;
  }
  attributes.push(['http.request.method', '_OTHER'], ['http.request.method_original', given]);
  return 'HTTP';
}

function schemeOf(record: SpanRecord): string {
  return (record.detail & TLS) !== 0 ? 'https' : 'http';
}

/**
 * Patterns of net/http.ServeMux are `[METHOD ][HOST]/[PATH]` (its documentation): the route is the
 * path. Frameworks give the path alone.
 */
export function routeOf(pattern: string): string {
  const space = pattern.search(/[ \t]/);
  const rest = space < 0 ? pattern : pattern.slice(space).trimStart();
  const slash = rest.indexOf('/');
  return slash < 0 ? rest : rest.slice(slash);
}

/** Mounted routers each give their part, `/api/*` and `/users/{id}`. */
export function joinRoutes(parts: readonly string[]): string {
  const last = parts.length - 1;
  return parts.map((part, i) => (i < last ? part.replace(/\/?\*$/, '') : part)).join('');
}

/** As net/url sends the path that it keeps decoded; what encodeURI leaves alone and Go does not. */
function escapedPath(path: string): string {
  return encodeURI(path).replace(
    /[?#!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function setServer(attributes: Attribute[], host: string, scheme: string): void {
  const server = parseHostPort(host);
  if (server === undefined || server.host === '') return;
  attributes.push(['server.address', server.host]);
  attributes.push(['server.port', server.port ?? (scheme === 'https' ? 443 : 80)]);
}

function setClient(attributes: Attribute[], record: SpanRecord): void {
  const peer = setPeer(attributes, record);
  const forwarded = forwardedClient(record.text(SpanText.forwarded));
  // client.port is opt-in there, and nobody asked: network.peer.port has it.
  setText(attributes, 'client.address', forwarded ?? peer?.host);
}

function setPeer(attributes: Attribute[], record: SpanRecord): ReturnType<typeof parseHostPort> {
  const peer = parseHostPort(record.text(SpanText.peer));
  if (peer === undefined) return undefined;
  setText(attributes, 'network.peer.address', peer.host);
  if (peer.port !== undefined) attributes.push(['network.peer.port', peer.port]);
  return peer;
}

function setProtocol(attributes: Attribute[], record: SpanRecord): void {
  const major = record.protocol >> 8;
  const minor = record.protocol & 0xff;
  if (major === 0 && (record.detail & HTTP2) === 0) return;
  const isWhole = major >= 2 || major === 0;
  attributes.push(['network.protocol.version', isWhole ? String(major || 2) : `${major}.${minor}`]);
}

function setStatus(attributes: Attribute[], status: number): void {
  if (status >= 100) attributes.push(['http.response.status_code', status]);
}

function failByPanic(span: Described, record: SpanRecord, names: ProcessNames): boolean {
  return (record.flags & SpanRecordFlag.panic) !== 0 && failByError(span, record, names);
}

export function withoutSecrets(query: string): string {
  return query.includes('=') ? query.replace(SECRET, '$1$2=REDACTED') : query;
}
