// SPDX-License-Identifier: Apache-2.0
// Which headers of requests are told (semantic conventions, http.request.header.<key>: only those
// that somebody asked for by their names).
import type { GoCaptures } from '@otelkit/bpf-client';
import { GO_TRACE_LIMITS } from '../limits.ts';
import { usage } from './usage.ts';

type Env = Readonly<Record<string, string | undefined>>;

const SERVER = 'OTEL_INSTRUMENTATION_HTTP_SERVER_CAPTURE_REQUEST_HEADERS';
const CLIENT = 'OTEL_INSTRUMENTATION_HTTP_CLIENT_CAPTURE_REQUEST_HEADERS';
/** A token (RFC 9110 §5.6.2). */
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** @throws ToolError for a flag that is no name */
export function captures(
  flags: readonly string[],
  env: Env,
  remark: (message: string) => void,
): GoCaptures {
  for (const flag of flags) {
    const why = whyNot(flag);
    if (why !== undefined) throw usage(`--header ${flag}: ${why}`, '--header X-Request-Id');
  }
  const all = new Set<string>();
  const take = (names: readonly string[], variable: string): string[] => {
    const taken: string[] = [];
    for (const name of names) {
      const key = name.toLowerCase();
      const isNew = !all.has(key);
      const isFull = isNew && all.size >= GO_TRACE_LIMITS.capturedHeaders;
      const why = isFull ? `more than ${GO_TRACE_LIMITS.capturedHeaders} headers` : whyNot(name);
      if (why !== undefined) {
        remark(`${variable} ${name}: ${why}; it is passed over`);
        continue;
      }
      all.add(key);
      if (!taken.includes(key)) taken.push(key);
    }
    return taken;
  };
  return {
    server: flags.length > 0 ? take(flags, '--header') : take(namesIn(env[SERVER]), SERVER),
    client: take(namesIn(env[CLIENT]), CLIENT),
  };
}

/** By the numbers that their texts have. */
export function capturedNames({ server, client }: GoCaptures): string[] {
  return [...new Set([...server, ...client])];
}

function namesIn(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

function whyNot(name: string): string | undefined {
  if (!NAME.test(name)) return 'is not the name of a header';
  const most = GO_TRACE_LIMITS.capturedNameBytes;
  return name.length > most ? `is longer than ${most} characters` : undefined;
}
