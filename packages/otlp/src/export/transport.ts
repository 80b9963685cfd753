// SPDX-License-Identifier: Apache-2.0
import type { TlsSettings } from './tls.ts';

/** What OTLP carries here. */
export type Signal = 'profiles' | 'traces' | 'metrics';

/** One request as it goes over the wire. */
export interface WireRequest {
  readonly signal: Signal;
  readonly body: Buffer;
  readonly isGzip: boolean;
}

/** How one attempt ended. */
export type SendResult =
  | { readonly kind: 'accepted'; readonly rejectedItems: number; readonly message: string }
  | { readonly kind: 'retry'; readonly reason: string; readonly message: string; afterMs?: number }
  | { readonly kind: 'refused'; readonly reason: string; readonly message: string };

/** Where requests go, and how. */
export interface OtlpTarget {
  readonly protocol: 'grpc' | 'http/protobuf';
  readonly host: string;
  readonly port: number;
  readonly isSecure: boolean;
  /** Path of the request (HTTP); gRPC has one for each service. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: TlsSettings;
  /** `name/version` for the User-Agent header. */
  readonly userAgent: string;
}

/** Sends requests over connections of its own, one at a time or several. */
export interface Transport {
  /** Never rejects: whatever goes wrong is a result. */
  send(request: WireRequest, timeoutMs: number): Promise<SendResult>;
  /** Ends all connections at once; attempts under way end as `retry`. */
  close(): void;
}

/** `host:port`, with brackets around an IPv6 address. */
export function authorityOf(target: OtlpTarget): string {
  const host = target.host.includes(':') ? `[${target.host}]` : target.host;
  return `${host}:${target.port}`;
}

/** Appended to the general endpoint; the endpoint of a signal is used as it is. */
export const HTTP_PATH: Readonly<Record<Signal, string>> = {
  profiles: 'v1development/profiles',
  traces: 'v1/traces',
  metrics: 'v1/metrics',
};

/** The path for another signal than the one that a path was made for; one of its own stays. */
export function pathOfSignal(path: string, signal: Signal): string {
  for (const known of Object.values(HTTP_PATH)) {
    if (path.endsWith(`/${known}`)) return path.slice(0, -known.length) + HTTP_PATH[signal];
  }
  return path;
}
