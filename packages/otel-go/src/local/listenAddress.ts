// SPDX-License-Identifier: Apache-2.0

import { usage } from '../attach/usage.ts';
import { parseHostPort } from '../semconv/address.ts';

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|::1|localhost)$/;

/**
 * `HOST:PORT` or `PORT`, of this host only: what traces hold is nobody else's business.
 * @throws ToolError
 */
export function parseListen(text: string): { readonly host: string; readonly port: number } {
  const given = parseHostPort(/^\d+$/.test(text) ? `127.0.0.1:${text}` : text);
  if (given?.port === undefined) {
    throw usage(`--listen ${text}: expected HOST:PORT`, '127.0.0.1:11000');
  }
  if (!LOOPBACK.test(given.host)) {
    const hint = 'otel-profile collect --listen opens a page with a token for other hosts';
    throw usage(`--listen ${text}: only addresses of this host itself`, hint);
  }
  return { host: given.host, port: given.port };
}
