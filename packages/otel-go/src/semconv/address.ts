// SPDX-License-Identifier: Apache-2.0
// Hosts and ports as Go programs write them: net.JoinHostPort, Host headers, gRPC targets.

export interface HostPort {
  readonly host: string;
  /** Undefined where none is named. */
  readonly port: number | undefined;
}

/** `host`, `host:port`, `[::1]:80`, `::1`; undefined for what is empty. */
export function parseHostPort(text: string): HostPort | undefined {
  if (text === '') return undefined;
  if (text.startsWith('[')) {
    const end = text.indexOf(']');
    if (end < 0) return { host: text, port: undefined };
    return { host: text.slice(1, end), port: portOf(text.slice(end + 1).replace(/^:/, '')) };
  }
  const colon = text.lastIndexOf(':');
  if (colon < 0) return { host: text, port: undefined };
  // Two colons without brackets: an IPv6 address and no port.
  if (text.indexOf(':') !== colon) return { host: text, port: undefined };
  return { host: text.slice(0, colon), port: portOf(text.slice(colon + 1)) };
}

function portOf(text: string): number | undefined {
  const port = Number(text);
  return /^\d{1,5}$/.test(text) && port > 0 && port <= 65_535 ? port : undefined;
}

/** 4 or 16 bytes of an address, and a port, little endian. */
export function parseAddressBytes(bytes: Uint8Array): HostPort | undefined {
  const size = bytes.length - 2;
  if (size !== 4 && size !== 16) return undefined;
  const port = bytes[size]! + bytes[size + 1]! * 256;
  // An IPv4 address in IPv6's form is one of IPv4 (RFC 4291 §2.5.5.2).
  const isMapped =
    size === 16 && bytes.subarray(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff;
  if (size === 4 || isMapped) {
    return { host: bytes.subarray(size - 4, size).join('.'), port: port || undefined };
  }
  const words = Array.from({ length: 8 }, (_, i) =>
    (bytes[i * 2]! * 256 + bytes[i * 2 + 1]!).toString(16),
  );
  // URL writes it in the shortest form (RFC 5952).
  const host = new URL(`http://[${words.join(':')}]`).hostname.slice(1, -1);
  return { host, port: port || undefined };
}

/**
 * A gRPC target (grpc naming): `dns:///host:port`, `passthrough:///…`, `unix:///run/x.sock`,
 * `dns://authority/host`, or a bare address.
 */
export function parseGrpcTarget(text: string): HostPort | undefined {
  const match = /^([a-z][a-z0-9+.-]*):(?:\/\/([^/]*)\/)?(.*)$/i.exec(text);
  const scheme = match?.[1]?.toLowerCase() ?? '';
  if (scheme === 'unix' || scheme === 'unix-abstract') {
    return { host: text.slice(scheme.length + 1).replace(/^\/\//, ''), port: undefined };
  }
  const isKnown = /^(dns|passthrough|ipv4|ipv6|xds|static|manual|bufnet)$/.test(scheme);
  const hasAuthority = match?.[2] !== undefined;
  return parseHostPort(isKnown || hasAuthority ? (match?.[3] ?? '') : text);
}

/**
 * The client in `X-Forwarded-For` (its first entry) or `Forwarded` (RFC 7239 §4, `for=`).
 * Undefined where it is obscured or unknown.
 */
export function forwardedClient(text: string): string | undefined {
  const [first = ''] = text.split(',', 1);
  const named = /(?:^|;)\s*for=("?)([^";]*)\1/i.exec(first);
  const given = (named?.[2] ?? (first.includes('=') ? '' : first)).trim();
  if (given === '' || given === 'unknown' || given.startsWith('_')) return undefined;
  return parseHostPort(given)?.host;
}
