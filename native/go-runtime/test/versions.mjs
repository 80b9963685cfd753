// SPDX-License-Identifier: Apache-2.0
// Libraries at versions of other years: what woven code names in them may not be there, or be something
// else. Each is compiled woven; takes minutes: OTELKIT_FULL_MATRIX=1, or `node versions.mjs [PART…]`
// for the modules that have PART in their name.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildWeaver } from './libraries.mjs';

const runtime = dirname(dirname(fileURLToPath(import.meta.url)));

/** Module, version, and the package that is compiled where it is not the module's own. */
const VERSIONS = [
  ['google.golang.org/grpc', 'v1.29.1'],
  ['google.golang.org/grpc', 'v1.40.0'],
  ['google.golang.org/grpc', 'v1.48.0'],
  ['github.com/gin-gonic/gin', 'v1.4.0'],
  ['github.com/gin-gonic/gin', 'v1.6.3'],
  ['github.com/labstack/echo', 'v3.3.10+incompatible'],
  ['github.com/labstack/echo/v4', 'v4.0.0'],
  ['github.com/go-chi/chi', 'v3.3.4+incompatible'],
  ['github.com/go-chi/chi', 'v1.5.4'],
  ['github.com/go-chi/chi/v5', 'v5.0.0'],
  ['github.com/gorilla/mux', 'v1.6.0'],
  ['github.com/valyala/fasthttp', 'v1.0.0'],
  ['github.com/valyala/fasthttp', 'v1.40.0'],
  ['github.com/go-redis/redis/v8', 'v8.0.0'],
  ['github.com/redis/go-redis/v9', 'v9.0.2'],
  ['github.com/jackc/pgx/v4', 'v4.0.0'],
  ['github.com/jackc/pgx/v5', 'v5.0.0'],
  ['go.mongodb.org/mongo-driver', 'v1.0.0', 'go.mongodb.org/mongo-driver/mongo'],
  ['go.mongodb.org/mongo-driver', 'v1.7.0', 'go.mongodb.org/mongo-driver/mongo'],
  ['go.mongodb.org/mongo-driver/v2', 'v2.0.0', 'go.mongodb.org/mongo-driver/v2/mongo'],
  ['github.com/gocql/gocql', 'v1.0.0'],
  ['github.com/apache/cassandra-gocql-driver/v2', 'v2.0.0'],
  ['github.com/segmentio/kafka-go', 'v0.2.2'],
  ['github.com/segmentio/kafka-go', 'v0.4.10'],
  ['github.com/Shopify/sarama', 'v1.20.0'],
  ['github.com/Shopify/sarama', 'v1.38.1'],
  ['github.com/IBM/sarama', 'v1.40.0'],
  ['github.com/aws/aws-sdk-go-v2/service/sts', 'v1.0.0'],
  ['go.opentelemetry.io/otel/trace', 'v0.20.0'],
  ['go.opentelemetry.io/otel/trace', 'v1.0.1'],
];

/** A module that requires just this; what woven code imports of the library is in its package file. */
function requiring([module, version, path = module], folder, env) {
  mkdirSync(folder);
  writeFileSync(join(folder, 'go.mod'), 'module example.com/old\n\ngo 1.22\n');
  writeFileSync(join(folder, 'old.go'), `package old\n\nimport _ "${path}"\n`);
  const options = { cwd: folder, env: { ...env, GOFLAGS: '-mod=mod' }, encoding: 'utf8' };
  for (const args of [
    ['get', `${module}@${version}`],
    ['build', '.'],
  ]) {
    const ran = spawnSync('go', args, options);
    if (ran.status !== 0) return ran.stderr.trim().slice(-300);
  }
  return undefined;
}

/**
 * @param {(outcome: 'ok'|'fail'|'skip', title: string, text?: string) => void} tell
 * @param {string[]} parts of the modules' names; none: all of them
 */
export function testVersions(tell, parts = []) {
  const work = mkdtempSync(join(tmpdir(), 'otelkit-versions-'));
  const env = {
    ...process.env,
    CGO_ENABLED: '0',
    GOFLAGS: '',
    GOWORK: 'off',
    OTELKIT_GO_RUNTIME: runtime,
    OTELKIT_GO_CACHE: process.env.OTELKIT_GO_CACHE ?? join(work, 'cache'),
  };
  try {
    const weaver = buildWeaver(work);
    for (const [i, one] of VERSIONS.entries()) {
      const title = `${one[0]} ${one[1]} compiles woven`;
      if (parts.length > 0 && !parts.some((part) => one[0].includes(part))) continue;
      const folder = join(work, `${i}`);
      const reason = requiring(one, folder, env);
      if (reason !== undefined) {
        tell('skip', title, `it does not compile plain: ${reason}`);
        continue;
      }
      const woven = spawnSync(weaver, ['go', 'build', '.'], { cwd: folder, env, encoding: 'utf8' });
      tell(woven.status === 0 ? 'ok' : 'fail', title, woven.stderr.slice(-800));
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  testVersions((outcome, title, text = '') => {
    console.log(outcome === 'ok' ? `ok ${title}` : `${outcome} ${title}: ${text}`);
    if (outcome === 'fail') process.exitCode = 1;
  }, process.argv.slice(2));
}
