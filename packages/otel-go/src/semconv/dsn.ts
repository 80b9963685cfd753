// SPDX-License-Identifier: Apache-2.0
// Where a data source name leads. It holds passwords: nothing but host, port and database leaves
// this file.
import { parseHostPort } from './address.ts';

export interface DataSource {
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly database: string | undefined;
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = {
  postgresql: 5432,
  mysql: 3306,
  'microsoft.sql_server': 1433,
  'oracle.db': 1521,
  clickhouse: 9000,
  mongodb: 27_017,
  redis: 6379,
};

/** Understands URLs, `key=value` lists (libpq) and `user:pass@tcp(host:port)/db` (MySQL). */
export function parseDataSource(text: string, system: string): DataSource {
  const found = fromUrl(text) ?? fromMysql(text) ?? fromPairs(text);
  if (found === undefined) return { host: undefined, port: undefined, database: undefined };
  const port = found.port ?? (found.host === undefined ? undefined : DEFAULT_PORTS[system]);
  return { ...found, port: found.host?.startsWith('/') ? undefined : port };
}

function fromUrl(text: string): DataSource | undefined {
  // The address may be a list, which URL does not know: the first one is taken.
  const match = /^[a-z][a-z0-9+.-]*:\/\/(?:[^@/]*@)?([^/?#,]*)[^/?#]*(?:\/([^?#]*))?/i.exec(text);
  if (match === null) return undefined;
  const address = parseHostPort(match[1]!);
  const named = /[?&](?:database|dbname)=([^&#]*)/i.exec(text)?.[1];
  return {
    host: address?.host === '' ? undefined : address?.host,
    port: address?.port,
    database: decoded(match[2] || named),
  };
}

/** go-sql-driver/mysql: `[user[:password]@][net[(addr)]]/dbname[?params]`. */
function fromMysql(text: string): DataSource | undefined {
  const match = /^(?:.*@)?(tcp6?|unix)\(([^)]*)\)\/([^?]*)/.exec(text);
  if (match === null) return undefined;
  const database = match[3] || undefined;
  if (match[1] === 'unix') return { host: match[2], port: undefined, database };
  const address = parseHostPort(match[2]!);
  return { host: address?.host, port: address?.port, database };
}

function fromPairs(text: string): DataSource | undefined {
  const value = (keys: string): string | undefined => {
    const match = new RegExp(`(?:^|[\\s;])(?:${keys})\\s*=\\s*('[^']*'|[^\\s;]*)`, 'i').exec(text);
    return match?.[1]?.replace(/^'(.*)'$/, '$1') || undefined;
  };
  const host = value('host|server|addr|data source');
  const database = value('dbname|database|initial catalog');
  if (host === undefined && database === undefined) return undefined;
  const port = Number(value('port'));
  return { host, port: port > 0 && port <= 65_535 ? port : undefined, database };
}

function decoded(text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
