// SPDX-License-Identifier: Apache-2.0
// Drivers of database/sql → db.system.name (OpenTelemetry semantic conventions, database spans).
import type { NameTable } from './functions.ts';
import { mayHaveModule } from './ownInstrumentation.ts';
import type { LinkedModule } from './types.ts';

/** By the package of the driver's type. */
const SYSTEM_BY_PACKAGE: Readonly<Record<string, string>> = {
  'github.com/lib/pq': 'postgresql',
  'github.com/jackc/pgx/v4/stdlib': 'postgresql',
  'github.com/jackc/pgx/v5/stdlib': 'postgresql',
  'github.com/uptrace/bun/driver/pgdriver': 'postgresql',
  'github.com/go-sql-driver/mysql': 'mysql',
  'github.com/ziutek/mymysql/godrv': 'mysql',
  'github.com/mattn/go-sqlite3': 'sqlite',
  'modernc.org/sqlite': 'sqlite',
  'github.com/ncruces/go-sqlite3/driver': 'sqlite',
  'github.com/glebarez/go-sqlite': 'sqlite',
  'zombiezen.com/go/sqlite': 'sqlite',
  'github.com/tursodatabase/libsql-client-go/libsql': 'sqlite',
  'github.com/microsoft/go-mssqldb': 'microsoft.sql_server',
  'github.com/denisenkom/go-mssqldb': 'microsoft.sql_server',
  'github.com/godror/godror': 'oracle.db',
  'github.com/sijms/go-ora/v2': 'oracle.db',
  'github.com/mattn/go-oci8': 'oracle.db',
  'github.com/ClickHouse/clickhouse-go': 'clickhouse',
  'github.com/ClickHouse/clickhouse-go/v2': 'clickhouse',
  'github.com/mailru/go-clickhouse/v2': 'clickhouse',
  'github.com/snowflakedb/gosnowflake': 'snowflake',
  'github.com/trinodb/trino-go-client/trino': 'trino',
  'github.com/prestodb/presto-go-client/presto': 'prestodb',
  'github.com/ibmdb/go_ibm_db': 'ibm.db2',
  'github.com/SAP/go-hdb/driver': 'sap.hana',
  'github.com/nakagami/firebirdsql': 'firebirdsql',
  'github.com/googleapis/go-sql-spanner': 'gcp.spanner',
  'github.com/vertica/vertica-sql-go': 'vertica',
  'github.com/taosdata/driver-go/v3/taosSql': 'tdengine',
  'github.com/databricks/databricks-sql-go': 'databricks',
  'github.com/marcboeker/go-duckdb': 'duckdb',
  'github.com/duckdb/duckdb-go/v2': 'duckdb',
  'github.com/cockroachdb/cockroach-go/v2/crdb': 'cockroachdb',
};

/** What the conventions ask for where the system is not known. */
export const OTHER_SQL = 'other_sql';

/**
 * db.system.name of a driver's or connector's type, `*github.com/lib/pq.Driver`: by its package,
 * else by a word in its name; `other_sql` where neither tells.
 */
export function sqlSystemOfType(typeName: string): string {
  const bare = typeName.replace(/^\*+/, '').replaceAll('%2e', '.');
  const slash = bare.lastIndexOf('/');
  const dot = bare.indexOf('.', slash + 1);
  const packagePath = dot < 0 ? bare : bare.slice(0, dot);
  return SYSTEM_BY_PACKAGE[packagePath] ?? systemByWord(packagePath);
}

const WORDS: readonly (readonly [RegExp, string])[] = [
  [/cockroach/i, 'cockroachdb'],
  [/postgres|pgx|\bpq\b|pgdriver/i, 'postgresql'],
  [/mariadb/i, 'mariadb'],
  [/mysql/i, 'mysql'],
  [/sqlite|libsql/i, 'sqlite'],
  [/mssql|sqlserver/i, 'microsoft.sql_server'],
  [/clickhouse/i, 'clickhouse'],
  [/oracle|godror|go-ora|oci8/i, 'oracle.db'],
  [/snowflake/i, 'snowflake'],
  [/spanner/i, 'gcp.spanner'],
  [/trino/i, 'trino'],
  [/duckdb/i, 'duckdb'],
];

function systemByWord(packagePath: string): string {
  return WORDS.find(([word]) => word.test(packagePath))?.[1] ?? OTHER_SQL;
}

/** Known drivers that have code in the program: package → db.system.name. */
export function linkedSqlDrivers(
  modules: ReadonlyMap<string, LinkedModule>,
  names: NameTable,
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  if (!names.hasPrefix('database/sql.')) return found;
  for (const [packagePath, system] of Object.entries(SYSTEM_BY_PACKAGE)) {
    if (!mayHaveModule(modules, packagePath)) continue;
    if (names.hasPrefix(`${escapePackage(packagePath)}.`)) found.set(packagePath, system);
  }
  return found;
}

/** As linkers write it: dots behind the last slash are escaped (cmd/internal/objabi). */
function escapePackage(packagePath: string): string {
  const slash = packagePath.lastIndexOf('/');
  const last = packagePath.slice(slash + 1).replaceAll('.', '%2e');
  return packagePath.slice(0, slash + 1) + last;
}
