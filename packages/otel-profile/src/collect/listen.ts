// SPDX-License-Identifier: Apache-2.0
import { isIPv6 } from 'node:net';
import { usage } from '../config/usage.ts';

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** `HOST:PORT`, `[::1]:PORT`, `:PORT` (every address) or `PORT` (this host). @throws ToolError */
export function parseListen(text: string): ListenAddress {
  const match = /^(?:(?:\[([^\]]+)\]|([^:[\]]*)):)?(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535) {
    throw usage(`--listen ${text}: expected HOST:PORT`, 'for example 127.0.0.1:11000');
  }
  const [, bracketed, plain] = match;
  if (bracketed !== undefined && !isIPv6(bracketed)) {
    throw usage(`--listen ${text}: ${bracketed} is no IPv6 address`);
  }
  return { host: bracketed ?? (plain === undefined ? '127.0.0.1' : plain || '0.0.0.0'), port };
}

/** Nobody but this host gets there. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}
