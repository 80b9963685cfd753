// SPDX-License-Identifier: Apache-2.0
// Who may ask: requests by an address that is ours, from no other page, and with the token where one
// is asked for. A page elsewhere can make a browser send requests here, by a name that it points to
// 127.0.0.1; what tells them apart is Host and Origin.
import { hash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import type { AnyRequest } from '@otelkit/otlp';

export const TOKEN_COOKIE = 'otel_profile_token';

export interface AccessRules {
  /** Undefined: nobody is asked for one. */
  readonly token: string | undefined;
  /** Names beside addresses by which this host may be asked. */
  readonly names: readonly string[];
}

export type Verdict = 'allowed' | 'foreign' | 'noToken';

export function judge(request: AnyRequest, rules: AccessRules): Verdict {
  const { headers } = request;
  const host = authorityOf(request);
  if (!isOurs(nameOf(host), rules.names)) return 'foreign';
  const origin = headers.origin;
  if (origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`) {
    return 'foreign';
  }
  // Browsers say so of requests that another site makes, also where there is no Origin.
  const site = headers['sec-fetch-site'];
  const isNavigation = headers['sec-fetch-mode'] === 'navigate';
  if (site !== undefined && site !== 'same-origin' && site !== 'none' && !isNavigation) {
    return 'foreign';
  }
  if (rules.token === undefined) return 'allowed';
  const given = bearerOf(headers.authorization) ?? cookieOf(headers.cookie);
  return given !== undefined && isEqual(given, rules.token) ? 'allowed' : 'noToken';
}

export function hasToken(headers: AnyRequest['headers'], token: string): boolean {
  const given = bearerOf(headers.authorization);
  return given !== undefined && isEqual(given, token);
}

/** Of this host. IPv4 addresses may be written as IPv6 ones (RFC 4291, 2.5.5.2). */
export function isNear(address: string): boolean {
  return address === '::1' || /^(?:::ffff:)?127\./.test(address);
}

/** In the same time for any wrong one. */
export function isEqual(given: string, token: string): boolean {
  return timingSafeEqual(hash('sha256', given, 'buffer'), hash('sha256', token, 'buffer'));
}

export function authorityOf(request: AnyRequest): string {
  const headers = request.headers as Record<string, string | string[] | undefined>;
  return String(headers[':authority'] ?? headers['host'] ?? '');
}

/** `[::1]:11000` → `::1`. */
function nameOf(authority: string): string {
  const match = /^(?:\[([^\]]*)\]|([^:]*))(?::\d{1,5})?$/.exec(authority);
  return (match?.[1] ?? match?.[2] ?? '').toLowerCase();
}

/** An address cannot be pointed elsewhere by a name server; names can, but for our own. */
function isOurs(name: string, names: readonly string[]): boolean {
  if (isIP(name) !== 0) return true;
  if (name === 'localhost' || name.endsWith('.localhost')) return true;
  return name !== '' && (name === hostname().toLowerCase() || names.includes(name));
}

function bearerOf(header: string | undefined): string | undefined {
  return /^Bearer +(\S+)$/i.exec(header ?? '')?.[1];
}

function cookieOf(header: string | undefined): string | undefined {
  for (const part of (header ?? '').split(';')) {
    const [name, value] = part.trim().split('=', 2);
    if (name === TOKEN_COOKIE) return value;
  }
  return undefined;
}
