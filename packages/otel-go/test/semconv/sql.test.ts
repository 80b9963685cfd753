// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { SpanRecordKind, SpanText } from '@otelkit/bpf-client';
import fc from 'fast-check';
import { parseDataSource } from '../../src/semconv/dsn.ts';
import { readStatement, redact } from '../../src/semconv/sql.ts';
import { describeFacts } from './recordOf.ts';

const ANSI = { quotesStrings: false };
const MYSQL = { quotesStrings: true };

describe('semconv/sql', () => {
  it('finds operation and table', () => {
    for (const [text, operation, collection] of [
      ['SELECT name FROM items WHERE id = ?', 'SELECT', 'items'],
      ['select * from public.items i join other o on true', 'SELECT', 'public.items'],
      ['SELECT * FROM "My Table" WHERE a = 1', 'SELECT', 'My Table'],
      ['SELECT * FROM `a``b`.c', 'SELECT', 'a`b.c'],
      ['SELECT * FROM [dbo].[Items]', 'SELECT', 'dbo.Items'],
      ['SELECT count(*) FROM (SELECT id FROM items) x', 'SELECT', ''],
      ['SELECT 1', 'SELECT', ''],
      ["SELECT 'FROM x' FROM items", 'SELECT', 'items'],
      ['INSERT INTO items (name) VALUES (?)', 'INSERT', 'items'],
      ['INSERT IGNORE INTO items VALUES (1)', 'INSERT', 'items'],
      ['UPDATE items SET name = ?', 'UPDATE', 'items'],
      ['UPDATE ONLY items SET name = ?', 'UPDATE', 'items'],
      ['DELETE FROM items WHERE id = 1', 'DELETE', 'items'],
      ['/* shop */ -- why\n  SELECT a FROM items', 'SELECT', 'items'],
      ['(SELECT a FROM items) UNION (SELECT b FROM others)', 'SELECT', 'items'],
      ['WITH x AS (SELECT a FROM inner_table) SELECT * FROM x', 'SELECT', 'x'],
      ['WITH x (a) AS (SELECT 1), y AS (DELETE FROM z) INSERT INTO w SELECT 1', 'INSERT', 'w'],
      ['CREATE TABLE IF NOT EXISTS items (id int)', 'CREATE', 'items'],
      ['DROP TABLE IF EXISTS items', 'DROP', 'items'],
      ['EXPLAIN ANALYZE SELECT a FROM items', 'SELECT', 'items'],
      ['BEGIN', 'BEGIN', ''],
      ['SET search_path = a', 'SET', ''],
      ['', '', ''],
      ['?', '', ''],
    ] as const) {
      assert.deepEqual(readStatement(text, ANSI, false), { operation, collection }, text);
    }
  });

  it('does not believe a table that the end of the text may have cut', () => {
    assert.equal(readStatement('SELECT a FROM ite', ANSI, true).collection, '');
    assert.equal(readStatement('SELECT a FROM items WHE', ANSI, true).collection, 'items');
  });

  it('takes literals out and leaves everything else', () => {
    for (const [text, redacted] of [
      ["SELECT * FROM t WHERE a = 'x''y' AND b = 12.5e3", 'SELECT * FROM t WHERE a = ? AND b = ?'],
      ['SELECT $1, ?, :name, @p1 FROM t2', 'SELECT $1, ?, :name, @p1 FROM t2'],
      ["SELECT E'a\\'b', N'c', x'ff', 0xff", 'SELECT ?, ?, ?, ?'],
      ['SELECT $$it is$$, $tag$x$$y$tag$', 'SELECT ?, ?'],
      ["SELECT a /* pw='s' */ FROM t -- 1", 'SELECT a   FROM t'],
      ['SELECT "Name" FROM t', 'SELECT "Name" FROM t'],
      ["SELECT 'never closed", 'SELECT ?'],
    ] as const) {
      const shown = redact(text, ANSI).replace(/\s+/g, ' ').trim();
      assert.equal(shown, redacted.replace(/\s+/g, ' ').trim(), text);
    }
    assert.equal(redact('SELECT "secret"', MYSQL), 'SELECT ?');
  });

  it('never shows a literal, whatever is around it', () => {
    const plain = fc.constantFrom('SELECT ', ' FROM t', ', ', ' = ', '(', ')', '/**/', '\n', ' a ');
    const secret = fc.constantFrom("'s3cr3t'", "'s3''cr3t'", '98765', "N's3cr3t'", '$$s3cr3t$$');
    fc.assert(
      fc.property(fc.array(fc.oneof(plain, secret), { maxLength: 12 }), (parts) => {
        // A space between them, so that one does not continue the other.
        const shown = redact(parts.join(' '), ANSI);
        assert.doesNotMatch(shown, /s3|98765/);
      }),
    );
  });

  it('ends with an answer for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 100 }), fc.boolean(), (text, isCut) => {
        readStatement(text, { quotesStrings: isCut }, isCut);
        redact(text, { quotesStrings: isCut });
      }),
    );
  });

  it('exports a statement only when it was asked for', () => {
    const query = {
      kind: SpanRecordKind.sql,
      typeA: 1n,
      texts: {
        [SpanText.sql]: "SELECT name FROM items WHERE id = '7'",
        [SpanText.dsn]: 'postgres://me:pw@db.example/shop?sslmode=off',
      },
    };
    const off = describeFacts(query);
    assert.equal(off.name, 'SELECT items');
    assert.deepEqual(off.attributes, {
      'db.system.name': 'postgresql',
      'db.namespace': 'shop',
      'db.operation.name': 'SELECT',
      'db.collection.name': 'items',
      'db.query.summary': 'SELECT items',
      'server.address': 'db.example',
      'server.port': 5432,
    });
    const redacted = describeFacts(query, { statements: { text: 'redacted', parse: true } });
    assert.equal(redacted.attributes['db.query.text'], 'SELECT name FROM items WHERE id = ?');
    const full = describeFacts(query, { statements: { text: 'full', parse: false } });
    assert.equal(full.attributes['db.query.text'], query.texts[SpanText.sql]);
    assert.equal(full.name, 'db.example:5432');
    assert.equal(JSON.stringify([off, redacted, full]).includes('pw'), false);
  });
});

describe('semconv/db of pgx', () => {
  it('takes host, port and database as pgx tells them', () => {
    const { attributes, library, name } = describeFacts({
      kind: SpanRecordKind.sql,
      detail: 5,
      typeA: 5433n,
      texts: {
        [SpanText.sql]: 'SELECT name FROM items',
        [SpanText.host]: 'db',
        [SpanText.destination]: 'shop',
      },
    });
    assert.deepEqual([library, name], ['github.com/jackc/pgx', 'SELECT items']);
    assert.equal(attributes['db.system.name'], 'postgresql');
    assert.equal(attributes['db.namespace'], 'shop');
    assert.deepEqual([attributes['server.address'], attributes['server.port']], ['db', 5433]);
  });
});

describe('semconv/dsn', () => {
  it('reads what drivers take, and never a password', () => {
    for (const [text, system, host, port, database] of [
      ['postgres://me:p%40w@db:5433/shop', 'postgresql', 'db', 5433, 'shop'],
      ['postgres://me:pw@/shop?host=/run/pg', 'postgresql', undefined, undefined, 'shop'],
      ['host=db port=5433 user=me password=pw dbname=shop', 'postgresql', 'db', 5433, 'shop'],
      ["host='db' dbname='my shop'", 'postgresql', 'db', 5432, 'my shop'],
      ['me:pw@tcp(db:3307)/shop?parseTime=true', 'mysql', 'db', 3307, 'shop'],
      ['me:p@w/x@tcp(db)/shop', 'mysql', 'db', 3306, 'shop'],
      ['me@unix(/run/my.sock)/shop', 'mysql', '/run/my.sock', undefined, 'shop'],
      ['sqlserver://me:pw@db:1434?database=shop', 'microsoft.sql_server', 'db', 1434, 'shop'],
      [
        'server=db;user id=me;password=pw;database=shop',
        'microsoft.sql_server',
        'db',
        1433,
        'shop',
      ],
      ['clickhouse://a:9000,b:9000/shop', 'clickhouse', 'a', 9000, 'shop'],
      ['file:test.db', 'sqlite', undefined, undefined, undefined],
      ['x', 'other_sql', undefined, undefined, undefined],
    ] as const) {
      assert.deepEqual(parseDataSource(text, system), { host, port, database }, text);
    }
  });

  it('gives an answer for any text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        parseDataSource(text, 'mysql');
      }),
    );
  });
});
