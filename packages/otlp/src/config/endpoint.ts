// SPDX-License-Identifier: Apache-2.0
// `http://host:port/path`, `https://…` or `host:port` (with `[…]` around an IPv6 address).

/** Where an endpoint leads. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly isSecure: boolean;
  /** As written, without a query; `/` where there is none. */
  readonly path: string;
}

/** Ports of OTLP by protocol, for endpoints that name none. */
export interface EndpointDefaults {
  readonly port: number;
  /** Whether an endpoint without a scheme means TLS. */
  readonly isSecure: boolean;
}

/** The endpoint, or a sentence that says what is wrong with it. */
export function parseEndpoint(text: string, defaults: EndpointDefaults): Endpoint | string {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase();
  if (scheme !== undefined && scheme !== 'http' && scheme !== 'https')
    return `scheme ${scheme} is not http or https`;
  const isSecure = scheme === undefined ? defaults.isSecure : scheme === 'https';
  const url = toUrl(scheme === undefined ? `http://${text}` : text);
  if (url === undefined) return 'expected host:port, http://host:port or https://host:port';
  if (url.username !== '' || url.password !== '')
    return 'holds a user name or password; put credentials into headers';
  if (url.search !== '' || url.hash !== '') return 'holds a query or fragment';
  // URL drops the default port of its scheme, so look at the text for it.
  const port = url.port === '' ? (portInText(text) ?? portOf(scheme, defaults)) : Number(url.port);
  if (port === 0) return 'port 0 is not one';
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return { host, port, isSecure, path: url.pathname };
}

function toUrl(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url === undefined || url.hostname === '' ? undefined : url;
}

function portInText(text: string): number | undefined {
  const authority = text.replace(/^[a-z]+:\/\//i, '').split('/', 1)[0]!;
  const port = /:(\d+)$/.exec(authority)?.[1];
  return port === undefined ? undefined : Number(port);
}

/** A scheme brings its own port, as in every URL; without one it is OTLP's. */
function portOf(scheme: string | undefined, defaults: EndpointDefaults): number {
  if (scheme === 'https') return 443;
  return scheme === 'http' ? 80 : defaults.port;
}
