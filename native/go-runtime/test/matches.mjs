// SPDX-License-Identifier: Apache-2.0
// Which aspects find their join points in a program that serves HTTP and gRPC and asks a database, by
// the toolchain at hand: what a new Go or grpc has renamed is missed here, without a build.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { explained } from './explained.mjs';

const runtime = dirname(dirname(fileURLToPath(import.meta.url)));
export const PROGRAM = join(runtime, '../bpf-helper/internal/gotrace/testdata/rpc');

/** How many places each aspect has there, whatever the toolchain. */
export const MATCHES = {
  'database/sql.DB': 1,
  'database/sql.db': 2,
  'database/sql.open': 1,
  'database/sql.stmt': 2,
  'database/sql.tx': 4,
  'grpc/client.finish': 1,
  'grpc/client.handled': 1,
  'grpc/client.handler': 5,
  'grpc/client.stream': 1,
  'grpc/client.unary': 1,
  'grpc/server.handled': 1,
  'grpc/server.handler': 5,
  'grpc/server.stream': 1,
  'grpc/server.unary': 1,
  'log/slog.correlation': 2,
  'main/flush': 1,
  'net/http.client': 1,
  'net/http.route': 1,
  'net/http.server': 1,
  'os/exit': 1,
  'os/signal': 1,
  'runtime/inherit': 2,
  'runtime/panic': 1,
  'runtime/release': 1,
  'runtime/slot': 1,
};

/** What `explain` finds, by aspect. @throws Error with what it said */
export function findMatches(weaver, work) {
  const env = { ...process.env, GOFLAGS: '-mod=readonly' };
  const packages = explained(weaver, '.', { cwd: PROGRAM, env, runtime, work });
  const found = {};
  const matches = packages.flatMap(({ files }) => files.flatMap((file) => file.matches));
  for (const { aspect } of matches) found[aspect] = (found[aspect] ?? 0) + 1;
  return found;
}
