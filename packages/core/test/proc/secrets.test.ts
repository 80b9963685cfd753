// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseArguments, parseEnvironment } from '../../src/proc/processStrings.ts';
import {
  isSecretName,
  MASK,
  maskArguments,
  maskText,
  maskVariable,
} from '../../src/proc/secrets.ts';

const RANDOM = 'wJalrXUtnFEMI7K7MDENGbPxRfiCYzK3yQ9aPLE';

describe('proc/secrets', () => {
  it('masks values by their names', () => {
    for (const name of [
      'GITHUB_TOKEN',
      'DB_PASSWORD',
      'DB_PASS',
      'MYSQL_PWD',
      'AWS_SECRET_ACCESS_KEY',
      'API_KEY',
      'STRIPE_KEY',
      'apiKey',
      'SENTRY_DSN',
      'SESSION_COOKIE',
      'BASIC_AUTH',
      'CREDENTIALS',
      'OTEL_EXPORTER_OTLP_HEADERS',
      'OTEL_EXPORTER_OTLP_TRACES_HEADERS',
      'SSH_PRIVATE_KEY',
      'spring.datasource.password',
      'NEW_RELIC_LICENSE_KEY',
    ]) {
      assert.equal(isSecretName(name), true, name);
      assert.equal(maskVariable(name, 'x'), MASK);
    }
  });

  it('leaves ordinary ones readable', () => {
    for (const [name, value] of [
      ['PWD', '/home/me'],
      ['PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
      ['GIT_AUTHOR_NAME', 'Ann'],
      ['KEYBOARD', 'us'],
      ['NODE_OPTIONS', '--require /usr/lib/opentelemetry/nodejs/register.js'],
      ['JAVA_TOOL_OPTIONS', '-javaagent:/usr/lib/opentelemetry/java/opentelemetry-javaagent.jar'],
      ['OTEL_SERVICE_NAME', 'checkout-service'],
      ['OTEL_RESOURCE_ATTRIBUTES', 'service.name=a,service.version=1.2.3,deployment=prod'],
      ['HOSTNAME', 'shop-7d9f8b6c5d-x2x4z'],
      ['LANG', 'en_GB.UTF-8'],
      ['GIT_COMMIT', '4bf92f3577b34da6a3ce929d0e0e47364bf92f35'],
      ['EMPTY_TOKEN', ''],
    ] as const) {
      assert.equal(maskVariable(name, value), value, name);
    }
  });

  it('masks passwords and tokens inside values', () => {
    const cases: [string, string][] = [
      ['postgres://app:hunter2@db/x?sslmode=off', 'hunter2'],
      ['see redis://:hunter2@cache:6379', 'hunter2'],
      ['https://glpat-abcdefghijklmnopqrst@git/x', 'glpat'],
      ['Server=db;User=sa;Password=hunter2;', 'hunter2'],
      ['https://h/p?a=1&access_token=hunter2&b=2', 'hunter2'],
      ['Authorization: Bearer hunter2hunter2', 'hunter2'],
      ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc', 'eyJ'],
      ['key AKIAIOSFODNN7EXAMPLE', 'AKIA'],
      [`opaque ${RANDOM}`, RANDOM],
      ['-----BEGIN RSA PRIVATE KEY-----\nMIIE', 'MIIE'],
      ['{"password":"hunter2"}', 'hunter2'],
    ];
    for (const [text, secret] of cases) {
      assert.ok(!maskText(text).includes(secret), `${text} → ${maskText(text)}`);
    }
  });

  it('masks the argument behind an option, and the value in it', () => {
    const args = [
      'x',
      '--password',
      'a',
      '--token=b',
      '-Ddb.password=c',
      'API_KEY=d',
      '--auth',
      '--v',
    ];
    assert.deepEqual(maskArguments(args), [
      'x',
      '--password',
      MASK,
      `--token=${MASK}`,
      `-Ddb.password=${MASK}`,
      `API_KEY=${MASK}`,
      '--auth',
      '--v',
    ]);
    assert.ok(
      !maskArguments(['curl', '-H', 'Authorization: Basic dTpw']).join(' ').includes('dTpw'),
    );
  });

  it('masks before anything leaves the parsers', () => {
    const environment = parseEnvironment(Buffer.from('A=1\0TOKEN=x\0=C:\0novalue\0B=a=b\0\0'));
    assert.deepEqual(environment.variables, [
      { name: 'A', value: '1', isMasked: false },
      { name: 'TOKEN', value: MASK, isMasked: true },
      { name: 'B', value: 'a=b', isMasked: false },
    ]);
    assert.equal(environment.namelessCount, 2);
    assert.deepEqual(parseArguments(Buffer.from('a\0--secret\0b\0\0')).arguments, [
      'a',
      '--secret',
      MASK,
      '',
    ]);
  });

  it('never throws, and never shows a value of a secret name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        maskText(text);
        maskArguments(text.split(' '));
        parseEnvironment(Buffer.from(text));
        assert.equal(maskVariable('X_TOKEN', `${text}!`), MASK);
      }),
    );
  });
});
