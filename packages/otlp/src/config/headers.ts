// SPDX-License-Identifier: Apache-2.0
// OTEL_EXPORTER_OTLP_HEADERS: `key=value,key=value`, values percent-encoded (W3C Baggage without
// its metadata). Values are secrets as a rule: no message repeats them.
import { LIMITS } from '../limits.ts';

const TOKEN = /^[a-z0-9!#$%&'*+.^_`|~-]+$/;
const VALUE = /^[\t\x20-\x7e]*$/;

/** What the transports set themselves, or what would change how a request is framed. */
const RESERVED: ReadonlySet<string> = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'host',
  'keep-alive',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
]);

export interface ParsedHeaders {
  readonly headers: Record<string, string>;
  /** One sentence for each pair that was left out. */
  readonly problems: readonly string[];
}

/** Pairs by lower-case name; of two with one name the later counts. Never throws. */
export function parseHeaders(text: string): ParsedHeaders {
  const headers: Record<string, string> = {};
  const problems: string[] = [];
  if (text.length > LIMITS.headerBytes)
    return { headers, problems: [`longer than ${LIMITS.headerBytes} bytes`] };
  const pairs = text.split(',').filter((pair) => pair.trim() !== '');
  for (const [i, pair] of pairs.entries()) {
    const problem = i < LIMITS.headers ? addPair(headers, pair) : 'too many';
    if (problem !== undefined) problems.push(`pair ${i + 1}: ${problem}; it is left out`);
  }
  return { headers, problems };
}

function addPair(headers: Record<string, string>, pair: string): string | undefined {
  const equals = pair.indexOf('=');
  if (equals < 0) return 'expected key=value';
  const name = decode(pair.slice(0, equals))?.toLowerCase();
  const value = decode(pair.slice(equals + 1));
  if (name === undefined || value === undefined) return 'percent-encoding is damaged';
  return addHeader(headers, name, value);
}

/** Takes one header, or says why it cannot be sent. */
export function addHeader(
  headers: Record<string, string>,
  name: string,
  value: string,
): string | undefined {
  if (!TOKEN.test(name)) return 'the key is no header name';
  if (RESERVED.has(name) || name.startsWith('grpc-')) return `${name} is set by the exporter`;
  if (!VALUE.test(value)) return `the value of ${name} holds characters that no header may`;
  // Not by assignment: `__proto__` is a header name like any other.
  Object.defineProperty(headers, name, { value, enumerable: true, configurable: true });
  return undefined;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.trim());
  } catch {
    return undefined;
  }
}
